#!/usr/bin/env bats
# Real containers beside the profiles of their images: a surplus is found where one was planted, and
# nowhere else.
# shellcheck disable=SC2154  # variables of the helper
load helper

label=capmin-test-audit-$$

setup_file() { "$root/scripts/make/services" memcached; }

# planted NAME IMAGE ARG...: a container that runs, in this test's own project; COMMAND is its command.
planted() {
  # shellcheck disable=SC2086  # words
  docker run -d --name "$label-$1" --label com.docker.compose.project="$label" \
    --label com.docker.compose.service="$1" "${@:3}" "$2" ${COMMAND:-} >/dev/null
}

teardown() {
  docker ps -aq --filter "label=com.docker.compose.project=$label" | xargs -r docker rm -f -v >/dev/null
}

# said EXPRESSION: evaluates a Python expression on the audit of the last run, which is JSON: `by` are
# the containers by their services.
said() {
  /usr/bin/python3 -c 'import json, sys
by = {c["service"]: c for c in json.loads(sys.argv[1])["containers"]}
value = eval(sys.argv[2])
print(" ".join(map(str, value)) if isinstance(value, (list, tuple)) else value)' "$output" "$1"
}

audit() { capmin audit --project "$label" --profiles "$root/profiles" "$@"; }

@test "a container with exactly its profile's set has no surplus, however its service changes user" {
  planted memcached capmin-profile-memcached --cap-drop ALL --cap-add SETGID --cap-add SETUID
  audit --fail-on surplus,risk,unknown --format json
  expect_status 0
  [ "$(said 'by["memcached"]["holds"]')" = 'SETGID SETUID' ]
  [ "$(said 'by["memcached"]["needs"]')" = 'SETGID SETUID' ]
  [ "$(said '[by["memcached"]["surplus"], by["memcached"]["lacks"], by["memcached"]["grounds"]]')" = '[] [] []' ]
}

@test "the default set and one capability too many are each a surplus, and one of high risk a risk" {
  planted default capmin-profile-memcached
  planted more capmin-profile-memcached --cap-drop ALL --cap-add SETGID --cap-add SETUID --cap-add NET_RAW
  planted risky capmin-profile-memcached --cap-add SYS_TIME
  planted exact capmin-profile-memcached --cap-drop ALL --cap-add SETGID --cap-add SETUID
  audit --format json
  expect_status 1
  [ "$(said '[name for name in by if by[name]["surplus"]]')" = 'default more risky' ]
  [ "$(said 'len(by["default"]["surplus"])')" = 12 ]
  [ "$(said '[c["name"] + " " + c["risk"] for c in by["more"]["surplus"]]')" = 'NET_RAW medium' ]
  [ "$(said '[name for name in by if "risk" in by[name]["grounds"]]')" = risky ]
  [ "$(said 'by["risky"]["dangerous"]')" = SYS_TIME ]
  audit --fail-on risk
  expect_status 1
  docker rm -f -v "$label-risky"
  audit --fail-on risk
  expect_status 0
}

@test "a privileged container is told, where the machine can give it all" {
  if ! planted privileged capmin-profile-memcached --privileged; then
    # runc cannot grant what the machine's own bounding set lacks.
    [ "$(sed -n 's/^CapBnd:\t//p' /proc/1/status)" != 000001ffffffffff ]
    return
  fi
  audit --fail-on risk --format json
  expect_status 1
  [ "$(said 'by["privileged"]["privileged"]')" = True ]
}

@test "who runs as root, without no-new-privileges and in the host's namespaces is told" {
  COMMAND='sleep 300' planted plain capmin-test-busybox
  COMMAND='sleep 300' planted confined capmin-test-busybox --user 1000 --security-opt no-new-privileges
  COMMAND='sleep 300' planted host capmin-test-busybox --pid host --network host
  audit --format json
  expect_status 0
  [ "$(said '[name for name in by if by[name]["root"]]')" = 'host plain' ]
  [ "$(said '[name for name in by if by[name]["no_new_privileges"]]')" = confined ]
  [ "$(said '[name for name in by if by[name]["host_pid"]]')" = host ]
  [ "$(said '[name for name in by if by[name]["host_network"]]')" = host ]
  [ "$(said 'by["confined"]["effective"]')" = '' ]
  audit --fail-on unknown
  expect_status 1
}

@test "SARIF has the surplus, and the container is left as it was" {
  planted default capmin-profile-memcached
  local before
  before=$(docker inspect "$label-default")
  audit --format sarif
  expect_status 1
  /usr/bin/python3 - "$root/tests/cli" "$output" <<'CHECKS'
import sys, json
sys.path.insert(0, sys.argv[1])
import report_formats
report_formats.check_sarif(sys.argv[2], [])
rules = [r["ruleId"] for r in json.loads(sys.argv[2])["runs"][0]["results"]]
assert len([r for r in rules if r.startswith("surplus-")]) == 12, rules
assert "surplus-SETUID" not in rules and "new-privileges" in rules, rules
CHECKS
  [ "$(docker inspect "$label-default")" = "$before" ]
}

@test "a profile of the very image is preferred to one of its name" {
  minimize chown --probe exit
  COMMAND='sleep 300' planted chown capmin-test-chown --entrypoint '' --cap-drop ALL --cap-add CHOWN
  capmin audit --project "$label" --profiles "$profile" --format json
  expect_status 0
  [ "$(said '[by["chown"]["match"], by["chown"]["needs"][0]]')" = 'id CHOWN' ]
}

@test "explain ends with status 1 where a container holds more than the profile" {
  planted default capmin-profile-memcached
  planted exact capmin-profile-memcached --cap-drop ALL --cap-add SETGID --cap-add SETUID
  capmin explain --container "$label-default" --profile "$root/profiles/memcached.yaml"
  expect_status 1
  capmin explain --container "$label-exact" --profile "$root/profiles/memcached.yaml"
  expect_status 0
}
