#!/usr/bin/env bats
# What is printed while capmin works: how much, in which colours, and nothing that a container wrote
# can act on the reader.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
# shellcheck disable=SC2016,SC2119,SC2120  # scripts are written down, not expanded; options are optional
load helper

# on_terminal ARG...: minimize with standard error on a terminal; sets status and output.
on_terminal() {
  local command
  printf -v command '%q ' "$CAPMIN" run app:1 --probe ./health.sh --timeout 20s -o "$profile" "$@"
  run timeout 60 script --quiet --return --command "stty cols ${columns:-100}; $command" /dev/null
  printf 'status %s\n%q\n' "$status" "$output"
}

colored() { [[ "$1" == *$'\e['[0-9]*m* ]]; }

@test "-q prints nothing when all goes well" {
  FAKE_NEEDS=CHOWN minimize -q -o "$profile"
  expect_status 0
  [ -z "$output$stderr" ]
}

@test "-q prints errors" {
  FAKE_NEEDS=SYSLOG minimize -q -o "$profile"
  expect_status 3
  [[ "$stderr" == "error: the probe fails even with"* ]]
}

@test "-v prints every call of the engine, and no values of variables" {
  minimize -v -e TOKEN=hunter2
  expect_status 0
  for call in version info image create start container logs rm; do
    expect_stderr "docker $call: status 0 after "
  done
  expect_stderr "docker wait: status "
  refute_anywhere hunter2
}

@test "without a terminal there is one line with the time for each trial, and no control character" {
  FAKE_NEEDS=CHOWN minimize
  expect_status 0
  refute_match '[\x00-\x08\x0b-\x1f\x7f]' "$stderr"
  grep -E '^[0-9]{2}:[0-9]{2}:[0-9]{2}  pass  baseline   Docker.s 14 ' <<<"$stderr"
  grep -E '^[0-9]{2}:[0-9]{2}:[0-9]{2}  fail  trial  1   \(none\) .*  chown\("/var/lib/app"\) failed' <<<"$stderr"
  grep -E '^ +CHOWN  rule ' <<<"$stderr"
}

@test "on a terminal lines are coloured, and not with NO_COLOR or --no-color" {
  on_terminal
  [ "$status" = 0 ]
  colored "$output"
  NO_COLOR=1 on_terminal
  [ "$status" = 0 ]
  if colored "$output"; then return 1; fi
  on_terminal --no-color
  [ "$status" = 0 ]
  if colored "$output"; then return 1; fi
  NO_COLOR='' on_terminal
  colored "$output"
}

@test "--color always colours without a terminal, and --color never not even on one" {
  minimize --color always
  expect_status 0
  colored "$stderr"
  on_terminal --color never
  [ "$status" = 0 ]
  if colored "$output"; then return 1; fi
}

@test "F34: TERM=dumb gets plain lines and no control character" {
  TERM=dumb on_terminal
  [ "$status" = 0 ]
  [[ "$output" == *"pass  baseline"* ]]
  refute_match '[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]' "$output"
}

@test "F34: on 20 columns no line is longer" {
  run --separate-stderr timeout 60 "$root/tests/screen" 20 "$CAPMIN" run app:1 --probe ./health.sh --timeout 20s -o "$profile"
  printf '%s\n%s\n' "$output" "$stderr"
  [ "$status" = 0 ]
}

hostile_log() {
  printf '%b' '::error::owned\n##vso[task.setvariable]x\n##teamcity[x]\n\e]0;title\a\e]52;c;ZXZpbA==\a\e[2J\e[31mred\x9b31m\n' \
    'chown("\e[5mx\u202e") failed (1: Operation not permitted)\n\r::error::after a return\n' >log
}

expect_harmless() {
  refute_anywhere $'\e'
  refute_anywhere $'\a'
  refute_anywhere $'\xe2\x80\xae'
  refute_anywhere $'\x9b'
  refute_anywhere $'\r'
  refute_match '^ *(::|##)' "$output"
  refute_match '^ *(::|##)' "$stderr"
}

@test "H10, H11: what a container prints in a failed trial acts on no terminal and on no CI system" {
  hostile_log
  FAKE_LOG=log FAKE_NEEDS=CHOWN minimize
  expect_status 0
  expect_harmless
}

@test "H10, H11: what container and probe print is shown harmless when the ceiling fails" {
  hostile_log
  script health.sh <<<'cat log; exit 1'
  FAKE_LOG=log minimize_soon
  expect_status 3
  expect_stderr "container: ::error::after a return"
  expect_stderr "health.sh: ::error::after a return"
  expect_harmless
}

@test "H10, H11: what the engine says is shown harmless" {
  local words=$'::error::engine\n##vso[x]\n\e[2J\e]52;c;ZXZpbA==\atail\u202e' command
  for command in version info 'image inspect' create start 'container inspect' logs; do
    rm -f "$FAKE_ENGINE_DIR/faults"
    FAKE_FAULT="$command:error:$words" minimize
    expect_status 5
    expect_stderr ::error::engine
    expect_harmless
  done
  FAKE_IMAGE=missing FAKE_FAULT="pull:error:$words" minimize
  expect_status 6
  expect_harmless
  FAKE_FAULT="create:error:Error: No such image: app:1$words" minimize
  expect_status 6
  expect_harmless
}

@test "H10, H11: what an image says of itself is shown harmless" {
  export FAKE_USER='\u001b]0;root\u0007\u001b[31mwww\u202e\n::error::user'
  export FAKE_HEALTHCHECK='{"Test":["CMD","\u001b[2J\u202e","\n::error::check"]}'
  minimize
  expect_status 0
  expect_harmless
  capmin run app:1 --probe healthcheck --dry-run
  expect_status 0
  expect_harmless
}

@test "F33: a closed standard output ends with status 8" {
  run --separate-stderr timeout 60 bash -c '"$0" "$@" >&-' "$CAPMIN" run app:1 --probe ./health.sh
  expect_status 8
  expect_stderr "cannot write to standard output: Bad file descriptor"
  expect_stderr "hint: write to a file with -o FILE"
}

@test "F33: a closed standard output is no trouble with -o" {
  run --separate-stderr timeout 60 bash -c '"$0" "$@" >&- 2>&- <&-' "$CAPMIN" run app:1 --probe ./health.sh -o "$profile"
  expect_status 0
  grep -q CapabilityProfile "$profile"
}

@test "F6: a reader that goes away ends the run with status 8, not by a signal" {
  run --separate-stderr timeout 60 bash -c '"$0" "$@" | :; exit "${PIPESTATUS[0]}"' "$CAPMIN" run app:1 --probe ./health.sh
  expect_status 8
}

@test "F33: help into a full device ends with status 8" {
  run --separate-stderr bash -c '"$0" "$@" >/dev/full' "$CAPMIN" help run
  expect_status 8
}

# no_needle_in FILE...: fails where a piece of the secret, in any of its forms, is in a file.
no_needle_in() {
  local needle
  while read -r needle; do
    if grep -nF -- "$needle" "$@"; then
      echo "leaked: $needle"
      return 1
    fi
  done <needles
}

@test "H19: a secret of several lines is nowhere to be read, line by line, escaped or encoded" {
  python3 - <<'PYTHON'
import base64, json, urllib.parse
secret = '-----BEGIN KEY-----\nMIIEvQ"\\IBAD/N+?\nq9mQ7w=='
lines, needles = [], ["IBAD/N", "q9mQ7w", "token-in-a-file"]
def say(text, needle):
    lines.append(f"chown: {len(lines)} {text} /x: Operation not permitted")
    needles.append(needle)
for line in secret.splitlines()[1:] + ["token-in-a-file"]:
    say(line, line)
say(json.dumps(secret), "IBAD/N+?")
say(json.dumps(json.dumps(secret)), "IBAD/N+?")
say(urllib.parse.quote(secret, safe=""), "IBAD%2FN")
for before in ("", "a", "ab"):
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        text = encode((before + secret + "\n").encode()).decode()
        say(text, text[8:28])
        say(text.rstrip("="), text[30:50])
lines.append(base64.encodebytes(("config: " + secret * 2).encode()).decode())
needles.append(lines[-1][-20:-8].strip())
open("log", "w").write("\n".join(lines))
open("needles", "w").write("\n".join(needles) + "\n")
open("key", "w").write(secret)
PYTHON
  printf 'TOKEN=token-in-a-file\r\n' >token.env
  script refusing.sh <<<'cat "$FAKE_LOG"; exit 1'
  KEY=$(cat key)
  export KEY FAKE_LOG=$PWD/log FAKE_NEEDS="CHOWN SETUID"
  local jobs='env: [KEY], env-file: token.env, max-trials: 2'
  printf 'apiVersion: capmin/v1\nkind: Batch\njobs:\n  - {name: a, image: app:1, probe: health.sh, profile: a.yaml, mode: minimize, %s}\n' "$jobs" >batch.yaml
  minimize -e "KEY=$KEY" --env-file token.env -o "$profile" -v
  expect_status 0
  printf '%s' "$output$stderr" >said
  minimize -e KEY --env-file token.env -o other.yaml --max-trials 2 -v
  expect_status 7
  printf '%s' "$output$stderr" >>said
  capmin run app:1 --probe ./refusing.sh --timeout 1s -e KEY --env-file token.env -v
  expect_status 3
  printf '%s' "$output$stderr" >>said
  capmin batch batch.yaml -v
  expect_status 7
  printf '%s' "$output$stderr" >>said
  FAKE_FAULT="create:error:Error: invalid environment: $(tail -n 1 key) token-in-a-file" minimize -e KEY --env-file token.env
  [ "$status" != 0 ]
  printf '%s' "$output$stderr" >>said
  [ -s other.yaml.journal ]
  "$CAPMIN" report "$profile" --format html >report.html
  no_needle_in said "$profile" other.yaml other.yaml.journal report.html
  find batch.yaml.results -type f >results
  mapfile -t results <results
  no_needle_in "${results[@]}"
}
