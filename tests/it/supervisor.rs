//! What the service owes to those it runs under and talks with: systemd's readiness
//! and watchdog, clients that are slow or silent, requests open while it stops.

use crate::{
    client::Client,
    server::{PATIENCE, Server, program, wait_for},
};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::net::UnixDatagram,
    process::{Command, Stdio},
};

/// Waits for a message that has `wanted` among its lines.
fn told(socket: &UnixDatagram, wanted: &str) {
    let mut buffer = [0; 4096];
    loop {
        let length = socket
            .recv(&mut buffer)
            .unwrap_or_else(|e| panic!("{wanted} was not told: {e}"));
        if String::from_utf8_lossy(&buffer[..length])
            .lines()
            .any(|line| line == wanted)
        {
            return;
        }
    }
}

/// Asks a process to stop.
fn terminate(pid: u32) {
    let done = Command::new("kill").arg(pid.to_string()).status();
    assert!(done.expect("kill runs").success());
}

#[test]
fn systemd_hears_of_readiness_life_and_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let log = std::fs::File::create(dir.path().join("log")).unwrap();
    let mut child = program()
        .args(["serve", "--plain-http", "--listen", "127.0.0.1:0"])
        .arg("--data-dir")
        .arg(dir.path().join("data"))
        .arg("--config-dir")
        .arg(dir.path().join("etc"))
        .env("NOTIFY_SOCKET", &path)
        .env("WATCHDOG_USEC", "300000")
        .env_remove("WATCHDOG_PID")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .unwrap();
    told(&socket, "READY=1");
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let url = line.trim().strip_prefix("listening on ").unwrap();
    let answer = crate::client::http()
        .get(format!("{}/readyz", url.trim_end_matches('/')))
        .send()
        .unwrap();
    assert_eq!(answer.status().as_u16(), 200, "told to be ready and is not");
    told(&socket, "WATCHDOG=1");
    told(&socket, "WATCHDOG=1");
    terminate(child.id());
    told(&socket, "STOPPING=1");
    assert!(child.wait().unwrap().success());
}

/// A connection to the service that does not wait for ever.
fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.url.split("://").nth(1).unwrap()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Reads until the other side closes.
fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Ok(_) => {}
        Err(error) => assert_eq!(
            error.kind(),
            std::io::ErrorKind::ConnectionReset,
            "it was left open"
        ),
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn slow_heads_and_silent_connections_are_closed() {
    let server = Server::start("HTTP_HEADER_TIMEOUT = 1\n");
    let mut slow = connect(&server);
    slow.write_all(b"GET /healthz HTTP/1.1\r\nHost: loc")
        .unwrap();
    assert!(!rest(slow).starts_with("HTTP/1.1 200"));

    let server = Server::start("HTTP_IDLE_TIMEOUT = 1\n");
    let mut silent = connect(&server);
    silent
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    assert!(rest(silent).starts_with("HTTP/1.1 200"));
}

#[test]
fn a_request_that_is_open_when_it_stops_is_answered() {
    let mut server = Server::start("");
    let person = Client::add(&server, "drain@example.org");
    person.ok(person.put(&person.file("c")));
    let mut upload = connect(&server);
    let head = format!(
        "PUT /pithos/object-store/v1/{}/c/late HTTP/1.1\r\nHost: localhost\r\nX-Auth-Token: {}\r\n\
         Content-Type: text/plain\r\nContent-Length: 8\r\nExpect: 100-continue\r\n\r\n",
        person.uuid, person.token
    );
    upload.write_all(head.as_bytes()).unwrap();
    // It asks for the body: the request is under way.
    let mut go_on = [0; 25];
    upload.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    upload.write_all(b"half").unwrap();
    terminate(server.pid());
    let address = server.url.split("://").nth(1).unwrap().to_owned();
    wait_for("nobody new to be let in", || {
        TcpStream::connect(&address).is_err().then_some(())
    });
    upload.write_all(b"done").unwrap();
    let answer = rest(upload);
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    server.ended();
    server.resume();
    let kept = person.ok(person.get(&person.file("c/late")));
    assert_eq!(kept.text().unwrap(), "halfdone");
}
