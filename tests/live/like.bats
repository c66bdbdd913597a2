#!/usr/bin/env bats
# Trials like containers that exist: what those were given is there in each trial.
# shellcheck disable=SC2154,SC2016  # variables of the helper; scripts of containers are not expanded here
load helper

prefix=capmin-test-like-$$

teardown() {
  docker ps -aq --filter "label=$prefix" | xargs -r docker rm -f -v >/dev/null
  docker network rm "$prefix" "$prefix-2" >/dev/null 2>&1 || true
  docker volume rm -f "$prefix" >/dev/null
  [ "${ready:-}" = yes ] || return 0
  local id
  for id in $(comm -13 <(echo "$containers_before") <(capmin_containers)); do
    within 20 removed_or_owned "$id" || return 1
  done
}

# A job that succeeds only where it finds everything that the container was given, and may chown.
# It lies in a file, so that what it says is not part of the profile.
job='set -e
[ "$SECRET" = hunter2 ]
[ "$LINES_OF" = "$(printf "a\nb")" ]
[ "$(hostname)" = box ]
[ "$(pwd)" = /tmp ]
[ "$(id -G)" = "0 5" ]
[ "$(ulimit -n)" = 64 ]
grep -q "10.0.0.1.*db" /etc/hosts
[ "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 ]
[ "$(cat /ro/file)" = read ]
! touch /ro/new
[ "$(cat /host/file)" = written ]
echo changed >/host/file
! touch /new
touch /run/new
[ "$(df -k /dev/shm | tail -n 1 | awk "{ print \$2 }")" = 32768 ]
[ -c /dev/other ]
grep -q "NoNewPrivs:.*1" /proc/self/status
[ -z "$(ls /data)" ]
touch /data/file
chown 5:5 /data/file'

@test "a job that needs everything its container was given finds it in each trial, from a stopped container" {
  mkdir "$BATS_TEST_TMPDIR/host" "$BATS_TEST_TMPDIR/ro"
  echo written >"$BATS_TEST_TMPDIR/host/file"
  echo read >"$BATS_TEST_TMPDIR/ro/file"
  echo "$job" >"$BATS_TEST_TMPDIR/ro/job"
  docker network create "$prefix" >/dev/null
  docker create --name "$prefix" --label "$prefix" -e SECRET=hunter2 -e LINES_OF=$'a\nb' \
    -v "$prefix:/data" -v "$BATS_TEST_TMPDIR/host:/host" \
    --mount "type=bind,source=$BATS_TEST_TMPDIR/ro,target=/ro,readonly" --tmpfs /run:size=1m \
    -p 18080:80 --network "$prefix" --sysctl net.ipv4.ip_forward=1 --ulimit nofile=64 --memory 64m \
    --pids-limit 50 --read-only --security-opt no-new-privileges --hostname box -w /tmp --group-add 5 \
    --add-host db:10.0.0.1 --shm-size 32m --device /dev/null:/dev/other --entrypoint sh \
    capmin-test-busybox /ro/job >/dev/null
  capmin run --like "$prefix" --probe exit -o "$profile"
  expect_set CHOWN
  [ "$(cat "$BATS_TEST_TMPDIR/host/file")" = written ]
  [ "$(yaml 'p["image"]["reference"]')" = capmin-test-busybox ]
  [ "$(yaml 'p["environment"]["network"]')" = "$prefix" ]
  local option options
  options=$(yaml '"\n".join(p["environment"]["options"])')
  for option in '--env SECRET' '--env LINES_OF' "--volume $prefix:/data" "--volume $BATS_TEST_TMPDIR/host:/host" \
    "--volume $BATS_TEST_TMPDIR/ro:/ro:ro" '--tmpfs /run:size=1m' '--publish 80' '--sysctl net.ipv4.ip_forward=1' \
    '--ulimit nofile=64:64' '--memory 67108864' '--pids-limit 50' --read-only '--security-opt no-new-privileges' \
    '--hostname box' '--workdir /tmp' --group-add=5 '--add-host db:10.0.0.1' '--shm-size 33554432' \
    '--device /dev/null:/dev/other' '--entrypoint sh'; do
    grep -qxF -- "$option" <<<"$options" || { echo "lacks $option"; return 1; }
  done
  [ "$(wc -l <<<"$options")" = 20 ]
  # Docker gives variables back in any order.
  expect_stderr "like $prefix: capmin-test-busybox --env "
  expect_stderr " --env SECRET "
  expect_stderr " --env LINES_OF "
  [[ "$stderr$output$(cat "$profile")" != *hunter2* ]]
  # The profile is as good as one whose options somebody wrote down.
  docker rm "$prefix" >/dev/null
  capmin verify "$profile" -e SECRET=hunter2 -e LINES_OF=$'a\nb'
  expect_status 0
}

@test "a service that runs and has its port on the host keeps it, and trials have others" {
  docker run -d --name "$prefix" --label "$prefix" -p 18081:80 capmin-test-lowport >/dev/null
  local probe
  probe=$(probe_script probe.sh <<'PROBE'
#!/bin/sh
[ "$CAPMIN_PORT_80" != 18081 ] && curl -fsS -m 2 "http://127.0.0.1:$CAPMIN_PORT_80/" | grep -q '^hello$'
PROBE
)
  capmin run --like "$prefix" --probe "$probe" -o "$profile"
  expect_set_and_conditional '' NET_BIND_SERVICE
  [ "$(yaml 'p["environment"]["options"]')" = '--publish 80' ]
  curl -fsS -m 2 http://127.0.0.1:18081/ | grep -q '^hello$'
}

@test "nothing is taken of a container that was given nothing" {
  docker create --name "$prefix" --label "$prefix" capmin-test-chown >/dev/null
  capmin run --like "$prefix" --probe exit -o "$profile"
  expect_set CHOWN
  [ "$(yaml 'p["environment"]["options"] + p["environment"]["command"]')" = '' ]
  [ "$(yaml 'p["environment"]["network"]')" = bridge ]
}

@test "what trials have otherwise is told: further networks, namespaces, capabilities" {
  docker network create "$prefix" >/dev/null
  docker network create "$prefix-2" >/dev/null
  docker create --name "$prefix" --label "$prefix" --network "$prefix" --pid host --cap-add NET_ADMIN capmin-test-chown >/dev/null
  docker network connect "$prefix-2" "$prefix"
  capmin run --like "$prefix" --probe exit --dry-run
  expect_status 0
  expect_stderr "warning: $prefix: its pid namespace is that of the host"
  expect_stderr "warning: $prefix: it is in the network $prefix-2 as well"
  expect_stderr 'unless --allow NET_ADMIN says so'
}

@test "a container of a seccomp filter of its own takes the file again" {
  docker info --format '{{json .SecurityOptions}}' | grep -q seccomp || skip "the engine has no seccomp"
  echo '{"defaultAction":"SCMP_ACT_ALLOW"}' >"$BATS_TEST_TMPDIR/filter.json"
  docker create --name "$prefix" --label "$prefix" --security-opt "seccomp=$BATS_TEST_TMPDIR/filter.json" capmin-test-chown >/dev/null
  capmin run --like "$prefix" --probe exit -o "$profile"
  expect_status 2
  expect_no_profile
  capmin run --like "$prefix" --probe exit --security-opt "seccomp=$BATS_TEST_TMPDIR/filter.json" -o "$profile"
  expect_set CHOWN
}
