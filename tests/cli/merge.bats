#!/usr/bin/env bats
# A batch in shards, and `capmin merge`, which joins their results.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
load helper

# whole.d and parts.d are the same: a batch of five jobs, of which one is new, one broken and one
# has no profile.
batch_in_two_trees() {
  [ -e "$BATS_FILE_TMPDIR/tree" ] || make_tree || return 1
  cp -r "$BATS_FILE_TMPDIR/tree" whole.d
  cp -r "$BATS_FILE_TMPDIR/tree" parts.d
  export FAKE_NEEDS=CHOWN
}
make_tree() {
  for name in a c; do
    FAKE_NEEDS=CHOWN minimize -o "$name.yaml" -q
    expect_status 0
  done
  FAKE_NEEDS='' minimize -o e.yaml -q
  expect_status 0
  : >"$FAKE_ENGINE_DIR/calls"
  mkdir tree
  mv ./*.yaml tree
  cp health.sh tree
  cat >tree/batch.yaml <<'YAML'
apiVersion: capmin/v1
kind: Batch
defaults: {timeout: 20s, mode: verify}
jobs:
  - {name: e, profile: e.yaml}
  - {name: b, image: "app:1", probe: health.sh, profile: b.yaml, mode: minimize}
  - {name: c, profile: c.yaml}
  - {name: gone, profile: gone.yaml}
  - {name: a, profile: a.yaml}
YAML
  mv tree "$BATS_FILE_TMPDIR/tree"
}
batch_at() { local tree=$1; shift; (cd "$tree" && timeout 60 "$CAPMIN" batch batch.yaml "$@" 2>"$BATS_TEST_TMPDIR/batch-errors") || echo "$?"; }
# three_shards: runs them in parts.d/1, 2 and 3.
three_shards() {
  for shard in 1 2 3; do batch_at parts.d --shard "$shard/3" --results "$shard" >/dev/null; done
}
parts() { (cd parts.d && timeout 60 "$CAPMIN" merge "$@"); }
merge() { run --separate-stderr parts "$@"; }
# timeless: without what differs from run to run: times, hashes of profiles that have them, and
# whether a container that ends at once was probed before.
timeless() { sed -E 's/"(at|run)": "[^"]*"/"\1"/; s/"seconds": [0-9.]+/"seconds"/; s/"profile_sha256": "[^"]+"/"profile_sha256"/; s/^(    "[a-z]+"): [0-9.]+/\1/; s/since [0-9TZ:-]+/since/; s/; health.sh: exit status 7//; /health.sh: nobody answers/d; s/^run:.*|^ *(at|seconds): .*//'; }
# tree DIRECTORY: all files of results with what is in them.
tree() { (cd "$1" && find . -type f -not -path "./logs/*" | sort | while read -r file; do echo "== $file"; timeless <"$file"; done); }

@test "joined shards report what one batch reports, in every format, and leave the same results" {
  batch_in_two_trees
  whole=$(batch_at whole.d)
  three_shards
  merge 1 2 3 -o joined
  expect_status 2
  diff <(timeless <<<"$whole") <(timeless <<<"$output"$'\n2')
  expect_stdout "5 jobs: 2 ok, 1 broken, 1 error, 1 new; "
  diff <(tree whole.d/batch.yaml.results) <(tree parts.d/joined)
  diff <(cd whole.d/batch.yaml.results/logs && ls) <(cd parts.d/joined/logs && ls)
  grep -q '"CHOWN"' parts.d/joined/profiles/b.yaml
  for format in json markdown junit sarif github; do
    # A second start skips what can be skipped, and says when it was run.
    diff <(batch_at whole.d --format "$format" | timeless) <(three_shards; parts 1 2 3 --format "$format" | timeless; echo 2)
  done
}

@test "neither the order of the shards nor their number matters, nor joining again" {
  batch_in_two_trees
  three_shards
  merge 1 2 3 -o joined
  expected=$output
  for order in "3 1 2" "2 2 1 3 1" "joined" "joined joined"; do
    # shellcheck disable=SC2086  # words
    merge $order -o again
    expect_status 2
    [ "$output" = "$expected" ]
    diff -r parts.d/joined parts.d/again
  done
  # Two of three, and the third one later.
  merge 2 1 -o some
  expect_status 7
  merge 3 some -o all
  expect_status 2
  [ "$output" = "$expected" ]
  diff -r parts.d/joined parts.d/all
}

@test "a missing shard is named with its jobs, and the others are reported" {
  batch_in_two_trees
  three_shards
  merge 1 3
  expect_status 7
  expect_stderr "error: shard 2 of 3 is missing: b, gone"
  expect_stderr "hint: "
  expect_stdout "5 jobs: "
  expect_stdout "; 2 not run; "
  merge 1 3 --format json
  [ "$(python3 -c 'import json, sys; print(json.load(sys.stdin)["not_run"])' <<<"$output")" = "['b', 'gone']" ]
  [ ! -e parts.d/joined ]
}

@test "a shard that was killed or ran out of time is named, and completed by its next start" {
  batch_in_two_trees
  three_shards
  rm -r parts.d/2
  (cd parts.d && FAKE_FAULT=start:hold exec "$CAPMIN" batch batch.yaml --shard 2/3 --results 2) >out 2>err 3>&- &
  pid=$!
  within 10 held
  kill -KILL "$pid"
  open_gate
  merge 1 2 3
  expect_status 7
  expect_stderr "error: shard 2 of 3 did not come to its end: b, gone"
  batch_at parts.d --shard 2/3 --results 2
  merge 1 2 3
  expect_status 2
  expect_stdout "ok            b: "
}

@test "results of other batches, splits and versions are refused" {
  batch_in_two_trees
  three_shards
  merge 1 2 3 -o joined
  batch_at parts.d --shard 3/4 --results other >/dev/null
  merge 1 2 other
  expect_status 2
  expect_stderr "error: 1 and other are of 3 and of 4 shards"
  printf '{"apiVersion": "capmin/v1", "kind": "BatchTimes", "seconds": {"a": 90, "b": 1, "c": 1, "e": 1, "gone": 1}}' >parts.d/times
  batch_at parts.d --shard 3/3 --results timed --times times >/dev/null
  merge 1 2 timed
  expect_status 2
  expect_stderr "error: 1 and timed split the jobs differently, by different times"
  echo '# edited' >>parts.d/batch.yaml
  batch_at parts.d --shard 3/3 --results edited >/dev/null
  merge 1 2 edited
  expect_status 2
  expect_stderr "error: 1 and edited are of different batch files"
  sed -i 's/"capmin": "[^"]*"/"capmin": "9.9.9"/' parts.d/3/manifest.json
  merge 1 2 3
  expect_status 2
  expect_stderr "different versions of capmin, 0.1.0 and 9.9.9"
}

@test "a job with two results is refused; one that was tried elsewhere has the better one" {
  batch_in_two_trees
  three_shards
  merge 1 2 3
  expected=$output
  FAKE_DOCKER=no batch_at parts.d --shard 2/3 --results failed --force >/dev/null
  merge 1 failed 3
  expect_status 5
  merge failed 1 2 3
  expect_status 2
  diff <(timeless <<<"$expected") <(timeless <<<"$output")
  # The same once more, elsewhere.
  batch_at parts.d --shard 1/3 --results again >/dev/null
  merge 2 again 3 1
  expect_status 2
  diff <(timeless <<<"$expected") <(timeless <<<"$output")
  FAKE_NEEDS="CHOWN SETUID" batch_at parts.d --shard 1/3 --results other >/dev/null
  merge 1 2 3 other
  expect_status 2
  expect_stderr "error: the job a has different results in 1 and other"
  expect_stderr "hint: leave one of the directories out"
}

@test "a broken or a hostile directory of results is an error that names the file" {
  batch_in_two_trees
  three_shards
  cp -r parts.d/2 good
  try() { # WHAT EDIT...
    rm -rf parts.d/2
    cp -r good parts.d/2
    (cd parts.d/2 && eval "$2")
    merge 1 2 3 -o joined
    expect_status 2 || return 1
    expect_stderr "$1" || return 1
    [ -z "$output" ]
    [ ! -e parts.d/joined ]
  }
  try "2/jobs/b.json" 'rm jobs/b.json'
  try "2/jobs/b.json:" 'echo "{" >jobs/b.json'
  try "2/jobs/b.json is the record of another job" 'cp jobs/gone.json jobs/b.json'
  try "2/jobs/b.json:" "sed -i 's/\"exit\": 0/\"exit\": 1/' jobs/b.json"
  try "2/jobs/gone.json:" "sed -i 's/\"exit\": 2/\"exit\": 0/' jobs/gone.json"
  try "2/jobs/b.json" 'rm jobs/b.json; mkfifo jobs/b.json'
  try "2/profiles/b.yaml" 'rm profiles/b.yaml'
  try "2/profiles/b.yaml:" 'echo "image: {}" >profiles/b.yaml'
  try "2/manifest.json" 'rm manifest.json'
  try "2/manifest.json:" "sed -i 's/\"shards\": 3/\"shards\": 2/' manifest.json"
  try "is no job's name" "sed -i 's/\"name\": \"b\"/\"name\": \"..\/..\/b\"/' manifest.json"
  try "was run, but its shard was not" "sed -i 's/\"shard\": 2/\"shard\": 1/' manifest.json"
  try "this is not the split of these jobs" "sed -i 's/\"split\": \"./\"split\": \"x/' manifest.json"
  try "unknown key" "sed -i 's/\"kind\"/\"sort\"/' manifest.json"
}

@test "nothing hostile in a record reaches the output as it is" {
  batch_in_two_trees
  three_shards
  sed -i 's/"text": "/"text": "::error::\\u001b]0;x\\u0007 <b>|`##vso[/' parts.d/1/jobs/a.json
  for format in text json markdown junit sarif github; do
    merge 1 2 3 --format "$format"
    expect_status 2
    # The remarks for GitHub are commands themselves; what they quote is no further one.
    refute_match '\x1b|\x07|##vso' "$output"
    [ "$format" = github ] || refute_match '^::' "$output"
  done
  merge 1 2 3 --format junit
  refute_match '<b>' "$output"
}

@test "the directory of the answer is not one of those that are joined, and is not written by halves" {
  batch_in_two_trees
  three_shards
  merge 1 2 3 -o ./3
  expect_status 2
  expect_stderr "is to be joined and to be written"
  touch parts.d/file
  merge 1 2 3 -o file
  expect_status 8
  mkdir -p parts.d/joined/jobs/a.json
  merge 1 2 3 -o joined
  expect_status 8
  merge joined
  expect_status 7
  expect_stderr "did not come to its end: e, b, c, gone, a"
}

@test "--fail-on counts for the joined results" {
  batch_in_two_trees
  sed -i '/name: [eb]/d; /gone/d; s/mode: verify/mode: verify, full: true/' parts.d/batch.yaml
  export FAKE_NEEDS=
  three_shards
  merge 1 2 3
  expect_status 0
  merge 1 2 3 --fail-on loose
  expect_status 1
}

@test "the environment names the shard, which is said, and --shard goes before it" {
  batch_in_two_trees
  said() { # SHARD VARIABLE...
    local shard=$1
    shift
    (cd parts.d && env "$@" FAKE_DOCKER=no "$CAPMIN" batch batch.yaml -q --results env >/dev/null 2>../said) || true
    [ "$(grep -c "^shard $shard of 3, as ${1%%=*}=.* says: [12] of 5 jobs, split by number: no times are known$" said)" = 1 ] ||
      { cat said; return 1; }
  }
  said 1 JOB_COMPLETION_INDEX=0 CAPMIN_SHARDS=3
  said 3 CI_NODE_INDEX=3 CI_NODE_TOTAL=3
  said 1 CAPMIN_TASK_SLOT=tv00tn5be7r1ks4zp9voop4s7 CAPMIN_SHARDS=3
  export CI_NODE_INDEX=3 CI_NODE_TOTAL=3 FAKE_DOCKER=no
  cd parts.d
  capmin batch batch.yaml --shard 1/1
  expect_status 5
  [ -z "$stderr" ] || refute_match 'shard' "$stderr"
  expect_stdout "5 jobs: 5 error; "
  # The whole batch before has written how long its jobs took, and a slow machine's times split otherwise.
  capmin batch batch.yaml --shard 2/3 --results other
  expect_stderr "shard 2 of 3: 2 of 5 jobs, split by number"
}

@test "half a shard in the environment, and a wrong one, run nothing" {
  batch_in_two_trees
  cd parts.d
  for variables in JOB_COMPLETION_INDEX=0 CAPMIN_SHARDS=3 CI_NODE_INDEX=1 "CI_NODE_INDEX=4 CI_NODE_TOTAL=3" \
    "JOB_COMPLETION_INDEX=3 CAPMIN_SHARDS=3" "CI_NODE_INDEX=1 CI_NODE_TOTAL=2 JOB_COMPLETION_INDEX=0 CAPMIN_SHARDS=2"; do
    # shellcheck disable=SC2086  # words
    run --separate-stderr env $variables "$CAPMIN" batch batch.yaml
    expect_status 2
    expect_stderr "--shard I/N says which part of the jobs runs, --shard 1/1 runs all"
  done
  [ ! -e batch.yaml.results ]
}

@test "shards are balanced by the times of the last whole batch" {
  batch_in_two_trees
  batch_at whole.d >/dev/null
  cat >whole.d/batch.yaml.results/times.json <<'JSON'
{"apiVersion": "capmin/v1", "kind": "BatchTimes", "seconds": {"a": 20.5, "b": 3.0, "c": 3.0, "e": 3.0, "removed": 99.0}}
JSON
  cd whole.d
  capmin batch batch.yaml --shard 1/2
  expect_stderr "shard 1 of 2: 1 of 5 jobs, split by the times in batch.yaml.results/times.json"
  expect_stdout "ok            a: "
  # The times stay as they are until a whole batch is there.
  capmin batch batch.yaml --shard 2/2
  expect_stderr "shard 2 of 2: 4 of 5 jobs"
  capmin batch batch.yaml --shard 2/2 --results other --times batch.yaml.results
  expect_stderr "shard 2 of 2: 4 of 5 jobs, split by the times in batch.yaml.results/times.json"
  capmin batch batch.yaml --shard 1/1
  grep -q '"b": ' batch.yaml.results/times.json
  run ! grep -q removed batch.yaml.results/times.json
  for times in missing ../health.sh; do
    capmin batch batch.yaml --shard 2/2 --times "$times"
    expect_status 2
  done
  echo '{' >batch.yaml.results/times.json
  capmin batch batch.yaml --shard 2/2
  expect_status 2
  expect_stderr "error: batch.yaml.results/times.json:"
}

@test "one job of a shard that is run again by name leaves what is known of the others" {
  batch_in_two_trees
  three_shards
  batch_at parts.d --shard 2/3 --results 2 --only b --force >/dev/null
  merge 1 2 3
  expect_status 2
  refute_anywhere "not run"
  # Another split knows nothing of them.
  batch_at parts.d --shard 2/2 --results 2 --only b >/dev/null
  merge 2
  expect_status 7
}

@test "arguments of merge that are not understood are usage errors" {
  mkdir empty
  for arguments in "" "empty" "missing" "empty --what" "empty --format yaml" "empty --fail-on broken"; do
    # shellcheck disable=SC2086  # words
    capmin merge $arguments
    expect_status 2
  done
}
