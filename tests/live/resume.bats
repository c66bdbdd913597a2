#!/usr/bin/env bats
# Killed, interrupted or cut short, and gone on with: the journal beside the profile.
# shellcheck disable=SC2154  # variables of the helper
load helper

# How long a condition of a running search may take, in seconds.
patience=60

# A job that needs three capabilities and names none of them: by its logs alone a search of many
# trials, and nothing in its log that differs from run to run.
job=(-- sh -c 'exec 2>/dev/null; touch /x && chown 1000 /x && mknod /n c 1 3 && chroot / /bin/true')
needed=(CHOWN MKNOD SYS_CHROOT)

journal() { echo "$profile.journal"; }
journal_lines() { grep -c . "$(journal)" 2>/dev/null || true; }
journal_has() { [ "$(journal_lines)" -ge "$1" ]; }

# start_job: capmin on the job in the background; sets pid.
start_job() {
  env --default-signal=INT "$CAPMIN" run capmin-test-busybox --probe exit --evidence logs -o "$profile" "${job[@]}" \
    >"$BATS_TEST_TMPDIR/output" 2>&1 3>&- &
  pid=$!
}

run_job() { minimize busybox --probe exit --evidence logs "$@" "${job[@]}"; }

# end_after LINES SIGNAL: ends the run with the signal once the journal has so many lines.
end_after() {
  within "$patience" journal_has "$1" || { kill -KILL "$pid"; cat "$BATS_TEST_TMPDIR/output"; return 1; }
  kill "-$2" "$pid"
  status=0
  wait "$pid" || status=$?
  cat "$BATS_TEST_TMPDIR/output"
}

# The bytes that must not differ: all but the line about the run.
facts() { grep -v '^run:' "$1"; }

@test "F4: killed in the middle and resumed, the profile has the bytes of an uninterrupted run" {
  run_job
  expect_set "${needed[@]}"
  mv "$profile" "$profile.whole"
  for lines in 2 4 7; do
    start_job
    end_after "$lines" KILL
    [ "$status" = 137 ]
    expect_no_profile
    run_job --resume
    expect_set "${needed[@]}"
    expect_stderr "resuming after"
    diff <(facts "$profile.whole") <(facts "$profile")
    [ ! -e "$(journal)" ]
    rm "$profile"
  done
}

@test "F24: a half line at the end of the journal is not believed" {
  run_job
  mv "$profile" "$profile.whole"
  start_job
  end_after 5 KILL
  truncate -s -7 "$(journal)"
  run_job --resume
  expect_set "${needed[@]}"
  diff <(facts "$profile.whole") <(facts "$profile")
}

@test "Ctrl-C leaves nothing but the journal, and --resume goes on" {
  start_job
  end_after 3 INT
  [ "$status" = 130 ]
  expect_no_profile
  journal_has 3
  grep -q -- --resume "$BATS_TEST_TMPDIR/output"
  run_job --resume
  expect_set "${needed[@]}"
  expect_stderr "resuming after"
}

# refused WHAT ARG...: --resume with these arguments ends with status 2, names WHAT, and
# leaves the journal for the right command.
refused() {
  local what=$1 before
  shift
  before=$(cat "$(journal)")
  capmin run "$@" -o "$profile" --resume
  expect_status 2
  expect_stderr "$what differs"
  [ "$(cat "$(journal)")" = "$before" ]
}

@test "F25: a journal of another search is refused, whatever differs" {
  probe=$(probe_script probe.sh <"$images/spool/probe.sh")
  minimize spool --probe "$probe" --max-trials 2
  expect_status 7
  refused image capmin-test-static --probe "$probe"
  refused options capmin-test-spool --probe "$probe" -e A=b
  refused options capmin-test-spool --probe "$probe" --ports engine
  refused search capmin-test-spool --probe "$probe" --all-minimal
  refused search capmin-test-spool --probe "$probe" --deny CHOWN
  refused search capmin-test-spool --probe "$probe" --confirm 2
  refused probe capmin-test-spool --probe exit
  echo '# edited' >>"$probe"
  refused probe capmin-test-spool --probe "$probe"
}

@test "F25: a journal is refused where a mounted directory or a variable of ours has changed" {
  mkdir "$BATS_TEST_TMPDIR/mounted"
  echo 1 >"$BATS_TEST_TMPDIR/mounted/file"
  export PASSED_ON=1
  given=(-e PASSED_ON -v "$BATS_TEST_TMPDIR/mounted:/mounted:ro" --probe exit --evidence logs)
  minimize chown "${given[@]}" --max-trials 2
  expect_status 7
  PASSED_ON=2 refused variables capmin-test-chown "${given[@]}"
  echo 2 >"$BATS_TEST_TMPDIR/mounted/file"
  refused mounts capmin-test-chown "${given[@]}"
  echo 1 >"$BATS_TEST_TMPDIR/mounted/file"
  minimize chown "${given[@]}" --resume
  expect_set CHOWN
}

@test "--resume without a journal is a new search" {
  minimize chown --probe exit --resume
  expect_set CHOWN
}

@test "a number of trials ends a search with what works, marked incomplete, and --resume finishes it" {
  run_job --max-trials 7
  expect_status 7
  [ "$(yaml 'p["proof"]["guarantee"]')" = incomplete ]
  [ "$(yaml 'p["run"]["trials"]')" = 7 ]
  [ "$(yaml 'p["proof"]["passed"][0]["grant"] == p["capabilities"]["add"]')" = True ]
  [ "$(yaml '{"CHOWN", "MKNOD", "SYS_CHROOT"} <= set(p["capabilities"]["add"])')" = True ]
  expect_stderr "the number of trials was used up"
  run_job --max-trials 3 --resume
  expect_status 7
  [ "$(yaml 'p["run"]["trials"]')" = 10 ]
  run_job --resume
  expect_set "${needed[@]}"
}

@test "the deadline ends a search with what works, marked incomplete, and --resume finishes it" {
  # The baseline passes; the next trial waits for the file that ends it.
  probe=$(probe_script probe.sh <<PROBE
#!/bin/sh
[ "\$CAPMIN_TRIAL" = 0 ] || [ -e "$BATS_TEST_TMPDIR/go" ]
PROBE
  )
  minimize static --probe "$probe" --timeout 100s --deadline 3s
  expect_status 7
  [ "$(yaml 'p["proof"]["guarantee"]')" = incomplete ]
  [ "$(yaml 'len(p["capabilities"]["add"])')" = 14 ]
  expect_stderr "the deadline was used up"
  touch "$BATS_TEST_TMPDIR/go"
  minimize static --probe "$probe" --timeout 100s --resume
  expect_set
}

@test "F20: a second capmin with the same output ends with status 8, the first one undisturbed" {
  start_job
  within "$patience" journal_has 2
  run_job
  expect_status 8
  expect_stderr "another capmin is using it"
  status=0
  wait "$pid" || status=$?
  expect_set "${needed[@]}"
}
