#!/usr/bin/env bats
# capmin export: what it writes is read by the tools it is meant for, as far as Debian has them.
# shellcheck shell=bash disable=SC2154  # status, output and stderr are set by run

bats_require_minimum_version 1.5.0

setup() {
  root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  CAPMIN=${CAPMIN:-$root/build/capmin}
  profile=$root/tests/golden/profile.yaml
  cd "$BATS_TEST_TMPDIR" || return 1
}

capmin() { run --separate-stderr "$CAPMIN" "$@"; }

# export_as FORMAT ARG...: the export of $profile, which must succeed.
export_as() {
  local format=$1
  shift
  capmin export "$profile" --format "$format" "$@"
  [ "$status" = 0 ] || { echo "$stderr"; return 1; }
}

# python ARG... <SCRIPT: Debian's, which has the parsers.
python() { /usr/bin/python3 - "$@"; }

# with FIELD=TEXT...: makes $profile a profile with these texts; "*" fills every field that an
# image or a log could fill.
with() {
  python "$root/tests/golden/profile.json" "$@" >changed.yaml <<'PYTHON'
import json, re, sys
profile = json.load(open(sys.argv[1], encoding="utf-8"))
for change in sys.argv[2:]:
    field, text = change.split("=", 1)
    if field == "*":
        profile["image"].update(reference=text, user=text, platform=text)
        profile["run"].update(capmin=text, at=text)
        profile["warnings"] = profile["environment"]["options"] = [text, "--user " + text]
        continue
    *path, last = field.split(".")
    node = profile
    for key in path:
        node = node[key]
    node[last] = text
# JSON is YAML, but for the surrogates of characters beyond U+FFFF.
print(re.sub(r"\\ud([89ab]..)\\ud([c-f]..)",
             lambda pair: "\\U%08x" % (0x10000 + ((int("d" + pair[1], 16) & 0x3ff) << 10)
                                       + (int("d" + pair[2], 16) & 0x3ff)),
             json.dumps(profile)))
PYTHON
  profile=changed.yaml
}

# Names that a parser, a shell, Compose or Nomad could take for more than text.
# shellcheck disable=SC1003,SC2016
hostile=('a: b' '# x' '$(id)' '${HOME}' '$$x' '%{if}' '%h' 'x"y' "x'y" 'a\' $'a\nb: c' $'\e[31m'
  '::error::x' '##vso[x]' '*a' '&a' '!!x' '- a' 'yes' '---' '{a: b}' $'\u202e' '🐳')

@test "warnings and notes go to standard error, the arguments alone to standard output" {
  export_as docker-args
  [ "$output" = "--cap-drop ALL --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add SETGID --cap-add SETUID" ]
  [[ "$stderr" == "warning: the profile holds 2 warnings"* ]]
  [[ "$stderr" == *"note: NET_BIND_SERVICE is needed only where"* ]]
}

@test "a file is written whole, in the place of an older one" {
  echo old >out
  export_as systemd -o out
  [ -z "$output" ]
  grep -q '^CapabilityBoundingSet=CAP_CHOWN ' out
  run ! grep -qx old out
}

@test "an output that cannot be written ends with status 8 and leaves what was there" {
  mkdir directory
  capmin export "$profile" --format systemd -o directory
  [ "$status" = 8 ]
  echo old >target
  ln -s target link
  capmin export "$profile" --format systemd -o link
  [ "$status" = 8 ]
  [ "$(cat target)" = old ]
  capmin export "$profile" --format systemd -o missing/out
  [ "$status" = 8 ]
  # shellcheck disable=SC2016  # for the other shell
  run --separate-stderr bash -c '"$0" export "$1" --format systemd >/dev/full' "$CAPMIN" "$profile"
  [ "$status" = 8 ]
}

@test "what is no profile, no format and no option ends with status 2" {
  echo 'kind: Something' >none.yaml
  capmin export none.yaml --format compose
  [ "$status" = 2 ]
  [[ "$stderr" == "error: none.yaml:1:1: "* ]]
  capmin export "$profile" --format xml
  [ "$status" = 2 ]
  [[ "$stderr" == *docker-args*intoto* ]]
  capmin export "$profile"
  [ "$status" = 2 ]
  capmin export "$profile" --format oci --style drop-unneeded
  [ "$status" = 2 ]
  [[ "$stderr" == *"no default set to drop from"* ]]
}

@test "a set is merged behind !override, and refused with its line behind !reset" {
  printf 'services:\n  web:\n    image: nginx:1.27\n    cap_add: !override [SYS_TIME]\n' >compose.yaml
  export_as compose --merge compose.yaml
  grep -q '^    cap_add: !override \["CHOWN", ' <<<"$output"
  [[ "$stderr" == *"warning: "*"several -f files"* ]]
  sed -i 's/!override.*/!reset null/' compose.yaml
  cp compose.yaml before.yaml
  capmin export "$profile" --format compose --merge compose.yaml --in-place
  [ "$status" = 2 ]
  [[ "$stderr" == "error: compose.yaml:4:14: !reset takes cap_add away"*"hint: write !override"* ]]
  cmp compose.yaml before.yaml
}

@test "the way to a container goes with --merge only, and has a container at its end" {
  capmin export "$profile" --format kubernetes --container Deployment/web/server
  [ "$status" = 2 ]
  [[ "$stderr" == *"goes with --merge FILE"* ]]
  for name in Deployment/web/ / web/Server; do
    capmin export "$profile" --format kubernetes --merge "$profile" --container "$name"
    [ "$status" = 2 ]
    [[ "$stderr" == *"KIND/WORKLOAD/NAME"* ]]
  done
}

@test "an incomplete proof is the first thing that is said" {
  with proof.guarantee=incomplete
  export_as compose
  [[ "$stderr" == "warning: INCOMPLETE PROOF: "* ]]
  [[ "$output" == *"# warning: INCOMPLETE PROOF: "* ]]
}

@test "docker-compose reads the exported Compose file, in both styles" {
  for style in drop-all drop-unneeded; do
    export_as compose --style "$style" -o compose.yaml
    docker-compose -f compose.yaml config >config.yaml
    python "$style" <<'PYTHON'
import sys, yaml
service = yaml.safe_load(open("config.yaml"))["services"]["nginx"]
assert service["image"] == "nginx:1.27", service
if sys.argv[1] == "drop-all":
    assert service["cap_drop"] == ["ALL"], service
    assert service["cap_add"] == ["CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID"], service
else:
    assert len(service["cap_drop"]) == 10 and "cap_add" not in service, service
    assert "NET_RAW" in service["cap_drop"] and "CHOWN" not in service["cap_drop"], service
assert service["x-capmin"]["guarantee"] == "unique", service
PYTHON
  done
}

@test "H15, H16: docker-compose reads every image's name as it was" {
  for name in "${hostile[@]}"; do
    with "*=$name"
    export_as compose -o compose.yaml
    # What config prints is a Compose file again, with every dollar doubled.
    docker-compose -f compose.yaml config >config.yaml
    python "$name" <<'PYTHON'
import sys, yaml
services = yaml.safe_load(open("config.yaml"))["services"]
assert len(services) == 1, services
service = list(services.values())[0]
assert service["image"].replace("$$", "$") == sys.argv[1], (service, sys.argv[1])
assert service["x-capmin"]["image"].replace("$$", "$") == sys.argv[1], service
PYTHON
  done
}

@test "H15: a second YAML parser reads a pod's image as it was" {
  for name in "${hostile[@]}"; do
    with "*=$name"
    export_as kubernetes -o pod.yaml
    python "$name" <<'PYTHON'
import re, sys, yaml
pod = yaml.safe_load(open("pod.yaml", encoding="ascii"))
container, = pod["spec"]["containers"]
assert container["image"] == sys.argv[1], container
assert re.fullmatch("[a-z0-9]([-a-z0-9]*[a-z0-9])?", container["name"]), container
assert container["securityContext"]["capabilities"] == {
    "drop": ["ALL"],
    "add": ["CHOWN", "DAC_OVERRIDE", "NET_BIND_SERVICE", "SETGID", "SETUID"]}
PYTHON
  done
}

@test "H15: a JSON parser reads what a statement, a definition and a configuration say" {
  for name in "${hostile[@]}"; do
    with "*=$name"
    for format in oci ecs intoto json; do
      export_as "$format" -o "$format.json"
    done
    python "$name" <<'PYTHON'
import json, sys
read = {format: json.load(open(format + ".json", encoding="utf-8"))
        for format in ("oci", "ecs", "intoto", "json")}
assert read["oci"]["annotations"]["capmin.image"] == sys.argv[1]
assert read["ecs"]["image"] == sys.argv[1]
assert read["intoto"]["subject"][0]["name"] == sys.argv[1]
assert read["json"]["image"]["reference"] == sys.argv[1]
PYTHON
  done
}

@test "H11, H16: units, jobs and comments hold nothing active of a hostile profile" {
  for name in "${hostile[@]}"; do
    with "*=$name"
    for format in compose kubernetes quadlet systemd nomad; do
      export_as "$format" -o out
      run ! grep -nP '##|^\s*::|[^\x20-\x7e]' out
    done
    export_as quadlet -o app.container
    export_as nomad -o job.hcl
    python <<'PYTHON'
import configparser, hcl
unit = configparser.RawConfigParser(strict=False)
unit.optionxform = str
unit.read("app.container")
assert unit.sections() == ["Container"], unit.sections()
assert set(unit["Container"]) <= {"Image", "DropCapability", "AddCapability", "User", "Group",
                                  "PodmanArgs", "Exec"}, dict(unit["Container"])
# This parser, of an older HCL, takes the escaped backslash at the end of a text for half a quote.
job = hcl.loads(open("job.hcl").read().replace(r'\\"', '"'))
assert set(job) <= {"config", "user"}, job
assert set(job["config"]) == {"image", "cap_drop", "cap_add", "command", "args"}, job
PYTHON
  done
}

# verified_sets: the two capability sets that systemd reads from web.service and its drop-in.
verified_sets() {
  SYSTEMD_LOG_LEVEL=debug systemd-analyze verify ./web.service 2>&1 |
    sed -n 's/^[[:space:]]*\(CapabilityBoundingSet\|AmbientCapabilities\): *//p'
}

@test "systemd reads the sets of the drop-in, and verifies it without a word" {
  printf '[Service]\nExecStart=/bin/true\n' >web.service
  mkdir web.service.d
  export_as systemd -o web.service.d/capmin.conf
  run systemd-analyze verify ./web.service
  [ "$status" = 0 ]
  [ -z "$output" ]
  local all='cap_chown cap_dac_override cap_net_bind_service cap_setgid cap_setuid'
  run verified_sets
  [ "${#lines[@]}" = 2 ]
  for line in "${lines[@]}"; do
    [ "$(tr ' ' '\n' <<<"$line" | sort | xargs)" = "$all" ]
  done
}

@test "a Quadlet file names podman's keys, one capability to a line" {
  export_as quadlet
  [ "$(grep -c '^AddCapability=CAP_[A-Z_]*$' <<<"$output")" = 5 ]
  grep -qx 'DropCapability=all' <<<"$output"
  grep -qx 'Image=nginx:1.27' <<<"$output"
}

@test "a statement fits the schema of in-toto's specification" {
  export_as intoto -o statement.json
  python <<'PYTHON'
import json, jsonschema
sha256 = {"type": "object", "required": ["sha256"],
          "properties": {"sha256": {"pattern": "^[0-9a-f]{64}$"}}, "additionalProperties": False}
descriptor = {"type": "object", "required": ["name", "digest"],
              "properties": {"name": {"type": "string"}, "digest": sha256}}
tests = {"type": "array", "items": {"type": "string", "minLength": 1}}
schema = {
    "type": "object",
    "required": ["_type", "subject", "predicateType", "predicate"],
    "additionalProperties": False,
    "properties": {
        "_type": {"const": "https://in-toto.io/Statement/v1"},
        "subject": {"type": "array", "minItems": 1, "items": descriptor},
        "predicateType": {"const": "https://in-toto.io/attestation/test-result/v0.1"},
        "predicate": {
            "type": "object",
            "required": ["result", "configuration"],
            "properties": {
                "result": {"enum": ["PASSED", "WARNED", "FAILED"]},
                "configuration": {"type": "array", "items": descriptor},
                "url": {"type": "string"},
                "passedTests": tests, "warnedTests": tests, "failedTests": tests}}}}
statement = json.load(open("statement.json"))
jsonschema.Draft202012Validator(schema).validate(statement)
assert statement["predicate"]["failedTests"] == []
PYTHON
  # The hash of the profile is that of the file.
  grep -q "$(sha256sum "$profile" | cut -d' ' -f1)" statement.json
}

@test "an ECS definition holds only names that ECS knows" {
  export_as ecs --style drop-unneeded
  [[ "$stderr" != *Fargate* ]]
  python "$output" <<'PYTHON'
import json, sys
capabilities = json.loads(sys.argv[1])["linuxParameters"]["capabilities"]
assert capabilities == {"drop": ["AUDIT_WRITE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_RAW",
                                 "SETFCAP", "SETPCAP", "SYS_CHROOT"]}, capabilities
PYTHON
  export_as ecs
  [[ "$stderr" == *"Fargate refuses this"* ]]
}
