#!/usr/bin/env bats
# The profiles of real services in the tree hold for images that are made now.
# shellcheck disable=SC2154  # variables of the helper
load helper

@test "every profile in the tree holds for the image of its service, and is not run twice" {
  "$root/scripts/make/services"
  # A checkout may be closed to the containers' users, for whom some probes are.
  cp -r "$root/profiles" "$BATS_TEST_TMPDIR/profiles"
  chmod -R go=rX "$BATS_TEST_TMPDIR/profiles"
  run --separate-stderr "$CAPMIN" batch "$BATS_TEST_TMPDIR/profiles/batch.yml" --results "$BATS_TEST_TMPDIR/results"
  [ "$status" -eq 0 ] || { printf '%s\n%s\n' "$output" "$stderr"; return 1; }
  local count=0 file name
  for file in "$root"/profiles/*.yaml; do
    name=$(basename "$file" .yaml)
    [[ "$output" =~ (ok|ok-new-image)\ +"$name": ]]
    count=$((count + 1))
  done
  [ "$count" -ge 10 ]
  run --separate-stderr "$CAPMIN" batch "$BATS_TEST_TMPDIR/profiles/batch.yml" --results "$BATS_TEST_TMPDIR/results"
  [ "$status" -eq 0 ]
  [[ "$output" == *"$count skipped, unchanged; 0 container runs"* ]]
}
