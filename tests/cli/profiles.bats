#!/usr/bin/env bats
# The profiles of real services in the tree.

load helper

@test "the index says what the profiles say" {
  run diff <("$BATS_TEST_DIRNAME/../../scripts/make/profile-index") "$BATS_TEST_DIRNAME/../../profiles/README.md"
  [ "$output" = "" ]
  [ "$status" -eq 0 ]
}

@test "each profile in the tree is valid, and its probe is the file beside it" {
  cd "$BATS_TEST_DIRNAME/../../profiles"
  local count=0 profile
  for profile in *.yaml; do
    run --separate-stderr "$CAPMIN" diff "$profile" "$profile"
    [ "$status" -eq 0 ]
    grep -q "sha256: \"$(sha256sum <"${profile%.yaml}.sh" | cut -d' ' -f1)\"" "$profile"
    [ -e "images/${profile%.yaml}/Dockerfile" ]
    count=$((count + 1))
  done
  [ "$count" -ge 10 ]
}

@test "the batch verifies each profile in the tree" {
  cd "$BATS_TEST_DIRNAME/../../profiles"
  [ "$(sed -n 's/^  - {name: \(.*\), profile: \1.yaml, probe: \1.sh}$/\1.yaml/p' batch.yml)" = "$(printf '%s\n' *.yaml)" ]
}
