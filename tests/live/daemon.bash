# Docker engines of a test's own, each like a machine: a network of its own, joined to the others by
# a switch, and mounts that nobody else sees. The engine that the other tests use is left alone.
#
#   start_daemon NAME [ARG...]  starts dockerd, with ARG..., and waits until it answers; one that was
#                               stopped or killed finds its images and containers again
#   on_daemon NAME CMD...       runs CMD in the network of the daemon, with DOCKER_HOST of its socket;
#                               in the background $! is CMD's own process
#   stop_daemon NAME            ends dockerd, its containers and whatever it left
#   kill_daemon NAME            SIGKILL for dockerd alone: its containers run on
#   slow_daemon NAME PERCENT    from now on all of dockerd, but not its containers, gets at most PERCENT
#                               of one processor
#   fell_daemon NAME            SIGKILL for all at once, as when the machine loses its power
#   stop_daemons                stops all and takes the networks away; belongs in teardown
#
# DAEMONS/NAME/daemon.json, where it is there before the first start, is what dockerd is configured by.
# daemons  the directory of all that is kept (BATS_FILE_TMPDIR/daemons)
# shellcheck shell=bash

daemons=${daemons:-${BATS_FILE_TMPDIR:?}/daemons}
daemon_deadline=60  # seconds

# holder NAME: prints the process that keeps the namespaces of NAME, while it lives.
holder() {
  local pid
  pid=$(cat "$daemons/$1/holder" 2>/dev/null) && grep -qs sleep "/proc/$pid/comm" && echo "$pid"
}

# new_namespaces NAME ARG...: makes them, with ARG... for unshare, and a process that keeps them.
new_namespaces() {
  local name=$1 pid
  shift
  mkdir -p "$daemons/$name"
  setsid unshare "$@" sleep infinity </dev/null >/dev/null 2>&1 3>&- &
  pid=$!
  disown "$pid"
  echo "$pid" >"$daemons/$name/holder"
  within 10 holder "$name" >/dev/null
}

# on_machine NAME CMD...: CMD in place of this shell, in the network and mounts of NAME.
on_machine() {
  local pid
  pid=$(holder "$1") || { echo "there is no machine $1"; return 1; }
  shift
  exec nsenter --target "$pid" --net --mount --wd="$PWD" "$@"
}

# The switch: a bridge in a network of its own.
make_switch() {
  [ -z "$(holder switch)" ] || return 0
  new_namespaces switch --net
  (on_machine switch ip link add switch type bridge)
  (on_machine switch ip link set switch up)
}

# make_machine NAME: namespaces with an address on the switch.
make_machine() {
  [ -z "$(holder "$1")" ] || return 0
  local number
  make_switch
  number=$(find "$daemons" -mindepth 1 -maxdepth 1 -type d | wc -l)
  new_namespaces "$1" --net --mount --propagation slave
  (on_machine switch ip link add "port$number" type veth peer name uplink netns "$(holder "$1")")
  (on_machine switch ip link set "port$number" master switch up)
  (on_machine "$1" ip link set lo up)
  (on_machine "$1" ip address add "10.77.0.$number/24" dev uplink)
  (on_machine "$1" ip link set uplink up)
  echo "10.77.0.$number" >"$daemons/$1/address"
}

daemon_address() { cat "$daemons/$1/address"; }
daemon_socket() { echo "unix://$daemons/$1/docker.sock"; }
daemon_answers() { DOCKER_HOST=$(daemon_socket "$1") timeout 10 docker version >/dev/null 2>&1; }

on_daemon() {
  local name=$1
  shift
  on_machine "$name" env DOCKER_HOST="$(daemon_socket "$name")" "$@"
}

start_daemon() {
  local name=$1 dir=$daemons/$1
  shift
  make_machine "$name"
  # Files that name the processes of a killed daemon would keep the next one from starting.
  rm -f "$dir/dockerd.pid" "$dir/exec/containerd/containerd.pid"
  [ -e "$dir/daemon.json" ] || echo '{}' >"$dir/daemon.json"
  on_machine "$name" setsid dockerd --config-file "$dir/daemon.json" --data-root "$dir/data" \
    --exec-root "$dir/exec" --pidfile "$dir/dockerd.pid" --host "$(daemon_socket "$name")" \
    --log-level warn "$@" </dev/null >>"$dir/dockerd.log" 2>&1 3>&- &
  disown $!
  within "$daemon_deadline" daemon_answers "$name" || { tail -n 20 "$dir/dockerd.log"; return 1; }
}

# machine_processes NAME: those in its network and all that descend from them, but for its keeper.
machine_processes() {
  local keeper
  keeper=$(holder "$1") || return 0
  /usr/bin/python3 - "$keeper" <<'PYTHON'
import os, sys
network, parents = {}, {}
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        network[pid] = os.readlink(f"/proc/{pid}/ns/net")
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            parents[pid] = file.read().rsplit(")", 1)[1].split()[1]
    except OSError:
        pass  # it ended
found = {pid for pid in network if network[pid] == network[sys.argv[1]]}
while more := {pid for pid in parents if parents[pid] in found} - found:
    found |= more
print(*found - {sys.argv[1]})
PYTHON
}

# Both versions of control groups; containers have groups of their own, outside of this one.
slow_daemon() {
  local group=/sys/fs/cgroup/cpu/capmin-slow-$1-$BATS_ROOT_PID pid
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    group=/sys/fs/cgroup/capmin-slow-$1-$BATS_ROOT_PID
    echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
    mkdir "$group"
    echo "$(($2 * 1000)) 100000" >"$group/cpu.max"
  else
    mkdir "$group"
    echo 100000 >"$group/cpu.cfs_period_us"
    echo $(($2 * 1000)) >"$group/cpu.cfs_quota_us"
  fi
  echo "$group" >"$daemons/$1/slow"
  # One that ended meanwhile is none of it.
  for pid in $(machine_processes "$1"); do echo "$pid" >"$group/cgroup.procs" 2>/dev/null || true; done
}

daemon_pid() { cat "$daemons/$1/dockerd.pid"; }

kill_daemon() {
  local pid
  pid=$(daemon_pid "$1")
  kill -KILL "$pid"
  within 20 gone "$pid"
}

fell_daemon() {
  local left
  # What begins while others are killed is found the next time.
  while left=$(machine_processes "$1") && [ -n "$left" ]; do
    # shellcheck disable=SC2086  # one word for each process
    kill -KILL $left 2>/dev/null
  done
}

stop_daemon() {
  local pid
  if pid=$(daemon_pid "$1" 2>/dev/null) && kill -TERM "$pid" 2>/dev/null; then
    within 30 gone "$pid" || true
  fi
  fell_daemon "$1"
  remove_cgroups "$1"
  [ ! -e "$daemons/$1/slow" ] || { rmdir "$(cat "$daemons/$1/slow")"; rm "$daemons/$1/slow"; }
}

# remove_cgroups NAME: those that containers left which nobody stopped.
remove_cgroups() {
  local container
  for container in "$daemons/$1"/data/containers/*/; do
    [ -d "$container" ] || continue  # there is none
    find /sys/fs/cgroup -depth -type d -path "*$(basename "$container")*" -exec rmdir {} + 2>/dev/null || true
  done
}

stop_daemons() {
  local dir name pid
  for dir in "$daemons"/*/; do
    name=$(basename "$dir")
    [ -n "$(holder "$name")" ] || continue
    [ "$name" = switch ] || stop_daemon "$name"
  done
  for dir in "$daemons"/*/; do
    ! pid=$(holder "$(basename "$dir")") || kill -KILL "$pid"
  done
  rm -rf "$daemons"
}
