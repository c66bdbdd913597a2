#!/usr/bin/env bats
# A batch of real images, night after night.
# shellcheck disable=SC2154,SC2016  # variables of the helper; scripts that are not expanded here
load helper

# An image of this test alone, which changes under its name.
image=capmin-test-batch:latest
becomes() { docker tag "capmin-test-$1" "$image"; }
teardown_file() { docker image rm "$image" >/dev/null 2>&1 || true; }

batch() { capmin batch "$BATS_TEST_TMPDIR/batch.yaml" "$@"; }
expect_stdout() { [[ "$output" == *"$1"* ]] || { echo "standard output lacks: $1"; return 1; }; }

# jobs EXTRA: two searches and a job with a probe of its own, and the lines of EXTRA.
jobs() {
  probe_script web.sh <<<$'#!/bin/sh\ncurl -fsS -m 2 "http://$CAPMIN_IP:8080/" >/dev/null' >/dev/null
  probe_script hang.sh <<<$'#!/bin/sh\nexec sleep 300' >/dev/null
  cat >"$BATS_TEST_TMPDIR/batch.yaml" <<YAML
apiVersion: capmin/v1
kind: Batch
defaults: {mode: minimize, pull: never}
jobs:
  - {name: volume, image: capmin-test-volume, probe: web.sh, profile: volume.yaml}
  - {name: changing, image: "$image", probe: web.sh, profile: changing.yaml}
  - {name: chown, image: capmin-test-chown, probe: exit, profile: chown.yaml}
${1:-}
YAML
}

@test "profiles are found, then skipped; an image that changed runs its job again" {
  becomes silent
  jobs
  batch
  expect_status 0
  expect_stdout "new           volume: works with CHOWN; without any one of them the probe fails"
  expect_stdout "3 jobs: 3 new; "
  batch
  expect_status 0
  expect_stdout "3 skipped, unchanged; 0 container runs"
  before=$(cat "$BATS_TEST_TMPDIR"/*.yaml)
  becomes volume
  batch --fail-on loose
  expect_status 1
  expect_stdout "broken        changing: the probe fails without any capability, 2 times out of 2"
  expect_stdout "  works: CHOWN"
  expect_stdout "wrote $BATS_TEST_TMPDIR/changing.yaml.new"
  expect_stdout "2 skipped, unchanged"
  [ "$(cat "$BATS_TEST_TMPDIR"/*.yaml)" = "$before" ]
  # The reviewer takes it over.
  mv "$BATS_TEST_TMPDIR/changing.yaml.new" "$BATS_TEST_TMPDIR/changing.yaml"
  batch
  expect_status 0
  expect_stdout "ok            changing: works with CHOWN"
}

@test "a probe that hangs and an image that is missing do not stop the others" {
  becomes volume
  jobs "  - {name: hang, image: capmin-test-volume, probe: hang.sh, profile: hang.yaml, timeout: 2s}
  - {name: missing, image: capmin-test-missing, probe: web.sh, profile: missing.yaml}
  - {name: last, image: capmin-test-volume, probe: web.sh, profile: last.yaml}"
  batch
  expect_status 6
  expect_stdout "error         hang: the probe fails even with "
  expect_stdout "error         missing: there is no image capmin-test-missing"
  expect_stdout "new           last: works with CHOWN"
}

@test "after kill -9 a second start goes on with what was left" {
  becomes volume
  jobs "  - {name: slow, image: capmin-test-volume, probe: hang.sh, profile: slow.yaml, timeout: 60s}"
  "$CAPMIN" batch "$BATS_TEST_TMPDIR/batch.yaml" >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
  pid=$!
  within 100 test -e "$BATS_TEST_TMPDIR/batch.yaml.results/jobs/chown.json"
  kill -KILL "$pid"
  wait "$pid" || true
  sed -i 's/60s/2s/' "$BATS_TEST_TMPDIR/batch.yaml"
  batch
  expect_status 3
  expect_stdout "skipped: unchanged since"
  expect_stdout "4 jobs: 1 error, 3 new; 3 skipped, unchanged"
  # What the killed one left behind is not for this test to find.
  docker ps -aq --filter "label=capmin.owner" | while read -r id; do
    owner=$(docker inspect -f '{{index .Config.Labels "capmin.owner"}}' "$id" 2>/dev/null) || continue
    [ "${owner%%:*}" != "$pid" ] || docker rm -f -v "$id" >/dev/null
  done
}
