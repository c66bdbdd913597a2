# What the live tests share. CAPMIN selects the program; the images are those of scripts/make/images.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # variables that the tests read, and those that bats sets

bats_require_minimum_version 1.5.0

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/common.bash
. "$root/tests/common.bash"
CAPMIN=${CAPMIN:-$root/build/capmin}
images=$root/tests/images

# The containers of capmin runs, dead or alive.
capmin_containers() { docker ps -aq --no-trunc --filter label=capmin.run | sort; }

setup() {
  timeout 10 docker version >/dev/null 2>&1 || skip "no engine answers"
  profile=$BATS_TEST_TMPDIR/profile.yaml
  probed=$BATS_TEST_TMPDIR/probed
  containers_before=$(capmin_containers)
  ready=yes
}

# Every test leaves the engine as it found it. A container of somebody else's run, whose
# capmin lives, is left alone.
teardown() {
  [ "${ready:-}" = yes ] || return 0  # skipped
  local id
  for id in $(comm -13 <(echo "$containers_before") <(capmin_containers)); do
    within 20 removed_or_owned "$id" || return 1
  done
}

# removed_or_owned CONTAINER: it does not exist, or the capmin that made it still runs.
removed_or_owned() {
  local owner
  owner=$(docker inspect -f '{{index .Config.Labels "capmin.owner"}}' "$1" 2>/dev/null) || return 0
  kill -0 "${owner%%:*}" 2>/dev/null
}

# removed CONTAINER...: none of them exists any more.
removed() {
  local id
  for id in "$@"; do
    if docker inspect --type container "$id" >/dev/null 2>&1; then return 1; fi
  done
}

# capmin ARG...: runs capmin to its end; sets status, output (standard output) and stderr.
# A search that hangs ends so; a machine that is slow and shared may take minutes for one of seconds.
capmin() { run --separate-stderr timeout 600 "$CAPMIN" "$@"; }

# minimize NAME ARG...: capmin run on capmin-test-NAME, writing $profile.
minimize() {
  local name=$1
  shift
  capmin run "capmin-test-$name" -o "$profile" "$@"
}

# yaml EXPRESSION: evaluates a Python expression on the profile, as `p`; lists print as words.
yaml() {
  /usr/bin/python3 - "$profile" "$1" <<'PYTHON'
import sys, yaml
with open(sys.argv[1], encoding="utf-8") as file:
    value = eval(sys.argv[2], {"p": yaml.safe_load(file)})
print(" ".join(map(str, value)) if isinstance(value, (list, tuple)) else value)
PYTHON
}

# show_run: prints what the last run said; bats shows it when the test fails.
show_run() {
  printf 'status %s\n--- stdout\n%s\n--- stderr\n%s\n' "$status" "$output" "$stderr"
  [ ! -e "$profile" ] || { echo "--- profile"; cat "$profile"; }
}

expect_status() {
  show_run
  [ "$status" = "$1" ]
}

expect_stderr() {
  [[ "$stderr" == *"$1"* ]] || { echo "standard error lacks: $1"; return 1; }
}

expect_no_profile() {
  [ ! -e "$profile" ] || { echo "a profile was written"; return 1; }
}

# expect_set CAPABILITY...: the run succeeded, the profile adds exactly these, none of them
# under a condition, and it proves each.
expect_set() { expect_set_and_conditional "$*" ''; }

# expect_set_and_conditional ADD CONDITIONAL: the same with words of capabilities; the proof
# is of both together: a passing trial of the set, a failing one without each member.
expect_set_and_conditional() {
  local all
  all=$(tr " " "\n" <<<"$1 $2" | sort | xargs)
  expect_status 0
  [ "$(yaml 'p["capabilities"]["drop"]')" = ALL ]
  [ "$(yaml 'p["capabilities"]["add"]')" = "$1" ] || { echo "expected: $1"; return 1; }
  [ "$(yaml '[c["name"] for c in p["capabilities"].get("conditional") or []]')" = "$2" ] ||
    { echo "expected under conditions: $2"; return 1; }
  [[ "$(yaml 'p["proof"]["guarantee"]')" =~ ^(one-minimal|unique)$ ]]
  [ "$(yaml "any(t['grant'] == '$all'.split() for t in p['proof']['passed'])")" = True ]
  [ "$(yaml 'sorted(t["without"] for t in p["proof"].get("failed") or [])')" = "$all" ]
  [ "$(yaml 'sorted(r["name"] for r in p.get("reasons") or [])')" = "$all" ]
}

# probe_script NAME: writes an executable probe from standard input and prints its path.
# A probe that writes $CAPMIN_CONTAINER to $probed shows which containers there were.
probe_script() {
  cat >"$BATS_TEST_TMPDIR/$1"
  chmod +x "$BATS_TEST_TMPDIR/$1"
  echo "$BATS_TEST_TMPDIR/$1"
}

# probe_inside NAME: the path of the image's probe for inside, which a checkout may keep from others.
probe_inside() {
  install -m 755 "$images/$1/probe-inside.sh" "$BATS_TEST_TMPDIR/probe-inside.sh"
  echo "$BATS_TEST_TMPDIR/probe-inside.sh"
}

# random_run: the id of a run that no test beside this one has.
random_run() { od -An -N4 -tx4 /dev/urandom | tr -d ' '; }

containers_probed() { sort -u "$probed" 2>/dev/null || true; }
count_probed() { containers_probed | wc -l; }
