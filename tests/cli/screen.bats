#!/usr/bin/env bats
# What a person sees on a terminal: no line is longer than the screen is wide, what is shown for a
# while is gone at the end, and nothing else is overwritten.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
# shellcheck disable=SC2016  # scripts are written down, not expanded
load helper
load jobs

# on_screen COLUMNS ARG...: capmin on a terminal; sets status and output, the screen at its end, and
# writes what was shown for a while to the file erased.
on_screen() {
  run --separate-stderr timeout 60 "$root/tests/screen" --erased erased "$1" "$CAPMIN" "${@:2}"
  printf 'status %s\n%s\n%s\n' "$status" "$output" "$stderr"
}
minimize_on_screen() { on_screen "$1" run app:1 --probe ./health.sh --timeout 20s "${@:2}"; }

# nothing_live: of what is redrawn nothing is left on the screen.
nothing_live() { refute_match '^ now |^ +trial \d|Ctrl-C|elapsed' "$output"; }

long_log() {
  printf 'chown("/var/lib/app/a/directory/with/a/long/name/%s") failed (1: Operation not permitted)\n' \
    "$(printf 'x%.0s' {1..200})" "$(printf '\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e%.0s' {1..20})" >log
}

@test "a run fits on screens of any width, and says at its end what to do next" {
  long_log
  local columns
  for columns in 60 80 120 200; do
    FAKE_LOG_WITHOUT=log FAKE_NEEDS="CHOWN DAC_OVERRIDE SETGID SETUID" minimize_on_screen "$columns" -o web.yaml
    [ "$status" = 0 ]
    nothing_live
    grep -q '^ pass  baseline   Docker.s 14  *[0-9.]* s$' <<<"$output"
    grep -q "^app:1 needs 4 of Docker's 14" <<<"$output"
    [[ "$output" == *$'\nNext: capmin report web.yaml\n      capmin export web.yaml --format compose' ]]
    rm web.yaml
  done
}

@test "while trials run, the screen tells what runs, of about how many, and what it waits for" {
  FAKE_NEEDS="CHOWN SETUID" minimize_on_screen 120 -o web.yaml
  [ "$status" = 0 ]
  grep -Eq '^ now   baseline   Docker.s 14 +[0-9.]+ s  (starting its container|asking the probe, deadline [0-9.]+ of 20 s)$' erased
  grep -Eq '^ now   trial  1   \(none\) ' erased
  grep -Eq '^       then about [0-9]+ trials?  0:0[0-9] elapsed  Ctrl-C stops and cleans up$' erased
  grep -Eq '^       trial [0-9] of about [0-9]  ' erased
}

@test "the options that grant the set are ready for a shell at any width" {
  local columns
  for columns in 60 80 120; do
    FAKE_NEEDS="CHOWN DAC_OVERRIDE SETGID SETUID" minimize_on_screen "$columns" -o web.yaml
    sed -n '/^  grant /,/[^\\]$/p' <<<"$output" | sed '1s/  grant/echo/' >grant.sh
    [ "$(sh grant.sh)" = "--cap-drop ALL --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add SETGID --cap-add SETUID" ]
  done
}

@test "without -o the summary tells how to keep the profile" {
  minimize
  expect_status 0
  expect_stderr "Next: -o FILE keeps the profile, for capmin report FILE and"
}

@test "an error fits on screens of any width, and nothing of what ran is left" {
  long_log
  local columns
  for columns in 60 80 120 200; do
    FAKE_LOG=log FAKE_NEEDS=SYSLOG minimize_on_screen "$columns"
    [ "$status" = 3 ]
    nothing_live
    grep -q '^error: the probe fails even with' <<<"$output"
  done
}

@test "-v shows what a failure said whole, and the engine's calls above what is redrawn" {
  FAKE_NEEDS=CHOWN minimize_on_screen 60 -o web.yaml
  grep -q 'chown("/var/lib/app") failed (1: Operat\.\.\.$' <<<"$output"
  FAKE_NEEDS=CHOWN on_screen 300 run app:1 --probe ./health.sh -v -o web.yaml
  grep -Eq '^[0-9:.]+  docker create: status 0 after ' <<<"$output"
  nothing_live
  FAKE_NEEDS=CHOWN on_screen 60 run app:1 --probe ./health.sh -v -o web.yaml
  [ "$status" = 0 ]
  grep -q '^ *chown("/var/lib/app") failed (1: Operation *$' <<<"$output"
  grep -q '^ *not permitted)$' <<<"$output"
}

@test "colours are those that dark and light screens show, and none with NO_COLOR" {
  local text
  text=$(timeout 60 script --quiet --return --command "stty cols 80; FAKE_NEEDS=CHOWN $CAPMIN run app:1 --probe ./health.sh" /dev/null)
  # Green, red and dim, and the end of each; cursor movements apart.
  refute_match '^\x1b\[(?!(0|2|31|32)m)' "$(grep -oP '\x1b\[[0-9;]*m' <<<"$text")"
  grep -q $'\e\[32m' <<<"$text"
  text=$(NO_COLOR=1 timeout 60 script --quiet --return --command "stty cols 80; $CAPMIN run app:1 --probe ./health.sh" /dev/null)
  if grep -qP '\x1b\[[0-9;]*m' <<<"$text"; then return 1; fi
}

@test "Ctrl-C leaves the finished trials and the last words on the screen" {
  script health.sh <<<'[ "$CAPMIN_TRIAL" = 0 ] || exec sleep 100'
  run --separate-stderr timeout 60 "$root/tests/screen" --interrupt " now   trial  1 " 80 \
    "$CAPMIN" run app:1 --probe ./health.sh --timeout 100s
  printf '%s\n%s\n' "$output" "$stderr"
  [ "$status" = 130 ]
  nothing_live
  grep -q '^ pass  baseline ' <<<"$output"
  [[ "$output" == *$'\ninterrupted; the containers of this run are removed' ]]
}

@test "what verify says fits on screens of any width" {
  long_log
  FAKE_NEEDS=CHOWN minimize -o "$profile" -q
  local columns
  for columns in 60 80 120 200; do
    FAKE_NEEDS=CHOWN on_screen "$columns" verify "$profile"
    [ "$status" = 0 ]
    nothing_live
    FAKE_LOG_WITHOUT=log FAKE_NEEDS="CHOWN SETUID" on_screen "$columns" verify "$profile" "$profile"
    [ "$status" = 1 ]
    nothing_live
    [ "$(grep -c '^broken        ' <<<"$output")" = 2 ]
  done
}

@test "what batch says fits on screens of any width" {
  jobs "$(search web)" "$(search a-job-with-a-name-that-is-rather-long)" "$(search third)"
  local columns
  for columns in 60 80 120 200; do
    FAKE_NEEDS=CHOWN on_screen "$columns" batch batch.yaml --force -j 2
    [ "$status" = 0 ]
    refute_match ' done, .* running' "$output"
    grep -q 'done, . running, . left' erased
    grep -q '^3 jobs: ' <<<"$output"
  done
}
