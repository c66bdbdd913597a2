#!/usr/bin/env bats
# The same tool with podman, as root, in a storage of the test's own. Podman's settings that this
# machine needs stand in one containers.conf, as a user would give them.
# shellcheck disable=SC2154  # variables of the helper
load helper
load sets

setup_file() {
  command -v podman >/dev/null || return 0
  local dir=$BATS_FILE_TMPDIR
  # Podman asks for higher limits by itself, which hosts without SYS_RESOURCE refuse.
  cat >"$dir/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
# The process that holds a pod's namespaces; without an image podman wants catatonit for it.
infra_image = "localhost/capmin-test-hang"
infra_command = "/bin/sleep 3600"
CONF
  export CONTAINERS_CONF=$dir/containers.conf CONTAINERS_STORAGE_CONF=$dir/storage.conf
  # vfs copies whole images, but works on every file system.
  use_storage overlay
  podman info >/dev/null 2>&1 || use_storage vfs
  local name
  for name in static chown chroot healthcheck setgid restart hang nginx nouser; do
    docker save "capmin-test-$name" | podman load --quiet >&2 || return 1
  done
}

# use_storage DRIVER
use_storage() {
  printf '[storage]\ndriver = "%s"\ngraphroot = "%s"\nrunroot = "%s"\n' \
    "$1" "$BATS_FILE_TMPDIR/$1" "$BATS_FILE_TMPDIR/run-$1" >"$CONTAINERS_STORAGE_CONF"
}

teardown_file() {
  [ -n "${CONTAINERS_STORAGE_CONF:-}" ] || return 0
  podman rm --force --all --time 0 --volumes >&2
  # The driver leaves its own directory mounted.
  ! mountpoint --quiet "$BATS_FILE_TMPDIR/overlay/overlay" || umount "$BATS_FILE_TMPDIR/overlay/overlay"
  # What podman started for its last container may still write there.
  within 20 rm -rf "$BATS_FILE_TMPDIR"/run-*
}

setup() {
  command -v podman >/dev/null || skip "podman is not installed"
  # On a kill for lack of memory podman's monitor leaves a file in the working directory.
  cd "$BATS_TEST_TMPDIR" || return 1
  profile=$BATS_TEST_TMPDIR/profile.yaml
  probed=$BATS_TEST_TMPDIR/probed
}

# Nothing is left: the storage is the test's own.
teardown() {
  [ -z "$(podman ps --all --quiet)" ]
  [ -z "$(podman volume ls --quiet)" ]
}

# minimize NAME ARG...: capmin run on podman's capmin-test-NAME.
minimize() {
  local name=$1
  shift
  capmin run "capmin-test-$name" --engine podman -o "$profile" "$@"
}

@test "podman: nginx needs the same as with docker, port included" {
  minimize nginx --probe "$images/nginx/probe.sh" --timeout 3s
  expect_set CHOWN DAC_OVERRIDE NET_BIND_SERVICE SETGID SETUID
  [ "$(yaml 'p["environment"]["engine"]')" = podman ]
  # Podman's own settings keep low ports privileged, so nothing is conditional.
  [ "$(yaml 'len(p["capabilities"]["conditional"])')" = 0 ]
}

@test "podman: options that are spelled as docker run has them reach the program" {
  minimize hang --probe exit --timeout 30s -t --group-add 4444 --stop-signal INT --rm --replace --name web -- \
    busybox sh -c 'busybox test -t 1 && busybox id -G | busybox grep -w 4444'
  expect_set
  expect_stderr "note: --rm --replace --name web change nothing here"
  minimize hang --probe exit --gpus all
  expect_status 2
  expect_stderr "unknown flag: --gpus"
}

# expect_nginx ARG...: nginx answers its probe in podman's own hands, with the five of its profile.
expect_nginx() {
  local id address pid bounding passed=0
  id=$(podman run -d --pull never "$@" capmin-test-nginx)
  address=$(podman inspect -f '{{.NetworkSettings.IPAddress}}' "$id")
  pid=$(podman inspect -f '{{.State.Pid}}' "$id")
  answers() { CAPMIN_IP=$address "$images/nginx/probe.sh"; }
  within 20 answers || passed=1
  bounding=$(sed -n 's/^CapBnd:\t//p' "/proc/$pid/status")
  [ "$bounding" = 00000000000004c3 ] || { echo "podman $* gives $bounding"; passed=1; }
  podman rm --force --time 0 --volumes "$id"
  [ "$passed" = 0 ]
}

@test "podman: it runs with the exported arguments and with the label, and the probe passes" {
  # The profile is one of docker, where a port below 1024 needs nothing.
  local docker_profile=$root/tests/golden/profile.yaml
  local arguments style
  for style in drop-all drop-unneeded; do
    read -ra arguments < <("$CAPMIN" export "$docker_profile" --format podman-args --style "$style")
    expect_nginx "${arguments[@]}"
  done
  expect_nginx --label "$("$CAPMIN" export "$docker_profile" --format label)"
}

@test "podman: kube play runs the exported Pod as it was proven" {
  minimize static --probe "$images/static/probe.sh" --user 1234:5678 --read-only \
    --security-opt no-new-privileges --tmpfs /scratch --engine-arg=--group-add=987
  expect_set
  [[ "$stderr" == *'Kubernetes: fits Pod Security "restricted"'* ]]
  "$CAPMIN" export "$profile" --format kubernetes -o pod.yaml
  podman kube play --network bridge pod.yaml
  local passed=0 name=capmin-test-static-capmin-test-static pid address
  pid=$(podman inspect -f '{{.State.Pid}}' "$name")
  address=$(podman inspect -f '{{.NetworkSettings.Networks.podman.IPAddress}}' \
    "$(podman pod inspect -f '{{.InfraContainerID}}' capmin-test-static)")
  answers() { CAPMIN_IP=$address "$images/static/probe.sh"; }
  within 20 answers || passed=1
  for line in 'CapBnd:\t0000000000000000' 'CapEff:\t0000000000000000' 'NoNewPrivs:\t1' 'Seccomp:\t2' \
    'Uid:\t1234\t1234\t1234\t1234' 'Gid:\t5678\t5678\t5678\t5678' 'Groups:\t.*987.*'; do
    grep -qxP "$line ?" "/proc/$pid/status" || { echo "not $line"; passed=1; }
  done
  grep -q '^[^ ]* / [^ ]* ro,' "/proc/$pid/mounts" || passed=1
  grep -q '^[^ ]* /scratch [^ ]* rw,' "/proc/$pid/mounts" || passed=1
  podman pod rm --force --time 0 capmin-test-static
  podman volume prune --force >/dev/null
  [ "$passed" = 0 ]
}

@test "podman: strace leads to the same set" {
  [ "$(id -u)" = 0 ] && command -v strace >/dev/null || skip "strace needs root"
  minimize chown --probe exit --evidence strace
  expect_set CHOWN
  [[ "$stderr" == *"passed without strace, too"* ]]
  run ! grep "run again without strace" <<<"$stderr"
}

@test "podman: what the kernel sees leads to the answer at once" {
  local reason
  reason=$("$CAPMIN" doctor | sed -n 's/^kernel evidence  *no: //p')
  [ -z "$reason" ] || skip "no evidence from the kernel: $reason"
  minimize chroot --probe exit --evidence kernel
  expect_set SYS_CHROOT
  [ "$(yaml '[c["call"] for c in p["reasons"][0]["checks"]]')" = chroot ]
  [ "$(yaml 'p["run"]["trials"]')" = 3 ]
}

@test "podman: a static page as another user needs nothing" {
  minimize static --probe "$images/static/probe.sh"
  expect_set
}

@test "podman: a user other than root holds what is granted" {
  minimize chown --probe exit --user 1000
  expect_set CHOWN
}

@test "podman: a job that gives a file away needs CHOWN" { file_given_away_needs_chown; }

@test "podman: a job that changes its root directory needs SYS_CHROOT" { changed_root_needs_sys_chroot; }

@test "podman: the image's own health check is a probe" { health_check_is_a_probe; }

@test "podman: a probe runs inside the container" { probe_runs_inside; }

@test "podman: a probe of a job runs after its end" { probe_of_a_job_runs_after_its_end; }

@test "podman: a second start that needs more is in the answer" {
  minimize restart --restart --probe "$images/restart/probe.sh"
  expect_set CHOWN DAC_OVERRIDE
}

@test "podman: named volumes are fresh for each trial, and gone afterwards" {
  minimize chown --probe exit --volume state:/data/state -- chown 1000:1000 /data/state
  expect_set CHOWN
}

@test "podman: a missing image ends with status 6" {
  minimize no-such-image --probe exit --pull never
  expect_status 6
  expect_no_profile
}

@test "podman: what a refused program carries is read from its file" {
  docker save capmin-test-filecap | podman load --quiet >&2
  minimize filecap --probe exit --user 0 -- sh /tool.sh
  expect_set FOWNER MKNOD
  [ "$(yaml 'p["reasons"][0]["rule"]')" = exec-eperm ]
}

@test "podman: a program that is not there is the image's failure" {
  minimize static --probe exit -- /no/such/program
  expect_status 3
  expect_stderr "the container's program could not be executed"
}

@test "podman: a limit that the host refuses is an error of the options" {
  minimize static --probe exit --ulimit nofile=2000000000:2000000000
  expect_status 2
  expect_stderr "podman does not take a container with these options"
  expect_no_profile
}

@test "podman: a container killed for memory proves nothing" {
  minimize chown --probe exit --memory 16m -- tail /dev/zero
  expect_status 3
  expect_stderr "the container was killed for lack of memory"
}

@test "podman: Ctrl-C during a trial ends with status 130 and leaves nothing" {
  local probe pid
  # shellcheck disable=SC2016  # for the probe's shell
  probe=$(printf '#!/bin/sh\necho "$CAPMIN_TRIAL" >>"%s"\n[ "$CAPMIN_TRIAL" = 0 ]\n' "$probed" | probe_script probe.sh)
  env --default-signal=INT "$CAPMIN" run capmin-test-hang --engine podman --probe "$probe" --timeout 100 \
    -o "$profile" >"$BATS_TEST_TMPDIR/output" 2>&1 3>&- &
  pid=$!
  within 30 grep -q 1 "$probed" || { kill -KILL "$pid"; cat "$BATS_TEST_TMPDIR/output"; return 1; }
  kill -INT "$pid"
  within 20 gone "$pid" || { kill -KILL "$pid"; cat "$BATS_TEST_TMPDIR/output"; return 1; }
  status=0
  wait "$pid" || status=$?
  cat "$BATS_TEST_TMPDIR/output"
  [ "$status" = 130 ]
  expect_no_profile
}

@test "podman: clean removes a dead run's Compose project, but no network that somebody else's container uses" {
  local run_id ours project stranger
  run_id=$(random_run)
  project=capmin-$run_id-joint-1
  ours=(--label "capmin.run=$run_id" --label "capmin.owner=$(dead_owner)")
  podman network create "${ours[@]}" "${project}_default" >&2
  podman volume create "${ours[@]}" "${project}_db-data" >&2
  podman run -d --name "${project}_web_1" "${ours[@]}" --network "${project}_default" \
    --volume "${project}_db-data:/data" capmin-test-hang >&2
  stranger=$(podman run -d --network "${project}_default" capmin-test-hang)
  capmin clean --engine podman
  expect_status 5
  [ "$(grep -F "$run_id" <<<"$output")" = "removed container ${project}_web_1
removed volume ${project}_db-data" ]
  expect_stderr "network ${project}_default could not be removed"
  podman container inspect "$stranger" >/dev/null
  podman rm --force --time 0 "$stranger" >&2
  capmin clean --engine podman
  expect_status 0
  [ "$(grep -F "$run_id" <<<"$output")" = "removed network ${project}_default" ]
}

@test "podman: it is used where docker has no daemon" {
  local empty=$BATS_TEST_TMPDIR/bin
  mkdir "$empty"
  printf '#!/bin/sh\necho "Cannot connect to the Docker daemon at unix:///var/run/docker.sock." >&2\nexit 1\n' >"$empty/docker"
  chmod +x "$empty/docker"
  run --separate-stderr env -u DOCKER_HOST -u DOCKER_CONTEXT "PATH=$empty:$PATH" \
    timeout 120 "$CAPMIN" run capmin-test-chown --probe exit -o "$profile"
  expect_set CHOWN
  expect_stderr "podman is used"
}

@test "podman: doctor sees privileged ports and every capability accepted" {
  capmin doctor capmin-test-static --engine podman
  expect_status 0
  [[ "$output" == *"privileged ports        below 1024"* ]]
  [[ "$output" == *"processes shown         yes"* ]]
  [[ "$output" == *"refused by the engine   (none)"* ]]
}

@test "podman: doctor tells when it cannot start containers" {
  sed 's/nofile=[^"]*/nofile=2000000000:2000000000/' "$CONTAINERS_CONF" >"$BATS_TEST_TMPDIR/containers.conf"
  CONTAINERS_CONF=$BATS_TEST_TMPDIR/containers.conf capmin doctor capmin-test-static --engine podman
  expect_status 5
  [[ "$output" == *"does not start containers"*"CONTAINERS_CONF"* ]]
}

@test "podman: what the image or the options name in vain ends at once with status 3 or 2" {
  minimize nouser --probe exit
  expect_status 3
  expect_stderr "the image names a user that it does not have: "
  minimize chown --probe exit --network nosuchnet
  expect_status 2
  expect_stderr "the network of --network is not there"
  minimize chown --probe exit --user 4294967294
  expect_status 2
  minimize chown --probe exit --memory 1k
  expect_status 2
  expect_stderr "podman does not take a container with these options"
  [[ "$stderr" != *attempts* ]]
}

@test "podman: a runtime or a helper of the engine's that is gone is engine trouble" {
  sed 's/^runtime = .*/runtime = "own"/' "$CONTAINERS_CONF" >own.conf
  cp "$(command -v runc)" runc
  printf '[engine.runtimes]\nown = ["%s"]\n' "$PWD/runc" >>own.conf
  # shellcheck disable=SC2016  # expanded by the probe
  printf '#!/bin/sh\n[ "$CAPMIN_TRIAL" != 0 ] || chmod -x "%s"\n' "$PWD/runc" | probe_script probe.sh
  CONTAINERS_CONF=$PWD/own.conf minimize hang --probe ./probe.sh --timeout 5s
  chmod +x runc
  expect_status 5
  [[ "$stderr" != *"could not be executed"* ]]
  expect_no_profile
  CONTAINERS_CONF=$PWD/own.conf podman rm --force --all --time 0 >/dev/null
}

@test "podman: trials are made like a container that exists" {
  podman create --name like-me --pull never -e SECRET=hunter2 -v data:/data --tmpfs /run:size=1m --read-only \
    --sysctl net.ipv4.ip_unprivileged_port_start=80 --hostname box -w /tmp --network none --entrypoint '["sh","-e"]' \
    capmin-test-chown -c '[ "$SECRET" = hunter2 ]; [ "$(hostname)" = box ]; [ "$(pwd)" = /tmp ]; ! touch /new
      [ "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start)" = 80 ]; touch /run/new /data/new; chown 5:5 /data/new' >&2
  capmin run --like like-me --engine podman --probe exit -o "$profile"
  podman rm like-me >&2
  podman volume rm data >&2
  expect_set CHOWN
  [ "$(yaml '", ".join(p["environment"]["options"])')" = "--env SECRET, --workdir /tmp, --entrypoint sh, --hostname box, --tmpfs /run:size=1m, --sysctl net.ipv4.ip_unprivileged_port_start=80, --read-only, --volume data:/data" ]
}

@test "podman: a container is audited by what it holds" {
  podman run -d --name audited --pull never --network none --cap-drop ALL --cap-add CHOWN --label tier=web capmin-test-hang >&2
  capmin audit --engine podman --label tier=web --format json
  [ "$(/usr/bin/python3 -c 'import json, sys; [c] = json.loads(sys.argv[1])["containers"]; print(c["name"], c["image"], *c["holds"], *c["grounds"])' "$output")" = 'audited localhost/capmin-test-hang:latest CHOWN unknown' ]
  expect_status 0
  capmin audit --engine podman --container audited --fail-on unknown
  podman rm --force --time 0 audited >&2
  expect_status 1
}
