# What the tests of `capmin batch` share: jobs of a batch, and their records.
# shellcheck shell=bash
# shellcheck disable=SC2154  # variables of the helper

# jobs LINE...: writes batch.yaml with these jobs.
jobs() {
  printf 'apiVersion: capmin/v1\nkind: Batch\ndefaults: {timeout: 20s}\njobs:\n' >batch.yaml
  printf '  - {%s}\n' "$@" >>batch.yaml
}
# search NAME [KEYS], check NAME [KEYS]: a job that minimizes or verifies NAME.yaml.
search() { echo "name: $1, image: app:1, probe: health.sh, profile: $1.yaml, mode: minimize${2:+, $2}"; }
check() { echo "name: $1, profile: $1.yaml, mode: verify${2:+, $2}"; }
batch() { capmin batch batch.yaml "$@"; }
# found NAME NEEDS: writes NAME.yaml of a program with these needs.
found() {
  FAKE_NEEDS=$2 minimize -o "$1.yaml" -q
  expect_status 0
  : >"$FAKE_ENGINE_DIR/calls"
}
count_created() { calls "^'create'" | wc -l; }
forget_calls() { : >"$FAKE_ENGINE_DIR/calls"; }
# record NAME KEY: prints a value of the job's record.
record() { python3 -c 'import json, sys; print(json.load(open(f"batch.yaml.results/jobs/{sys.argv[1]}.json"))[sys.argv[2]])' "$@"; }
