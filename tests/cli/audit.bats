#!/usr/bin/env bats
# capmin audit: running containers beside the profiles of their images, on the scripted engine.
# The process of a test poses as that of its containers: its control group holds their ids.
# shellcheck disable=SC2154,SC2016  # variables of the helper; Markdown is not expanded
load helper

me=/proc/$$

# running NAME [ID [LABEL]]: a container app:1 that runs; CONFIG is more of what inspect tells.
running() {
  local directory=$FAKE_ENGINE_DIR/containers/$1 id=${2:-$(head -1 "$me/cgroup")}
  mkdir "$directory"
  echo running 0 >"$directory/state"
  echo "$id" >"$directory/id"
  echo "${3:-app=$1}" >"$directory/labels"
  cat >"$directory/inspect" <<JSON
[{"Id":"$id","Name":"/$1","Image":"${IMAGE_ID:-sha256:4c0f}","Config":{"Image":"${IMAGE:-app:1}","Labels":${LABELS:-null}},
  "State":{"Status":"running","Running":true,"Pid":${PID:-$$}},
  "HostConfig":{${HOST_CONFIG:-}}}]
JSON
}

# profile_of IMAGE CAPABILITY...: a profile of the image with this set, in the directory "profiles".
profile_of() {
  mkdir -p profiles
  FAKE_NEEDS="${*:2}" "$CAPMIN" run "$1" --probe ./health.sh --timeout 20s -q -o "profiles/${1%:*}.yaml"
  : >"$FAKE_ENGINE_DIR/calls"
}

# audit ARG...: capmin audit; what was on the engine is removed then.
audit() {
  capmin audit "$@"
  rm -rf "$FAKE_ENGINE_DIR"/containers/*
}

@test "a container is told of with what it holds, and without a profile it holds no surplus" {
  running web
  audit --format json
  expect_status 0
  python3 - "$output" "$(sed -n 's/^CapBnd:\t//p' "$me/status")" <<'CHECKS'
import json, sys
said = json.loads(sys.argv[1])
assert said["kind"] == "Audit" and said["left_out"] == [], said
[web] = said["containers"]
assert (web["name"], web["image"], web["image_id"]) == ("web", "app:1", "sha256:4c0f"), web
assert len(web["holds"]) == bin(int(sys.argv[2], 16)).count("1"), web
assert web["surplus"] == web["lacks"] == [] and "profile" not in web and "unknown" in web["grounds"], web
CHECKS
}

@test "a container that holds more than the profile of its image says ends with status 1" {
  profile_of app:1 CHOWN
  IMAGE=docker.io/library/app:1 running web
  capmin audit --profiles profiles
  expect_status 1
  expect_stdout 'profiles/app.yaml, of an image of the same digest'
  FAKE_IMAGE=nowhere audit --profiles profiles
  expect_status 1
  expect_stdout 'web  docker.io/library/app:1'
  expect_stdout 'profiles/app.yaml, of another image of the same name'
  expect_stdout 'surplus'
  expect_stdout '1 container: 1 with more than the profile says'
}

@test "the gate fails for what it names, and for nothing else" {
  profile_of app:1 CHOWN
  IMAGE=other:1 HOST_CONFIG='"Privileged":true' running web
  local ground
  for ground in 'surplus 0' 'unknown 1' 'risk 1' 'surplus,unknown 1'; do
    FAKE_IMAGE=nowhere capmin audit --profiles profiles --fail-on "${ground% *}"
    expect_status "${ground#* }"
  done
  FAKE_IMAGE=nowhere audit --profiles profiles
  expect_status 0
  expect_stdout 'privileged, '
}

@test "nothing is changed on the engine, and no container is made" {
  running web
  audit
  expect_status 0
  [ -z "$(calls "^'(create|start|stop|rm|run|exec|kill|pull|volume)")" ]
}

@test "labels and projects choose the containers" {
  running web '' 'com.docker.compose.project=shop'
  running db "$(head -1 "$me/cgroup" | cut -c2-)" 'com.docker.compose.project=blog'
  capmin audit --project shop
  expect_status 0
  expect_stdout '1 container:'
  expect_stdout 'web  app:1'
  capmin audit --label com.docker.compose.project
  expect_stdout '2 containers:'
  capmin audit --label com.docker.compose.project --label app
  expect_stdout 'no container to audit'
  audit --container db
  expect_stdout '1 container:'
  expect_stdout 'db  app:1'
}

@test "containers of trials are left out, and those that only bear their labels are not" {
  LABELS='{"capmin.run":"0123abcd","capmin.owner":"1:1:x"}' running capmin-0123abcd-1
  LABELS='{"capmin.run":"0123abcd","capmin.owner":"1:1:x"}' running web "$(head -1 "$me/cgroup" | cut -c2-)"
  audit
  expect_status 0
  expect_stdout '1 container:'
  expect_stdout 'web  app:1'
}

@test "a container that ends while it is looked at is left out and said" {
  running web
  mkdir "$FAKE_ENGINE_DIR/containers/job"
  echo running 0 >"$FAKE_ENGINE_DIR/containers/job/state"
  echo 0a1b2c >"$FAKE_ENGINE_DIR/containers/job/id"
  echo '[{"Id":"0a1b2c","Name":"/job","State":{"Running":false,"Pid":0},"Config":{}}]' >"$FAKE_ENGINE_DIR/containers/job/inspect"
  audit --format json
  expect_status 0
  expect_error 'left out: the container job ended while it was looked at'
  [ "$(python3 -c 'import json, sys; said = json.load(sys.stdin); print(said["left_out"], [c["name"] for c in said["containers"]])' <<<"$output")" = "['job'] ['web']" ]
}

@test "a container that runs but is not visible from here is engine trouble" {
  PID=1 running web not-of-this-machine
  audit
  expect_status 5
  expect_stderr 'error: the first process of the container web (process 1 where the engine runs) is not visible from here'
  [ -z "$output" ]
}

@test "a container that is named must be there and run" {
  audit --container nowhere
  expect_status 2
  expect_error $'error: there is no container nowhere on this engine\n  hint: see docker ps'
}

@test "an engine that is not there is engine trouble" {
  FAKE_DOCKER=no audit
  expect_status 5
}

@test "an engine without containers has nothing to audit" {
  audit
  expect_status 0
  [ "$output" = 'no container to audit' ]
}

@test "a directory's profiles are read among other documents; one that is damaged is an error" {
  profile_of app:1 CHOWN
  printf 'kind: Batch\njobs: []\n' >profiles/batch.yml
  echo notes >profiles/README.md
  running web
  capmin audit --profiles profiles --format json
  expect_status 1
  printf 'kind: "CapabilityProfile"\nimage: 7\n' >profiles/damaged.yaml
  audit --profiles profiles
  expect_status 2
  expect_stderr 'error: profiles/damaged.yaml:'
}

@test "a directory without a profile is an error before the engine is asked" {
  mkdir empty
  audit --profiles empty
  expect_status 2
  expect_error $'error: there is no profile in empty\n  hint: profiles are its files *.yaml and *.yml of the kind CapabilityProfile'
  no_calls
}

@test "options that contradict each other or say nothing are refused before the engine is asked" {
  local -a words
  local line
  for line in '--container a --label b' '--container a --project p' '--container=-x' '--label=' \
    '--fail-on none' '--fail-on surplus,' '--format yaml' 'web'; do
    read -ra words <<<"$line"
    audit "${words[@]}"
    expect_status 2
    [ -z "$output" ]
    no_calls
  done
}

@test "the audit goes to a file, whole or not at all" {
  running web
  capmin audit -o audit.txt
  expect_status 0
  [ -z "$output" ]
  grep -q '^web  app:1' audit.txt
  audit -o nowhere/audit.txt
  expect_status 8
}

@test "SARIF and JSON are valid, with the surplus at the profile's set" {
  profile_of app:1 CHOWN
  running web
  capmin audit --profiles profiles --format sarif -o audit.sarif
  expect_status 1
  /usr/bin/python3 - "$root/tests/cli" <<'CHECKS'
import json, sys
sys.path.insert(0, sys.argv[1])
import report_formats
text = open("audit.sarif", encoding="utf-8").read()
report_formats.check_sarif(text, [])
results = json.loads(text)["runs"][0]["results"]
surplus = [r for r in results if r["ruleId"] == "surplus-KILL"]
place = surplus[0]["locations"][0]["physicalLocation"]
assert place["artifactLocation"]["uri"] == "profiles/app.yaml", place
line = open("profiles/app.yaml", encoding="utf-8").read().splitlines()[place["region"]["startLine"] - 1]
assert "add:" in line, line
assert not [r for r in results if r["ruleId"] == "surplus-CHOWN"]
CHECKS
  IMAGE_ID=sha256:4c0f FAKE_IMAGE=nowhere audit --profiles profiles --format markdown
  expect_status 1
  expect_stdout '| ` web ` | ` app:1 ` | ` profiles/app.yaml ` another image of the same name |'
}

@test "hostile names reach neither terminal nor document as they are" {
  IMAGE=$'app\\u001b[2J::error::x' running web
  local format
  for format in text json markdown sarif; do
    capmin audit --format "$format"
    expect_status 0
    refute_anywhere $'\033'
  done
  audit
  refute_match '^(::|##)' "$output"
}
