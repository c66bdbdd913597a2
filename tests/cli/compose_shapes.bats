#!/usr/bin/env bats
# Sets in Compose files of many shapes: docker-compose reads exactly them, and else what it read.
# shellcheck shell=bash disable=SC2154  # status, output and stderr are set by run

bats_require_minimum_version 1.5.0

setup() {
  root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  CAPMIN=${CAPMIN:-$root/build/capmin}
  shapes=$root/tests/golden/shapes
  cd "$BATS_TEST_TMPDIR" || return 1
}

# written: the lines of the index whose sets can be written.
written() { grep -v -e '^#' -e refused "$shapes/index.txt"; }

# config FILE OUTPUT: what docker-compose reads.
config() { docker-compose --project-directory "$shapes" -f "$1" config >"$2" 2>errors || { cat errors; return 1; }; }

# before NAME: what docker-compose reads of the shape, asked once for all tests.
before() {
  before=$BATS_FILE_TMPDIR/$1
  [ -s "$before" ] || config "$shapes/$1.yaml" "$before"
}

# expect_sets BEFORE AFTER SERVICE=CAPABILITIES...: two outputs of docker-compose differ in the lists
# of these services only, and those are the sets.
expect_sets() {
  /usr/bin/python3 - "$@" <<'PYTHON'
import sys, yaml
before, after = (yaml.safe_load(open(path, encoding="utf-8")) for path in sys.argv[1:3])
for word in sys.argv[3:]:
    service, names = word.split("=")
    before["services"][service].pop("cap_add", None)
    before["services"][service].pop("cap_drop", None)
    added = after["services"][service].pop("cap_add", [])
    dropped = after["services"][service].pop("cap_drop")
    assert {name.removeprefix("CAP_") for name in added} == set(filter(None, names.split(","))), (word, added)
    assert [name.upper() for name in dropped] == ["ALL"], (word, dropped)
assert before == after, (before, after)
PYTHON
}

@test "docker-compose reads the sets that were written into twenty shapes, and no other change" {
  [ "$(grep -vc '^#' "$shapes/index.txt")" -ge 20 ]
  while read -r name sets; do
    echo "$name"
    before "$name"
    config "$shapes/$name.after.yaml" after
    # shellcheck disable=SC2086  # words
    expect_sets "$before" after $sets
  done < <(written)
}

@test "docker-compose reads what --merge put into each service of them, or the line is named" {
  local name sets word service set four=CHOWN,DAC_OVERRIDE,SETGID,SETUID merged refused=
  while read -r name sets; do
    echo "$name"
    cp "$shapes/$name.yaml" compose.yaml
    before "$name"
    merged=()
    for word in $sets; do
      service=${word%%=*}
      cp compose.yaml unchanged
      run --separate-stderr "$CAPMIN" export "$root/tests/golden/profile.yaml" --format compose \
        --merge compose.yaml --service "$service" --in-place
      if [ "$status" = 0 ]; then
        # In the host's network ports below 1024 are privileged.
        set=$four
        if grep -q 'network_mode: host' compose.yaml; then set+=,NET_BIND_SERVICE; fi
        merged+=("$service=$set")
      else
        [ "$status" = 2 ]
        [[ "$stderr" =~ ^error:\ compose.yaml:[0-9]+:[0-9]+:\  ]] || { echo "$stderr"; return 1; }
        cmp compose.yaml unchanged
        refused+=" $name:$service"
      fi
    done
    config compose.yaml after
    expect_sets "$before" after "${merged[@]}"
  done < <(written)
  # Other services take these over.
  [ "$refused" = " shared_body:web" ] || { echo "$refused"; return 1; }
}
