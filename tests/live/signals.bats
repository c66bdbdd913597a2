#!/usr/bin/env bats
# Interrupted in the middle of a trial: a prompt end, the right status, nothing left behind.
# shellcheck disable=SC2154  # variables of the helper
load helper

# The baseline passes at once; every later trial waits for a probe that never passes.
start_endless_trial() {
  local probe
  probe=$(probe_script probe.sh <<PROBE
#!/bin/sh
echo "\$CAPMIN_CONTAINER" >>"$probed"
[ "\$(sort -u "$probed" | wc -l)" = 1 ]
PROBE
  )
  # Commands in the background of a script ignore Ctrl-C, unlike those of a person's shell.
  env --default-signal=INT "$CAPMIN" run capmin-test-hang --probe "$probe" --timeout 100 -o "$profile" \
    >"$BATS_TEST_TMPDIR/output" 2>&1 3>&- &
  pid=$!
}

second_trial_runs() { [ "$(count_probed)" -ge 2 ]; }

# interrupt SIGNAL: sends it during the second trial; sets status.
interrupt() {
  start_endless_trial
  within 30 second_trial_runs || { kill -KILL "$pid"; cat "$BATS_TEST_TMPDIR/output"; return 1; }
  kill "-$1" "$pid"
  within 20 gone "$pid" || { kill -KILL "$pid"; cat "$BATS_TEST_TMPDIR/output"; return 1; }
  status=0
  wait "$pid" || status=$?
  cat "$BATS_TEST_TMPDIR/output"
}

@test "F1: Ctrl-C during a trial ends with status 130 and leaves nothing" {
  interrupt INT
  [ "$status" = 130 ]
  mapfile -t containers < <(containers_probed)
  removed "${containers[@]}"
  expect_no_profile
}

@test "F2: SIGTERM during a trial ends with status 143 and leaves nothing" {
  interrupt TERM
  [ "$status" = 143 ]
  mapfile -t containers < <(containers_probed)
  removed "${containers[@]}"
  expect_no_profile
}
