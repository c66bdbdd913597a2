#!/usr/bin/env bats
# A machine that misbehaves: a clock that jumps, too few descriptors and processes, probes that fork
# without end, and files that somebody else laid out.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
# shellcheck disable=SC2016,SC2119,SC2120  # scripts are written down, not expanded; options are optional
load helper

# The clock of a computer's owner, as the file `clock` tells it; steady clocks go on as they are.
with_movable_clock() {
  local library
  library=$(dpkg -L libfaketime | grep libfaketimeMT.so.1)
  echo '+0' >clock
  env LD_PRELOAD="$library" FAKETIME_TIMESTAMP_FILE="$PWD/clock" FAKETIME_NO_CACHE=1 \
    FAKETIME_DONT_FAKE_MONOTONIC=1 DONT_FAKE_MONOTONIC=1 "$@"
}

@test "F26: a clock that jumps an hour ahead or back ends no trial and prolongs none" {
  plain_build "no library can come first"
  local jump
  for jump in +3600 -3600; do
    rm -f jumped before
    script health.sh <<PROBE
[ ! -e jumped ] || exit 1
date +%s >before
echo "$jump" >"$PWD/clock"
date +%s >jumped
exit 1
PROBE
    SECONDS=0
    run --separate-stderr with_movable_clock timeout 60 "$CAPMIN" run app:1 --probe ./health.sh --timeout 2s
    expect_status 3
    # The probe saw the jump, and each of the two trials had the time that --timeout gives.
    local seen=$(($(cat jumped) - $(cat before)))
    [ "${seen#-}" -gt 3000 ]
    [ "$SECONDS" -ge 4 ]
    [ "$SECONDS" -lt 20 ]
  done
}

@test "F27: too few file descriptors are a clear error, no crash, and nothing is left" {
  plain_build "descriptors are needed besides"
  local files is_told=0
  # How many are open already, and so where it gets tight, depends on who runs this test.
  for files in {4..40} 64; do
    run --separate-stderr prlimit "--nofile=$files" timeout 60 "$CAPMIN" run app:1 --probe ./health.sh --timeout 20s
    # Below some number the program itself cannot be loaded (127); from some number on all is well.
    [[ "$status" =~ ^(0|3|5|8|10|127)$ ]] || { echo "$files descriptors"; show_run; return 1; }
    [[ "$status" =~ ^(0|127)$ ]] || [[ "$stderr" == *"error: "* ]] || { echo "$files descriptors"; show_run; return 1; }
    [[ "$stderr" != *"Too many open files"* ]] || is_told=1
    # What capmin cannot remove the guardian does, which has descriptors of its own.
    within 15 engine_is_empty || { echo "$files descriptors"; show_run; return 1; }
  done
  expect_status 0
  [ "$is_told" = 1 ]
  within 10 no_process_left
}

@test "F27: a fork that fails, at any time, is a clear error, and no crash" {
  plain_build "strace and the search for leaks exclude each other"
  local number
  for number in 1 3 5 8; do
    FAKE_NEEDS=CHOWN run --separate-stderr strace -f -qq -o /dev/null -e trace=none \
      -e inject=fork,vfork:error=EAGAIN:when=$number+ \
      timeout 100 "$CAPMIN" run app:1 --probe ./health.sh --timeout 20s
    [[ "$status" =~ ^(0|3|4|5|8|10)$ ]] || { echo "fork $number"; show_run; return 1; }
    [ "$status" = 0 ] || [[ "$stderr" == *"error: "* ]]
  done
}

# open_to_others: lets other users work in this test's directory, with a capmin and an engine of its
# own: the checkout may be closed to them. Other tests' directories stay as they are.
open_to_others() {
  install -m 755 "$CAPMIN" capmin
  install -m 755 "$root"/tests/cli/bin/* .
  export CAPMIN=$PWD/capmin PATH=$PWD:$PATH
  chmod -R a+rwX .
  chmod a+x .. ../..
}

@test "F27: a user with too few processes gets a clear error, and no crash" {
  [ "$(id -u)" = 0 ] || skip "becoming another user takes root"
  local processes
  open_to_others
  for processes in 1 3 6; do
    run --separate-stderr setpriv --reuid=54327 --regid=54327 --clear-groups prlimit "--nproc=$processes" \
      timeout 60 "$CAPMIN" run app:1 --probe ./health.sh --timeout 20s
    [[ "$status" =~ ^(0|3|4|5|8|10|125)$ ]] || { echo "$processes processes"; show_run; return 1; }
  done
}

# Forks and forks, each in a session of its own, so that no group holds them together.
fork_bomb() {
  script health.sh <<'PROBE'
exec /usr/bin/python3 -c '
import os
while True:
    try:
        if os.fork() == 0:
            os.setsid()
    except OSError:
        pass'
PROBE
}

@test "H3: a probe that forks without end is killed with all its offspring" {
  [ "$(id -u)" = 0 ] || skip "becoming another user takes root"
  fork_bomb
  open_to_others
  SECONDS=0
  run --separate-stderr setpriv --reuid=54328 --regid=54328 --clear-groups prlimit --nproc=150 \
    timeout -s KILL 100 "$CAPMIN" run app:1 --probe ./health.sh --timeout 1s
  expect_status 3
  [ "$SECONDS" -lt 30 ]
  within 5 no_process_of 54328
}
no_process_of() { ! pgrep -U "$1" >/dev/null; }

# peak_of ARG...: capmin's most memory, in KiB, as `peak`; sets status and stderr.
peak_of() {
  run --separate-stderr timeout 20 /usr/bin/python3 -c '
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)' "$CAPMIN" "$@"
  peak=$output
}

@test "H14: hostile YAML is refused within a second and 64 MiB by all that read it" {
  plain_build "memory and time are not those of capmin"
  {
    echo 'a: &a [x,x,x,x,x,x,x,x,x]'
    for pair in ab bc cd de ef fg gh hi; do
      echo "${pair:1}: &${pair:1} [$(printf "*${pair:0:1},%.0s" 1 2 3 4 5 6 7 8)*${pair:0:1}]"
    done
  } >bomb
  echo 'a: &a [*a]' >cycle
  head -c 2000000 /dev/zero | tr '\0' '[' >deep
  echo 'a: !!python/object/apply:os.system ["id"]' >tag
  printf 'jobs: []\njobs: []\n' >twice
  truncate -s 1G huge
  printf '\xef\xbb\xbfrules: [\n' >bom
  printf 'rules: []' | iconv -t UTF-16 >utf16
  printf 'rules: \0' >nul
  head -c 300000 /dev/urandom >random
  for file in bomb cycle deep tag twice huge bom utf16 nul random; do
    for command in 'rules check' diff batch 'verify' 'export --format json' 'report' 'explain --container x --profile' 'audit --profiles'; do
      # shellcheck disable=SC2086  # words
      case $command in
        diff) peak_of diff "$file" "$file" ;;
        *) peak_of $command "$file" ;;
      esac
      [ "$status" = 2 ] || { echo "$command $file"; show_run; return 1; }
      [ "$peak" -lt 65536 ] || { echo "$command $file: $peak KiB"; return 1; }
    done
  done
  no_containers_made
}

@test "H9: patterns that explode elsewhere are matched in linear time or refused with their place" {
  head -c 1000000 /dev/zero | tr '\0' a >log
  local pattern
  for pattern in '(a+)+$b' '(a|a)*b' '(a|aa)+$b' '(.*)*b' '^(a?){30}a{30}$b' '(a*)*c' '(x+x+)+y'; do
    printf "rules:\n  - id: x\n    patterns: ['%s']\n    suspects: [KILL]\n    reason: r\n    check: c\n" "$pattern" >rules.yaml
    run --separate-stderr timeout 10 "$CAPMIN" rules test rules.yaml log
    [ "$status" = 0 ] || { echo "$pattern"; show_run; return 1; }
  done
  for pattern in '(x{1000}){1000}' '((a{100}){100}){100}' '(?=a)b' '(a)\1'; do
    printf "rules:\n  - id: x\n    patterns: ['%s']\n    suspects: [KILL]\n    reason: r\n    check: c\n" "$pattern" >rules.yaml
    run --separate-stderr timeout 10 "$CAPMIN" rules check rules.yaml
    [ "$status" = 2 ]
    [[ "$stderr" == *"rules.yaml:3:16: the pattern is not valid"* ]]
  done
}

@test "H8: there is no std::regex in the program" {
  nm -C "$CAPMIN" >symbols
  [ "$(wc -l <symbols)" -gt 1000 ] || skip "the program is stripped"
  [ "$(grep -cF basic_regex symbols)" = 0 ]
  run ! grep -rlE '#include <regex>' "$root/src"
}

@test "H21: no file of a checkout and no variable widens what may be granted" {
  local name
  for name in .capmin.yaml .capmin.yml capmin.yaml capmin.conf .capminrc .config/capmin/config.yaml .capmin; do
    mkdir -p "$(dirname "$name")"
    printf 'allow: [SYS_ADMIN, SYS_MODULE]\ndefaults: {allow: "SYS_ADMIN"}\n--allow SYS_ADMIN\n' >"$name"
  done
  echo "mount: only root can do that: need CAP_SYS_ADMIN" >log
  HOME=$PWD XDG_CONFIG_HOME=$PWD/.config CAPMIN_ALLOW=SYS_ADMIN CAPMIN_OPTIONS='--allow SYS_ADMIN' \
    FAKE_NEEDS=SYS_ADMIN FAKE_LOG=log minimize
  expect_status 3
  expect_stderr "--allow SYS_ADMIN"
  [ -z "$(calls "'--cap-add' 'SYS_(ADMIN|MODULE)'")" ]
}

@test "F12: a program that only has an engine's name ends with status 5 and a hint" {
  mkdir other
  for answer in 'echo "usage: docker [OPTION]..."' 'echo "unknown flag: --format" >&2; exit 125' 'exit 0' \
    'echo "{\"Client\":{\"Version\":\"1.4.0\"}}"'; do
    printf '#!/bin/sh\n%s\n' "$answer" >other/docker
    chmod +x other/docker
    PATH=$PWD/other:$PATH run --separate-stderr timeout 20 "$CAPMIN" run app:1 --probe ./health.sh --engine docker
    expect_status 5
    expect_stderr hint:
  done
}
