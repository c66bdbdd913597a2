#!/usr/bin/env bats
# A night with real services: all of them, nothing new, one image that changed, a crash, a bad job.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
load helper

services="apache2 dnsmasq haproxy lighttpd memcached mosquitto nginx redis"
# A name that a test gives to one image, and then to another one.
changing=capmin-test-nightly:latest

setup_file() {
  local name
  # shellcheck disable=SC2086  # words
  "$root/scripts/make/services" $services
  cd "$BATS_FILE_TMPDIR" || return 1
  docker tag capmin-profile-redis "$changing"
  {
    printf 'apiVersion: capmin/v1\nkind: Batch\ndefaults: {mode: verify, pull: never}\njobs:\n'
    for name in $services; do
      cp "$root/profiles/$name.yaml" "$root/profiles/$name.sh" .
      [ "$name" != redis ] || echo "  - {name: redis, profile: redis.yaml, image: \"$changing\"}"
      [ "$name" = redis ] || echo "  - {name: $name, profile: $name.yaml}"
    done
  } >night.yml
}
teardown_file() { docker image rm "$changing" capmin-test-nightly:new >/dev/null 2>&1 || true; }

night() {
  run --separate-stderr timeout 900 "$CAPMIN" batch "$BATS_FILE_TMPDIR/night.yml" -j 2 "$@"
}
expect_stdout() { [[ "$output" == *"$1"* ]] || { echo "standard output lacks: $1"; return 1; }; }

@test "eight services hold, the next night skips them all, and the one that changed runs again" {
  local name before
  before=$(cd "$BATS_FILE_TMPDIR" && sha256sum -- *.yaml)
  night
  expect_status 0
  for name in $services; do
    [[ $output =~ ok(-new-image)?\ +$name:\ works ]]
  done
  expect_stdout "8 jobs: "
  night
  expect_status 0
  expect_stdout "; 8 skipped, unchanged; 0 container runs"
  printf 'FROM capmin-profile-redis\nLABEL night=2\n' | DOCKER_BUILDKIT=0 docker build -q -t capmin-test-nightly:new - >/dev/null
  docker tag capmin-test-nightly:new "$changing"
  night
  expect_status 0
  expect_stdout "; 7 skipped, unchanged; 1 container run"
  [[ $output =~ ok-new-image\ +redis:\ works\ with\ [A-Z\ ]+\;\ the\ image\ is\ another\ one ]]
  [ "$(cd "$BATS_FILE_TMPDIR" && sha256sum -- *.yaml)" = "$before" ]
}

@test "after kill -9 in the middle the next start runs what was left, and nothing else" {
  local results=$BATS_TEST_TMPDIR/results done_before
  "$CAPMIN" batch "$BATS_FILE_TMPDIR/night.yml" -j 2 --results "$results" >/dev/null 2>&1 3>&- &
  pid=$!
  some_done() { [ "$(find "$results/jobs" -name '*.json' 2>/dev/null | wc -l)" -ge 2 ]; }
  within 100 some_done
  kill -KILL "$pid"
  wait "$pid" || true
  # Containers of the killed jobs are removed by their guardians: teardown waits for that.
  done_before=$(find "$results/jobs" -name '*.json' | wc -l)
  [ "$done_before" -lt 8 ]
  night --results "$results"
  expect_status 0
  [[ $output =~ 8\ jobs:\ [^,]*ok ]]
  expect_stdout "; $done_before skipped, unchanged; "
}

@test "a probe that hangs and an image that is missing are errors of their jobs alone" {
  printf '#!/bin/sh\nexec sleep 300\n' >"$BATS_FILE_TMPDIR/hang.sh"
  chmod +x "$BATS_FILE_TMPDIR/hang.sh"
  cat >"$BATS_FILE_TMPDIR/bad.yml" <<'YAML'
apiVersion: capmin/v1
kind: Batch
defaults: {pull: never}
jobs:
  - {name: hang, image: capmin-profile-memcached, probe: hang.sh, timeout: 2s, profile: hang.yaml, mode: minimize}
  - {name: missing, profile: redis.yaml, image: capmin-profile-missing, mode: verify}
  - {name: memcached, profile: memcached.yaml, mode: verify}
YAML
  run --separate-stderr timeout 900 "$CAPMIN" batch "$BATS_FILE_TMPDIR/bad.yml" -j 2 --format json
  expect_status 6
  # An image that was made on this machine is another one than that of the proof.
  [ "$(python3 -c 'import json, sys; print([(j["name"], j["status"].replace("ok-new-image", "ok"), j["exit"]) for j in json.load(sys.stdin)["jobs"]])' <<<"$output")" = \
    "[('hang', 'error', 3), ('missing', 'error', 6), ('memcached', 'ok', 0)]" ]
  [ ! -e "$BATS_FILE_TMPDIR/hang.yaml" ]
}
