#!/usr/bin/env bats
# What a log, a capability and a mask mean, told without an engine.
# shellcheck disable=SC2154  # variables of the helper
# shellcheck disable=SC2016,SC2119,SC2120  # scripts are written down, not expanded; options are optional
load helper

bind='listen tcp :80: bind: permission denied'

# No test here asks an engine for anything.
explain() {
  capmin explain "$@"
  no_calls
}

@test "each line of a log that speaks for a capability is told with what to do about it" {
  printf 'starting\n2026/11/24 07:05:55 [emerg] 1#1: chown("/srv", 33) failed (1: Operation not permitted)\n%s\n' "$bind" >app.log
  explain app.log
  expect_status 0
  expect_stdout $'1  chown("/srv", 33) failed (1: Operation not permitted)\n   suspects  CHOWN, FOWNER\n   reason    '
  expect_stdout $'\n   rule      chown\n   check     '
  expect_stdout $'\n   avoid     '
  expect_stdout $'\n2  listen tcp :80: bind: permission denied\n   suspects  NET_BIND_SERVICE\n'
  expect_stdout 'log app.log: 2 clues; to try first: NET_BIND_SERVICE, CHOWN, FOWNER'
  refute_anywhere starting
}

@test "standard input is a log, with - and without" {
  local -a words
  for words in '' -; do
    run --separate-stderr timeout 60 "$CAPMIN" explain $words <<<"$bind"
    expect_status 0
    expect_stdout 'log standard input: 1 clue; to try first: NET_BIND_SERVICE'
  done
}

@test "a log from a pipe is read like a file" {
  explain <(echo "$bind")
  expect_status 0
  expect_stdout 'to try first: NET_BIND_SERVICE'
}

@test "--format json says of each line that speaks for a capability what a program needs, and no more" {
  printf 'starting\n%s\n\nsocket: Operation not permitted\nkeyctl: Operation not permitted\n' "$bind" >app.log
  echo ready >quiet.log
  explain --format json app.log quiet.log - <<<'chown: Operation not permitted'
  expect_status 0
  [ -z "$stderr" ]
  python3 - "$output" <<'CHECKS'
import json, sys
import jsonschema
text = {"type": "string", "minLength": 1}
suspects = {"type": "array", "items": {"type": "array", "minItems": 1, "items": {"pattern": "^[A-Z_]+$"}}}
clue = {"number": {"type": "integer", "minimum": 1}, "line": text, "rule": text, "vague": {"type": "boolean"},
        "suspects": suspects, "reason": text, "seccomp": text, "check": text, "alternative": text}
def strict(properties, optional=()):
    return {"type": "object", "properties": properties, "additionalProperties": False,
            "required": [key for key in properties if key not in optional]}
log = strict({"name": text, "suspects": suspects,
              "clues": {"type": "array", "items": strict(clue, ("number", "seccomp", "alternative"))}})
said = json.loads(sys.argv[1])
jsonschema.validate(said, strict({"kind": {"const": "Explanation"}, "logs": {"type": "array", "items": log}}))
app, quiet, own = said["logs"]
assert [app["name"], quiet["name"], own["name"]] == ["app.log", "quiet.log", "standard input"]
assert [(c["number"], c["rule"], c["suspects"][:1]) for c in app["clues"]] == [
    (2, "bind-port", [["NET_BIND_SERVICE"]]), (4, "raw-socket", [["NET_RAW"]]), (5, "keyring", [])], app
assert quiet["clues"] == quiet["suspects"] == []
assert own["suspects"][0] == ["CHOWN"]
CHECKS
}

@test "--format json is for logs alone, and takes no other word" {
  local word
  for word in NET_RAW a80425fb; do
    explain --format json "$word"
    expect_status 2
    expect_error "error: --format json is for logs, and '$word' is none
  hint: a file of that name is written ./$word"
  done
  explain --format yaml app.log
  expect_status 2
}

@test "a log without a clue says so" {
  echo 'ready' >app.log
  explain app.log
  expect_status 0
  [ "$output" = 'log app.log: no line speaks for a capability' ]
}

@test "a capability is told with its risk, its need, and where it is granted" {
  local name
  for name in NET_RAW net_raw CAP_NET_RAW cap_net_raw; do
    explain "$name"
    expect_status 0
    expect_stdout 'NET_RAW  capability 13 of capabilities(7)'
    expect_stdout 'forge and capture packets'
    expect_stdout 'medium:'
    expect_stdout '13 % of 47 measured'
    expect_stdout 'raw-socket: raw and packet sockets take NET_RAW'
    expect_stdout 'ping_group_range'
    expect_stdout 'Docker: granted by default'
    expect_stdout 'podman: may be added'
    expect_stdout 'Kubernetes baseline, CRI-O: may not be added'
    expect_stdout 'Kubernetes restricted: may not be added'
    expect_stdout 'Fargate: granted by default'
  done
}

@test "every capability can be explained" {
  local bit
  for bit in $(seq 0 40); do
    explain "$("$CAPMIN" explain "$(printf '%x' $((1 << bit)))" | sed 's/.*=//')"
    expect_status 0
    expect_stdout "capability $bit of capabilities(7)"
  done
}

@test "a capability that reaches the host says that it must be allowed by name" {
  explain SYS_MODULE
  expect_status 0
  expect_stdout 'equivalent to root on the host'
  expect_stdout '--allow SYS_MODULE'
}

@test "a mask is decoded as capsh does, with and without 0x" {
  local docker=cap_chown,cap_dac_override,cap_fowner,cap_fsetid,cap_kill,cap_setgid,cap_setuid,cap_setpcap,cap_net_bind_service,cap_net_raw,cap_sys_chroot,cap_mknod,cap_audit_write,cap_setfcap
  local mask
  for mask in 00000000a80425fb a80425fb 0xA80425FB 0x00000000a80425fb; do
    explain "$mask"
    expect_status 0
    [ "$output" = "0x00000000a80425fb=$docker" ]
  done
}

@test "several masks are decoded line by line, and bits without a name are numbers" {
  explain 0 20000000001 8000000000000000
  expect_status 0
  [ "$output" = $'0x0000000000000000=\n0x0000020000000001=cap_chown,41\n0x8000000000000000=63' ]
}

@test "a file that is named like a mask or a capability is read when it is written as a path" {
  echo "$bind" >a80425fb
  echo "$bind" >./kill
  explain ./a80425fb ./kill
  expect_status 0
  expect_stdout 'log ./a80425fb: 1 clue'
  expect_stdout 'log ./kill: 1 clue'
}

@test "seventeen digits are no mask" {
  explain 00000000000000001
  expect_status 2
  expect_stderr 'cannot read 00000000000000001: No such file or directory'
}

@test "what is neither a capability, a mask nor a file is an error" {
  explain NET_RWA
  expect_status 2
  expect_error $'error: cannot read NET_RWA: No such file or directory\n  hint: did you mean NET_RAW? what is no capability of capabilities(7) and no mask is taken for a log; - is standard input'
  [ -z "$output" ]
}

@test "a directory is no log" {
  explain .
  expect_status 2
  expect_stderr 'cannot read .: Is a directory'
}

@test "nothing hostile in a log reaches the terminal" {
  printf '\033[31m\033]0;title\007::error::%s\u202e\r\n##[command]%s\n' "$bind" "$bind" >$'app\033[2J.log'
  explain $'app\033[2J.log'
  expect_status 0
  refute_anywhere $'\033'
  refute_anywhere $'\007'
  refute_anywhere $'\u202e'
  if grep -qE '^ *(::|##)' <<<"$output"; then return 1; fi
}

@test "secrets of common shapes are masked" {
  echo 'connect postgres://app:hunter2@db/x failed; open /srv/x: permission denied' | {
    run --separate-stderr timeout 60 "$CAPMIN" explain -
    expect_status 0
    expect_stdout 'open /srv/x'
    refute_anywhere hunter2
  }
}

@test "a long log is read at its beginning and its end" {
  { echo "$bind"; head -c 12000000 /dev/zero | tr '\0' 'x' | fold -w 100; echo 'chown /srv: Operation not permitted'; } >app.log
  explain app.log
  expect_status 0
  expect_stdout '2 clues'
}

@test "a rule file is asked first" {
  cat >my.yaml <<'RULES'
rules:
  - id: my-listener
    patterns: ['listen tcp']
    suspects: [KILL]
    reason: "mine"
    check: "look"
RULES
  echo "$bind" >app.log
  explain --rules my.yaml app.log
  expect_status 0
  expect_stdout $'suspects  KILL\n   reason    mine\n   rule      my-listener'
}

@test "a damaged rule file is an error that says where" {
  echo 'rules: [{id: a}]' >my.yaml
  explain --rules my.yaml CHOWN
  expect_status 2
  expect_stderr 'error: my.yaml:1:'
}

@test "options that contradict each other are refused before an engine is asked" {
  local -a words
  local line
  for line in '--profile p.yaml' '--host tcp://h' '--container a KILL' '--container a --rules r' \
    '--container a --container b' '--container=-x' '--container' '--frob' '- -'; do
    read -ra words <<<"$line"
    explain "${words[@]}"
    expect_status 2
    [ -z "$output" ]
    expect_stderr 'hint: see capmin explain --help'
  done
}

# container [ARG...]: explains a container app that runs on the scripted engine.
container() {
  mkdir "$FAKE_ENGINE_DIR/containers/app"
  echo running 0 >"$FAKE_ENGINE_DIR/containers/app/state"
  echo "${FAKE_ID:-3f2a9c0d1e4b}" >"$FAKE_ENGINE_DIR/containers/app/id"
  capmin explain --container app "$@"
  rm -r "$FAKE_ENGINE_DIR/containers/app"
}

@test "a container whose process is not visible is an error that says where to look" {
  FAKE_PID=1 container
  expect_status 5
  expect_stderr 'error: the first process of the container app (process 1 where the engine runs) is not visible from here'
  expect_stderr 'docker exec app grep Cap /proc/1/status, then capmin explain MASK'
}

@test "a container that the engine does not have is an error" {
  capmin explain --container app
  expect_status 2
  expect_error $'error: there is no container app on this engine\n  hint: see docker ps'
}

@test "a damaged profile is an error before the engine is asked" {
  echo 'kind: 7' >p.yaml
  capmin explain --container app --profile p.yaml
  expect_status 2
  expect_stderr 'error: p.yaml:1:'
  no_calls
}

@test "help tells how the argument is told apart" {
  explain --help
  expect_status 0
  expect_stdout 'A file that is named like either is written ./NAME.'
  local text=$output
  capmin help explain
  [[ "$output" == "$text"* ]]
}

@test "a full disk is an error of the output" {
  run --separate-stderr timeout 60 bash -c '"$1" explain 0 >/dev/full' - "$CAPMIN"
  expect_status 8
}
