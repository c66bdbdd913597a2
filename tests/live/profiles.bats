#!/usr/bin/env bats
# The profiles of real services in the tree still hold. The images are those of scripts/services.
# shellcheck disable=SC2154  # variables of the helper
load helper

@test "every profile of the tree holds, and an unchanged batch costs nothing" {
  while read -r name; do
    docker image inspect "capmin-profile-$name" >/dev/null 2>&1 || skip "no image capmin-profile-$name: scripts/services"
  done < <(sed -n 's/^  - {name: \([a-z0-9]*\),.*/\1/p' "$root/profiles/batch.yml")
  results=$BATS_TEST_TMPDIR/results
  run --separate-stderr timeout 900 "$CAPMIN" batch "$root/profiles/batch.yml" --results "$results"
  expect_status 0
  [ "$(grep -cE '^ok(-new-image)? ' <<<"$output")" = 13 ]
  run --separate-stderr timeout 300 "$CAPMIN" batch "$root/profiles/batch.yml" --results "$results"
  expect_status 0
  [[ "$output" == *"13 skipped, unchanged; 0 container runs"* ]]
}
