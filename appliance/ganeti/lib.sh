# shellcheck shell=bash
# What ganeti-setup and the test lab (tests/lab) share: packages, the KVM probe,
# and running a Ganeti node inside its own namespaces. Sourced only.
# The caller sets STATE (everything it owns) and CACHE (guest kernel, may be lost).
# shellcheck disable=SC2154,SC2034

GANETI_LIB=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
CELL_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
GANETI_PACKAGES="ganeti qemu-system-x86 qemu-utils iproute2 iputils-arping fping socat openssl python3 busybox-static"

die() { echo "error: $*" >&2; exit 1; }
say() { echo "== $*" >&2; }

# --- packages ----------------------------------------------------------------

# Prints those of the given packages that are not installed.
missing_packages() {
  local p
  for p; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || echo "$p"
  done
}

# Installs packages without letting anything be started by their scripts: sshd,
# lvm and Ganeti's own daemons would otherwise come up on the host.
install_packages() {
  local log=$STATE/apt.log policy=/usr/sbin/policy-rc.d ours="" ok="" missing
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing packages: ${missing[*]}"
  [ -e $policy ] || { ours=1; printf '#!/bin/sh\nexit 101\n' >$policy; chmod 755 $policy; }
  if apt_get update >"$log" 2>&1; then
    # All of them are named, so that apt keeps those that are there already, and
    # nothing that somebody has is removed to make room.
    if apt_get install -y --no-install-recommends --no-upgrade --no-remove "$@" >>"$log" 2>&1; then
      ok=1
    elif newer_qemu_utils; then
      # qemu-utils of a backport refuses the qemu-system of the release.
      say "putting qemu-utils back to this release, as qemu-system needs it"
      apt_get install -y --no-install-recommends --no-upgrade --allow-downgrades "${missing[@]}" \
        "qemu-utils/$(. /etc/os-release && echo "$VERSION_CODENAME")" >>"$log" 2>&1 && ok=1
    fi
  fi
  [ -z "$ours" ] || rm -f $policy
  [ -n "$ok" ] || { tail -n 20 "$log" >&2; die "apt-get failed, see $log"; }
}

apt_get() { DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 "$@"; }

newer_qemu_utils() {
  local have release
  have=$(dpkg-query -W -f '${Version}' qemu-utils 2>/dev/null) || return 1
  release=$(apt-cache madison qemu-utils | awk -F'|' 'NR==1 {gsub(/ /, "", $2); print $2}')
  [ -n "$release" ] && dpkg --compare-versions "$have" gt "$release"
}

# --- acceleration ------------------------------------------------------------

# Prints kvm or tcg. /dev/kvm may exist and still be unable to run an ordinary
# guest (some nested set-ups only emulate), so the tiny guest is really booted.
probe_accel() {
  local log=$STATE/probe.log accel=tcg pid
  if (exec 3<>/dev/kvm) 2>/dev/null; then
    "$GANETI_LIB/mkguest" "$CACHE"
    : >"$log"
    qemu-system-x86_64 -accel kvm -m 128 -display none -monitor none -no-reboot \
      -kernel "$CACHE/vmlinuz" -initrd "$CACHE/initrd.img" \
      -append "quiet console=ttyS0" -serial "file:$log" >/dev/null 2>&1 &
    pid=$!
    for _ in $(seq 40); do
      sleep 0.25
      grep -q 'GUEST UP' "$log" && { accel=kvm; break; }
      kill -0 "$pid" 2>/dev/null || break
    done
    kill -9 "$pid" 2>/dev/null || :
    wait "$pid" 2>/dev/null || :
  fi
  echo $accel
}

# --- a node inside namespaces ("cell") ---------------------------------------
#
# A cell is one Ganeti node with its own mount, net, pid, uts and ipc namespaces.
# Its directory holds etc, run, lib, log, srv; of the host's own configuration it
# sees a private copy, so nothing of the host is ever written to.

cell_dir() { echo "$STATE/$1"; }

# Start time of a process: tells a live pid from a recycled one.
proc_start() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# Prints the host pid of a cell's init; fails when the cell is not running.
cell_pid() {
  local pid start
  read -r pid start 2>/dev/null <"$(cell_dir "$1")/pid" || return 1
  [ -n "$start" ] && [ "$(proc_start "$pid")" = "$start" ] && echo "$pid"
}

# Runs a command inside a cell, with a clean environment.
in_cell() {
  local cell=$1 pid; shift
  pid=$(cell_pid "$cell") || die "node $cell is not running"
  nsenter -t "$pid" -m -n -p -u -i -- \
    env -i PATH=$CELL_PATH HOME=/run USER=root LC_ALL=C.UTF-8 TERM="${TERM:-dumb}" "$@"
}

# Makes the files of a cell that does not exist yet: NAME HOSTNAME HOSTS-LINES
make_cell() {
  local d hostname=$2 hosts=$3; d=$(cell_dir "$1")
  [ -e "$d/made" ] && return 0
  rm -rf "$d"
  mkdir -p "$d"/srv/ganeti/{os,file-storage} "$d"/{run,lib,log}
  chmod 755 "$d"
  cp -a /etc "$d/etc"
  echo "$hostname" >"$d/etc/hostname"
  printf '127.0.0.1 localhost\n%s\n' "$hosts" >"$d/etc/hosts"
  sed -i '/^hosts:/d' "$d/etc/nsswitch.conf"; echo "hosts: files" >>"$d/etc/nsswitch.conf" # no DNS
  mkdir -p "$d/etc/ganeti"
  rm -rf "$d/etc/ganeti/hooks"; mkdir "$d/etc/ganeti/hooks"
  echo /srv/ganeti/file-storage >"$d/etc/ganeti/file-storage-paths"
  printf '%s\n' "etc /etc" "srv /srv" "run /run" "lib /var/lib/ganeti" "log /var/log/ganeti" >"$d/mounts"
  touch "$d/made"
}

# Starts the namespaces of a cell. `run` is emptied, as by a reboot.
start_cell() {
  local cell=$1 d pid child=""; d=$(cell_dir "$cell")
  rm -rf "${d:?}/run"; mkdir -m 755 "$d/run"
  setsid unshare --mount --net --uts --ipc --pid --fork --kill-child --mount-proc \
    --propagation private "$GANETI_LIB/cell-init" "$d" </dev/null >>"$d/init.log" 2>&1 &
  pid=$!
  for _ in $(seq 100); do
    child=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null) && child=${child%% *}
    [ -n "$child" ] && [ -e "$d/run/cell-ready" ] && break
    sleep 0.1
  done
  [ -e "$d/run/cell-ready" ] || { cat "$d/init.log" >&2; die "node $cell did not start"; }
  echo "$child $(proc_start "$child")" >"$d/pid"
  in_cell "$cell" ip link set lo up
}

# Plugs a cell into a bridge of the host: CELL HOST-DEVICE CELL-DEVICE BRIDGE
plug_cell() {
  local pid; pid=$(cell_pid "$1")
  ip link del "$2" 2>/dev/null || :
  ip link add "$2" type veth peer name "$3" netns "$pid"
  ip link set "$2" master "$4" addrgenmode none up
  in_cell "$1" ip link set "$3" addrgenmode none up
}

# A bridge on this machine that carries no uplink and is not filtered as IP.
make_bridge() {
  ip link show "$1" >/dev/null 2>&1 || ip link add "$1" type bridge
  ip link set "$1" type bridge nf_call_iptables 0 nf_call_ip6tables 0 2>/dev/null || :
  ip link set "$1" addrgenmode none up
}

# Ends a cell: its pid 1 takes everything in it along.
stop_cell() {
  local pid; pid=$(cell_pid "$1") || return 0
  in_cell "$1" timeout 30 /usr/lib/ganeti/daemon-util stop-all >/dev/null 2>&1 || :
  kill -KILL "$pid"
  for _ in $(seq 100); do [ -e "/proc/$pid" ] || return 0; sleep 0.1; done
}

# --- Ganeti ------------------------------------------------------------------

GANETI_BOUNDS="min:disk-size=0,cpu-count=1,disk-count=0,memory-size=1,nic-count=0,spindle-use=0"
GANETI_BOUNDS="$GANETI_BOUNDS/max:disk-size=1048576,cpu-count=16,disk-count=16,memory-size=65536,nic-count=8,spindle-use=16"

# hail refuses every allocation that could not survive the loss of a node, so
# all of them on a single node. Only the API can pass the bare flag.
allow_single_node() {
  "$GANETI_LIB/luxi.py" "$1" \
    '[{"OP_ID":"OP_CLUSTER_SET_PARAMS","default_iallocator_params":{"no-capacity-checks":null}}]' >&2
}

# Makes a certificate authority (DIR/ca.pem, DIR/ca.key) once.
make_ca() {
  [ -s "$1/ca.pem" ] && return 0
  (umask 077 && openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=$2" \
    -keyout "$1/ca.key" -out "$1/ca.pem" 2>/dev/null)
  chmod 644 "$1/ca.pem"
}

# Writes key and certificate for RAPI in place (keeps owner and mode):
# CA-DIR TARGET COMMON-NAME SUBJECT-ALT-NAMES
rapi_certificate() {
  local w; w=$(mktemp -d)
  openssl req -newkey rsa:2048 -nodes -subj "/CN=$3" -keyout "$w/key" -out "$w/csr" 2>/dev/null
  echo "subjectAltName=$4" >"$w/ext"
  openssl x509 -req -days 3650 -in "$w/csr" -CA "$1/ca.pem" -CAkey "$1/ca.key" \
    -CAcreateserial -extfile "$w/ext" -out "$w/crt" 2>/dev/null
  cat "$w/key" "$w/crt" >"$2"
  rm -rf "$w"
}

# Waits until LUXI socket $1 exists and RAPI answers at address $2.
wait_ganeti() {
  for _ in $(seq 120); do
    [ -S "$1" ] && (exec 3<>"/dev/tcp/$2/5080") 2>/dev/null && return 0
    sleep 0.5
  done
  die "Ganeti at $2 does not answer"
}
