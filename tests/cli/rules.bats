#!/usr/bin/env bats
# The table of rules: shown, checked, tried on a log, extended and replaced. No engine is needed.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
load helper

rules() {
  capmin rules "$@"
  no_calls
}

# rule_file [LINE...]: my.yaml, with these lines before its one rule.
rule_file() {
  [ $# = 0 ] || printf '%s\n' "$@" >my.yaml
  [ $# != 0 ] || : >my.yaml
  cat >>my.yaml <<'RULES'
rules:
  - id: my-frob
    patterns: ['frobbing failed']
    suspects: [KILL, [SETGID, SETUID]]
    reason: "frobbing takes a signal"
    check: "must it frob?"
RULES
}

@test "the list shows each rule once, in the order in which rules are asked" {
  rules list
  expect_status 0
  grep -qE '^chown +CHOWN, FOWNER +giving a file' <<<"$output"
  grep -qE '^innocent-login +\(innocent\) +' <<<"$output"
  [ -z "$(cut -d' ' -f1 <<<"$output" | sort | uniq -d)" ]
  local first=$output
  rules list
  [ "$output" = "$first" ]
}

@test "the list begins with the rules of a file" {
  rule_file
  rules list --rules my.yaml
  expect_status 0
  [[ "$output" == 'my-frob '*'KILL, SETGID+SETUID'*'frobbing takes a signal'* ]]
  expect_stdout $'\ninnocent-login'
}

@test "a file that replaces the table stands alone" {
  rule_file 'replace: true'
  rules list --rules my.yaml
  expect_status 0
  [ "$(wc -l <<<"$output")" = 1 ]
}

@test "a valid file is told with what it holds" {
  rule_file
  rules check my.yaml
  expect_status 0
  [[ "$output" =~ ^'my.yaml: valid; 1 rule, asked before the '[0-9]+' embedded ones'$ ]]
  rule_file 'replace: true'
  rules check my.yaml
  expect_status 0
  [[ "$output" =~ ^'my.yaml: valid; 1 rule, in place of the '[0-9]+' embedded ones'$ ]]
}

@test "an id of the embedded table is refused, unless the table is replaced" {
  rule_file
  sed -i 's/my-frob/chown/' my.yaml
  rules check my.yaml
  expect_status 2
  expect_error $'error: my.yaml:2:9: the id "chown" stands in the embedded table\n  hint: choose another id, or say "replace: true" at the top to do without that table'
  sed -i '1i replace: true' my.yaml
  rules check my.yaml
  expect_status 0
}

# refused_at PLACE REASON SED: the valid file, changed by a sed program, is refused at this place.
refused_at() {
  rule_file
  sed -i "$3" my.yaml
  rules check my.yaml
  expect_status 2
  expect_stderr "error: my.yaml:$1: "
  expect_stderr "$2"
  [ -z "$output" ]
}

@test "errors of a rule file tell line and column" {
  refused_at 4:16 'unknown capability "KLIL"' 's/KILL/KLIL/'
  refused_at 3:16 'the pattern is not valid' 's/frobbing failed/(frob/'
  refused_at 3:16 'it matches every line' 's/frobbing failed/a*/'
  refused_at 6:5 'chekc' 's/check:/chekc:/'
  refused_at 5:13 'control characters' 's/frobbing takes/\\e[31m takes/'
  refused_at 5:13 'an empty text' 's/"frobbing takes.*"/""/'
}

@test "a test shows which rule decides about each line" {
  rule_file
  printf 'frobbing failed\nready\n"GET / HTTP/1.1" 403\n\033[1mlisten tcp :80: bind: permission denied\nlisten tcp :8080: bind: permission denied\n' >app.log
  rules test my.yaml app.log
  expect_status 0
  [ "$(wc -l <<<"$output")" = 5 ]
  grep -qE '^my-frob +KILL, SETGID\+SETUID +frobbing failed$' <<<"$output"
  grep -qE '^- +- +ready$' <<<"$output"
  grep -qE '^innocent-http +\(innocent\) +"GET' <<<"$output"
  grep -qE '^bind-port +NET_BIND_SERVICE +listen tcp :80: bind' <<<"$output"
  grep -qE '^bind-port +\(condition not met\) +listen tcp :8080' <<<"$output"
  refute_anywhere $'\033'
}

@test "a test reads standard input" {
  rule_file
  run --separate-stderr timeout 60 "$CAPMIN" rules test my.yaml - <<<'frobbing failed'
  expect_status 0
  expect_stdout my-frob
}

@test "files that are not there are errors" {
  rule_file
  rules check none.yaml
  expect_status 2
  expect_stderr 'cannot read'
  rules test my.yaml none.log
  expect_status 2
  expect_stderr 'cannot read none.log: No such file or directory'
}

@test "what rules does not take is refused" {
  local -a words
  local line
  for line in '' 'lst' 'list extra' 'check' 'check a b' 'test a' 'test a b c' 'check a --rules b' 'list --frob'; do
    read -ra words <<<"$line"
    rules "${words[@]}"
    expect_status 2
    [ -z "$output" ]
  done
}

@test "help describes the three" {
  rules --help
  expect_status 0
  expect_stdout 'test FILE LOG'
  local text=$output
  capmin help rules
  [[ "$output" == "$text"* ]]
}

@test "a run believes the rules of a file" {
  rule_file
  echo 'frobbing failed' >app.log
  FAKE_LOG_WITHOUT=$PWD/app.log FAKE_NEEDS=KILL minimize --rules my.yaml
  expect_set KILL
  expect_stdout 'rule: "my-frob"'
  expect_stderr 'rule my-frob: must it frob?'
}

@test "a run with a damaged rule file ends before the engine is asked" {
  echo 'rules: 7' >my.yaml
  minimize --rules my.yaml
  expect_status 2
  expect_stderr 'error: my.yaml:1:'
  no_calls
}

@test "a run goes on with the same rules only" {
  rule_file
  FAKE_NEEDS='CHOWN SETUID' minimize --rules my.yaml -o "$profile" --max-trials 2
  expect_status 7
  sed -i 's/must it frob/does it frob/' my.yaml
  FAKE_NEEDS='CHOWN SETUID' minimize --rules my.yaml -o "$profile" --resume
  expect_status 2
  expect_stderr rules
  rm -f "$profile.journal"
}
