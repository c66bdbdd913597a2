#!/usr/bin/env bats
# What people read of the format of profiles.

# shellcheck disable=SC2154  # what the helper and bats set

load helper

@test "the table of fields is the one that the schema makes" {
  diff <("$root/scripts/make/profile-fields") "$root/profiles/FIELDS.md"
}

@test "each key of a profile is in the table of fields" {
  /usr/bin/python3 - "$root" <<'PYTHON'
import json, re, sys
table = open(sys.argv[1] + "/profiles/FIELDS.md").read()
fields = set(re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE))
def walk(value, path):
    if isinstance(value, list):
        for item in value:
            walk(item, path + "[]")
    elif isinstance(value, dict):
        for key, item in value.items():
            name = f"{path}.{key}".lstrip(".")
            name = name if name in fields else f"{path}.*"
            assert name in fields, name
            walk(item, name)
walk(json.load(open(sys.argv[1] + "/tests/golden/profile.json")), "")
PYTHON
}

@test "a profile of another version is refused with what to do" {
  sed 's|^apiVersion: .*|apiVersion: capmin/v2|' "$root/tests/golden/profile.yaml" >newer.yaml
  sed 's|^apiVersion: .*|apiVersion: capmin/v0|' "$root/tests/golden/profile.yaml" >older.yaml
  capmin export newer.yaml --format json
  expect_status 2
  expect_stderr 'the profile has version capmin/v2, this capmin reads capmin/v1'
  expect_stderr 'hint: update capmin: a newer one wrote this profile'
  capmin verify older.yaml
  expect_status 2
  [[ "$output$stderr" == *'the profile has version capmin/v0, this capmin reads capmin/v1'* ]]
  [[ "$output$stderr" == *'write the profile again: capmin run IMAGE --probe FILE -o PROFILE'* ]]
}
