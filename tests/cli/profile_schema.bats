#!/usr/bin/env bats
# The profile as others read it: a second YAML parser, a JSON parser, a JSON Schema validator.

setup() {
  cd "$BATS_TEST_DIRNAME/../.." || return 1
  cp tests/golden/profile.yaml tests/fuzz/corpus/profile/hostile.yaml "$BATS_TEST_TMPDIR"
  for name in profile hostile; do
    "$CAPMIN" export --format json -o "$BATS_TEST_TMPDIR/$name.json" "$BATS_TEST_TMPDIR/$name.yaml"
  done
}

@test "H15: a second YAML parser reads the text that a JSON parser reads" {
  for name in profile hostile; do
    python3 - "$BATS_TEST_TMPDIR/$name" <<'PYTHON'
import json, sys, yaml
with open(sys.argv[1] + ".yaml", encoding="ascii") as text:
    from_yaml = yaml.safe_load(text)
with open(sys.argv[1] + ".json", encoding="utf-8") as text:
    from_json = json.load(text)
assert from_yaml == from_json, "YAML and JSON differ"
PYTHON
  done
}

@test "profiles are valid by the schema, and the schema by its own" {
  python3 - "$BATS_TEST_TMPDIR" <<'PYTHON'
import json, jsonschema, sys, yaml
schema = json.load(open("profiles/profile.schema.json"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for name in ("profile", "hostile"):
    validator.validate(yaml.safe_load(open(f"{sys.argv[1]}/{name}.yaml")))
    validator.validate(json.load(open(f"{sys.argv[1]}/{name}.json")))
PYTHON
}

@test "the schema refuses what capmin refuses" {
  python3 - <<'PYTHON'
import copy, json, jsonschema
validator = jsonschema.Draft202012Validator(json.load(open("profiles/profile.schema.json")))
profile = json.load(open("tests/golden/profile.json"))
changes = {
    "unknown key": lambda p: p.update(x=1),
    "missing key": lambda p: p.pop("run"),
    "other version": lambda p: p.update(apiVersion="capmin/v2"),
    "unknown capability": lambda p: p["capabilities"]["add"].append("CHWON"),
    "capability twice": lambda p: p["capabilities"]["add"].append("CHOWN"),
    "drop": lambda p: p["capabilities"].update(drop=[]),
    "without in a pass": lambda p: p["proof"]["passed"][0].update(without="KILL"),
    "text for a number": lambda p: p["run"].update(trials="11"),
    "word": lambda p: p["probe"].update(kind="tcp"),
    "purpose": lambda p: p["search"][0].update(purpose="fun"),
    "verdict": lambda p: p["search"][0].update(verdict="maybe"),
    "result": lambda p: p["reasons"][0]["checks"][0].update(result="denied"),
    "count": lambda p: p["run"]["checks"][0].update(count=0),
    "check without a process": lambda p: p["run"]["unneeded"][0].pop("process"),
    "status": lambda p: p["proof"]["failed"][0].update(exit=256),
}
for name, change in changes.items():
    changed = copy.deepcopy(profile)
    change(changed)
    assert not validator.is_valid(changed), name
PYTHON
}

@test "every field of the schema is described" {
  python3 - <<'PYTHON'
import json
def walk(node, path):
    assert "description" in node, path
    for key, value in node.get("properties", {}).items():
        walk(value, f"{path}.{key}")
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict) and "$ref" not in node[key]:
            walk(node[key], f"{path}[]")
schema = json.load(open("profiles/profile.schema.json"))
walk(schema, "profile")
for name, node in schema["$defs"].items():
    assert "description" in node, name
PYTHON
}
