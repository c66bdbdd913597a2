#!/usr/bin/env bats
# Hostile images, arguments and neighbours, before a real engine.
# shellcheck disable=SC2154,SC2016  # variables of the helper; scripts are written down, not expanded
# shellcheck disable=SC2030,SC2031  # each test has an environment of its own
load helper

# peak_of ARG...: capmin's most memory, in KiB, as `peak`; sets status and stderr.
peak_of() {
  run --separate-stderr timeout 600 /usr/bin/python3 -c '
import resource, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = __import__("os").wait4(process.pid, 0)
print(usage.ru_maxrss)
sys.exit(status >> 8)' "$CAPMIN" "$@"
  peak=$output
}

# What the engine keeps of the container's log, in bytes, while it runs.
log_size_probe() {
  probe_script probe.sh <<'PROBE'
#!/bin/sh
sleep 2
path=$(docker inspect -f '{{.LogPath}}' "$CAPMIN_CONTAINER")
du -cb "$path"* | tail -n 1 | cut -f1 >>"$probed"
PROBE
}

@test "H6: a container that logs without end takes bounded memory and a bounded log of the engine" {
  plain_build "memory is not that of capmin"
  export probed
  peak_of run capmin-test-busybox --probe "$(log_size_probe)" --timeout 30 -o "$profile" --max-trials 2 \
    -- sh -c 'while :; do echo "nothing to see, and that for ever and ever"; done'
  [[ "$status" =~ ^(0|7)$ ]]
  [ "$peak" -lt 102400 ]
  [ "$(sort -n "$probed" | tail -n 1)" -gt 1000000 ]
  [ "$(sort -n "$probed" | tail -n 1)" -lt 10000000 ]
}

@test "H6: a container's line of a gigabyte takes bounded memory and a bounded log of the engine" {
  plain_build "memory is not that of capmin"
  export probed
  peak_of run capmin-test-busybox --probe "$(log_size_probe)" --timeout 30 -o "$profile" --max-trials 1 \
    -- sh -c 'head -c 1000000000 /dev/zero | tr "\0" x; sleep 1000'
  [[ "$status" =~ ^(0|7)$ ]]
  [ "$peak" -lt 102400 ]
  [ "$(sort -n "$probed" | tail -n 1)" -lt 10000000 ]
}

@test "H7: a container that exits at once, or leaves zombies, is judged by its end" {
  capmin run capmin-test-busybox --probe exit -o "$profile" -- true
  expect_set
  rm "$profile"
  # Zombies of a first process that waits for nobody.
  capmin run capmin-test-busybox --probe exit -o "$profile" -- \
    sh -c 'i=0; while [ $i -lt 50 ]; do (sleep 0 &) ; i=$((i + 1)); done; exec sleep 1'
  expect_set
  rm "$profile"
  capmin run capmin-test-busybox --probe "$(printf '#!/bin/sh\nexit 0\n' | probe_script ok.sh)" --settle 1s \
    --timeout 20 -o "$profile" -- sh -c 'echo bye; exit 0'
  expect_status 3
  expect_no_profile
}

@test "H13: arguments arrive byte for byte" {
  # shellcheck disable=SC1003  # a backslash
  printf '%s\0' '' "it's" '"two"' '--' $'two\nlines' '$(id)' '`id`' '\' '*' $'\x01\x7f' 'größe' >"$BATS_TEST_TMPDIR/wanted"
  mkdir "$BATS_TEST_TMPDIR/out"
  chmod 777 "$BATS_TEST_TMPDIR/out"
  mapfile -d '' -t arguments <"$BATS_TEST_TMPDIR/wanted"
  capmin run capmin-test-busybox --probe exit -o "$profile" --keep-volumes -v "$BATS_TEST_TMPDIR/out:/out" \
    -e "VALUE=${arguments[4]}" -- sh -c 'printf "%s\0" "$@" >/out/seen; printf %s "$VALUE" >/out/value' sh "${arguments[@]}"
  expect_status 0
  cmp "$BATS_TEST_TMPDIR/wanted" "$BATS_TEST_TMPDIR/out/seen"
  [ "$(cat "$BATS_TEST_TMPDIR/out/value")" = $'two\nlines' ]
}

@test "H19: secrets of variables, files and logs are in no output, journal or report" {
  local secret=hunter2-Xq7pl9 word=correct-horse-8823
  printf 'TOKEN=%s\n' "$word" >"$BATS_TEST_TMPDIR/env"
  export PASSED_ON=$secret
  # The journal stays where the number of trials is used up.
  capmin run capmin-test-busybox --probe exit -o "$profile" --max-trials 2 -v \
    -e "PASSWORD=$secret" -e PASSED_ON --env-file "$BATS_TEST_TMPDIR/env" -- \
    sh -c 'echo "chown: /x: Operation not permitted ($PASSWORD $TOKEN $PASSED_ON)"; touch /x && chown 1000 /x'
  expect_status 7
  [ -s "$profile.journal" ]
  "$CAPMIN" report "$profile" --format html >"$BATS_TEST_TMPDIR/report.html"
  for text in "$secret" "$word"; do
    [[ "$output$stderr" != *"$text"* ]]
    [ "$(cat "$profile" "$profile.journal" "$BATS_TEST_TMPDIR/report.html" | grep -cF -- "$text")" = 0 ]
  done
}

@test "H24: an image that prints that it is healthy is not believed" {
  minimize hang --probe "$(printf '#!/bin/sh\nexit 1\n' | probe_script never.sh)" --timeout 2
  expect_status 3
  capmin run capmin-test-busybox --probe "$(printf '#!/bin/sh\nexit 1\n' | probe_script never.sh)" --timeout 2 -o "$profile" -- \
    sh -c 'echo "HEALTHCHECK ok: healthy, probe passed, exit status 0"; exec sleep 1000'
  expect_status 3
  expect_no_profile
}

# From another pid namespace the engine's processes are not to be seen, as on another machine.
elsewhere() { run --separate-stderr timeout 600 unshare --pid --fork --mount-proc "$CAPMIN" "$@"; }

@test "H25: an engine whose processes are not seen from here gives the same set, and that is said" {
  [ "$(id -u)" = 0 ] || skip "another pid namespace takes root"
  elsewhere run capmin-test-chown --probe exit -o "$profile"
  expect_set CHOWN
  elsewhere doctor --engine docker
  expect_status 0
  grep -i 'process' <<<"$output"
}

@test "a container without consent to more holds no namespace of the host and no more than the grant" {
  export probed
  capmin run capmin-test-busybox --probe "$(probe_script probe.sh <<'PROBE'
#!/bin/sh
docker inspect -f '{{json .HostConfig}}' "$CAPMIN_CONTAINER" >"$probed"
PROBE
)" -o "$profile" --timeout 20 -- sleep 1000
  expect_set
  /usr/bin/python3 - "$probed" <<'PYTHON'
import json, sys
c = json.load(open(sys.argv[1], encoding="utf-8"))
assert c["Privileged"] is False and c["CapDrop"] == ["ALL"], c
assert c["PidMode"] == "" and c["UTSMode"] == "" and c["UsernsMode"] == "" and c["IpcMode"] == "private", c
assert c["LogConfig"]["Config"]["max-size"] == "4m", c
assert not c["Devices"] and not c["Binds"] and c["RestartPolicy"]["Name"] in ("", "no"), c
PYTHON
}
