#!/usr/bin/env bats
# What the kernel saw of containers, where this machine lets capmin look.
# shellcheck disable=SC2154,SC2016  # variables of the helper; scripts are written down, not expanded
load helper

setup_file() {
  NO_KERNEL_EVIDENCE=$("${CAPMIN:-$BATS_TEST_DIRNAME/../../build/capmin}" doctor |
    sed -n 's/^kernel evidence  *no: //p')
  export NO_KERNEL_EVIDENCE
}

# watch NAME ARG...: minimizes with the kernel's evidence; skips the test where there is none.
watch() {
  [ -z "$NO_KERNEL_EVIDENCE" ] || skip "no evidence from the kernel: $NO_KERNEL_EVIDENCE"
  local name=$1
  shift
  minimize "$name" --evidence kernel "$@"
}

# seen CAPABILITY: what the profile's reason says that the kernel was asked, a check to a line.
seen() {
  yaml "'\n'.join(' '.join([c['call'], c['process'], c['result']]) for r in p['reasons']
    if r['name'] == '$1' for c in r['checks'])"
}

# times CAPABILITY: how often each of these checks was made.
times() { yaml "[c['count'] for c in p['run']['checks'] if c['name'] == '$1']"; }

# unneeded: capability, system call, process, number and result of what was used but not needed.
unneeded() {
  yaml "'\n'.join(' '.join([c['name'], c['call'], c['process'], str(c['count']), c['result']])
    for c in p['run'].get('unneeded', []))"
}

@test "the reasons of nginx name system call, process and result, and the run how often" {
  watch nginx --probe "$images/nginx/probe.sh"
  expect_set_and_conditional "CHOWN DAC_OVERRIDE SETGID SETUID" NET_BIND_SERVICE
  [ "$(seen CHOWN)" = "chown nginx denied-hard" ]
  [ "$(seen DAC_OVERRIDE)" = "openat nginx denied-hard" ]
  [ "$(seen NET_BIND_SERVICE)" = "bind nginx denied-hard" ]
  [ "$(seen SETGID)" = "setgid nginx denied-hard" ]
  [ "$(seen SETUID)" = "setuid nginx denied-hard" ]
  for capability in CHOWN DAC_OVERRIDE NET_BIND_SERVICE SETGID SETUID; do
    [[ "$(times "$capability")" =~ ^[1-9][0-9]*$ ]]
  done
  [ "$(unneeded)" = "" ]
}

@test "what the kernel saw makes no difference between two profiles but in what they say of the run" {
  watch nginx --probe "$images/nginx/probe.sh"
  expect_status 0
  mv "$profile" "$profile.first"
  watch nginx --probe "$images/nginx/probe.sh"
  expect_status 0
  diff <(sed '/^run:/d' "$profile.first") <(sed '/^run:/d' "$profile")
}

@test "a watched search that goes on later has the bytes of one that was not cut short" {
  watch nginx --probe "$images/nginx/probe.sh"
  expect_status 0
  mv "$profile" "$profile.whole"
  watch nginx --probe "$images/nginx/probe.sh" --max-trials 4
  expect_status 7
  watch nginx --probe "$images/nginx/probe.sh" --resume
  expect_status 0
  diff <(sed '/^run:/d' "$profile.whole") <(sed '/^run:/d' "$profile")
}

@test "the programs of a container that runs are looked at where they lie, and not copied from the engine" {
  # Notes each call of the engine.
  export AT_CALL=$BATS_TEST_TMPDIR/at_call PATH=$root/tests/live/bin:$PATH
  printf '#!/bin/bash\n' >"$AT_CALL"
  chmod +x "$AT_CALL"
  watch nginx --probe "$images/nginx/probe.sh"
  expect_set_and_conditional "CHOWN DAC_OVERRIDE SETGID SETUID" NET_BIND_SERVICE
  [ "$(grep -cx create "$AT_CALL.calls")" -ge 5 ]
  run grep -xE 'cp|export' "$AT_CALL.calls"
  [ -z "$output" ]
}

@test "without the kernel's evidence a profile tells of no checks" {
  minimize chown --probe exit --evidence logs -v
  expect_set CHOWN
  [ "$(yaml '[r.get("checks") for r in p["reasons"]]')" = None ]
  [ "$(yaml '"checks" in p["run"] or "unneeded" in p["run"]')" = False ]
  run ! grep "used but not needed" <<<"$stderr"
}

@test "a change of ownership that an image can do without is used but not needed" {
  watch busybox --probe exit -v -- /bin/sh -c 'touch /f; chown 1 /f; chroot / true'
  expect_set SYS_CHROOT
  [ "$(unneeded)" = "CHOWN chown chown 1 denied-hard" ]
  expect_stderr "used but not needed, and what becomes of it without:
  CHOWN chown by chown, once    denied, and the call failed"
}

@test "a refusal that no failing call and no line tells is found where the kernel saw it" {
  watch audit --probe exit
  expect_set AUDIT_WRITE
  # Baseline, the failing empty set, and the set itself.
  [ "$(yaml 'p["run"]["trials"]')" = 3 ]
}

@test "a call that the engine's filter refuses before the kernel is asked names its capability" {
  watch busybox --probe exit -- /bin/sh -c 'chroot / true 2>/dev/null'
  expect_set SYS_CHROOT
  [ "$(seen SYS_CHROOT)" = "chroot chroot denied-hard" ]
  [ "$(yaml 'p["run"]["trials"]')" = 3 ]
}

@test "without -v nothing is said of what was used but not needed" {
  watch busybox --probe exit -- /bin/sh -c 'touch /f; chown 1 /f; chroot / true'
  expect_set SYS_CHROOT
  run ! grep "used but not needed" <<<"$stderr"
}

@test "a name that a process gives itself does nothing to a terminal or a profile" {
  watch busybox --probe exit -v -- /bin/sh -c '
    touch /f; chmod 0 /f; printf "##vso[a]" >/proc/$$/comm; true >/f || true'
  expect_set
  [ "$(unneeded)" = "DAC_OVERRIDE openat ##vso[a] 1 denied-hard" ]
  run ! grep '##' <<<"$stderr"
  run ! grep '##' "$profile"
}

# guessed: where the trace led: tried without its least believed member first, then whole.
guessed() { yaml "max([s['grant'] for s in p['search'] if s['trial'] in (1, 2)], key=len)"; }

# proven_at_once CAPABILITY...: the set is right, and took a baseline, a guess and the proof.
proven_at_once() {
  expect_set "$@"
  [ "$(guessed)" = "$*" ]
  [ "$(yaml 'p["run"]["trials"]')" = $(($# + 2)) ]
}

@test "a container of three thousand processes is watched to its end" {
  watch busybox --probe exit -- sh -c \
    'i=0; while [ $i -lt 3000 ]; do (:); i=$((i + 1)); done; touch /x; (exec chown 1000 /x)'
  proven_at_once CHOWN
  run ! grep "could not be noted" <<<"$stderr"
}

@test "a container that ends at once is watched from its first instruction" {
  watch busybox --probe exit -- chroot / true
  proven_at_once SYS_CHROOT
}

@test "what a program's file carries is in the guess, though no check shows it" {
  watch filecap --probe "$images/lowport/probe.sh" --ports portable
  expect_set NET_BIND_SERVICE
  [ "$(guessed)" = NET_BIND_SERVICE ]
}

@test "a user without privileges is seen to use none" {
  watch static --probe "$images/static/probe.sh" --user 1000
  expect_set ""
  [ "$(yaml 'p["run"]["trials"]')" = 2 ]
}

@test "init and a read-only root are no hindrance to looking on" {
  watch busybox --probe exit --engine-arg --init --read-only -- chroot / true
  proven_at_once SYS_CHROOT
}

# 5 is KILL, 13 NET_RAW, 18 SYS_CHROOT, 25 SYS_TIME, 27 MKNOD.
@test "capabilities that a program asks for all at once are found at once" {
  watch capset --probe exit
  expect_set KILL MKNOD SYS_CHROOT
  [ "$(seen KILL)" = "capset capset denied-hard" ]
  [ "$(yaml 'p["run"]["trials"]')" -le 6 ]
  expect_stderr "capset by capset: asked for KILL MKNOD SYS_CHROOT without holding KILL"
}

@test "capabilities that a program hands on, one by one, are found as they are refused" {
  watch capset --probe exit -- /capset ambient 5 27
  expect_set KILL MKNOD
  [ "$(seen MKNOD)" = "prctl capset denied-hard" ]
  [ "$(yaml 'p["run"]["trials"]')" -le 5 ]
}

@test "a program that only gives something up needs nothing of what it keeps" {
  watch capset --probe exit -- /capset without 5 13
  expect_set
  [ "$(yaml 'p["run"]["trials"]')" = 2 ]
}

@test "what is asked for beyond the ceiling is named where the ceiling fails" {
  watch capset --probe exit -- /capset exactly 5 25
  expect_status 3
  expect_stderr "kernel: capset by capset: asked for KILL SYS_TIME without holding SYS_TIME"
  expect_stderr "--allow SYS_TIME"
}

@test "where no rule knows a line, what the kernel denied is told, and how the log ends" {
  watch busybox --probe exit -- sh -c 'echo begin; touch /x; chown 1 /x 2>/dev/null || { echo "worker gave up"; exit 1; }'
  expect_set CHOWN
  expect_stderr "chown by chown: denied by the kernel"
  expect_stderr "its log ends: worker gave up"
  [ "$(yaml 'p["reasons"][0]["rule"]')" = last-line ]
}

# beside OTHER NAME COMMAND: minimizes the command in the background, to NAME.yaml. Its baseline runs
# until that of OTHER runs, too.
beside() {
  probe_script "$2.sh" >/dev/null <<PROBE
#!/bin/sh
: >"$BATS_TEST_TMPDIR/$2.began"
[ -e "$BATS_TEST_TMPDIR/$1.began" ] && exec docker exec "\$CAPMIN_CONTAINER" test -e /done
PROBE
  "$CAPMIN" run capmin-test-busybox --evidence kernel --probe "$BATS_TEST_TMPDIR/$2.sh" \
    -o "$BATS_TEST_TMPDIR/$2.yaml" -- sh -c "$3 && exec sleep 100" \
    >"$BATS_TEST_TMPDIR/$2.out" 2>&1 3>&- &
}

@test "two capmins that look on at once see their own containers only" {
  [ -z "$NO_KERNEL_EVIDENCE" ] || skip "no evidence from the kernel: $NO_KERNEL_EVIDENCE"
  beside second first 'touch /x && chown 1000 /x && touch /done'
  local first=$!
  beside first second 'chroot / touch /done'
  wait "$!" || { cat "$BATS_TEST_TMPDIR/second.out"; return 1; }
  wait "$first" || { cat "$BATS_TEST_TMPDIR/first.out"; return 1; }
  status=0
  local name expected=CHOWN
  for name in first second; do
    profile=$BATS_TEST_TMPDIR/$name.yaml
    proven_at_once "$expected"
    [ "$(yaml 'sorted({c["name"] for c in p["run"]["checks"]})')" = "$expected" ]
    [ "$(unneeded)" = "" ]
    expected=SYS_CHROOT
  done
}
