#!/usr/bin/python3
"""Submits one job over Ganeti's query socket and waits for it: SOCKET JSON-OPCODES.

For what the gnt-* commands cannot pass. Wire format: a JSON object, then the
byte 0x03, in both directions.
"""
import json
import socket
import sys
import time

EOM = b"\x03"
FINAL = ("success", "error", "canceled")


class Luxi:
    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(120)
        self.sock.connect(path)
        self.buf = b""

    def call(self, method, *args):
        message = {"method": method, "args": list(args)}
        self.sock.sendall(json.dumps(message).encode() + EOM)
        while EOM not in self.buf:
            data = self.sock.recv(65536)
            if not data:
                sys.exit("luxi: connection closed")
            self.buf += data
        raw, _, self.buf = self.buf.partition(EOM)
        answer = json.loads(raw)
        if not answer["success"]:
            sys.exit("luxi: %s" % answer["result"])
        return answer["result"]


def main(path, opcodes):
    luxi = Luxi(path)
    ops = json.loads(opcodes)
    for op in ops:
        op.setdefault("reason", [["setup", "", time.time_ns()]])
    job = luxi.call("SubmitJob", ops)
    known, serial = None, -1
    while not known or known[0] not in FINAL:
        answer = luxi.call("WaitForJobChange", job, ["status", "opresult"], known, serial, 30)
        if answer != "nochange":
            known = answer[0]
            serial = max([serial] + [entry[0] for entry in answer[1] or ()])
    print("job %s: %s" % (job, known[0]))
    return 0 if known[0] == "success" else known[1]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
