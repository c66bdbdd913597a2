#!/usr/bin/env bats
# The profiles of real services in the tree hold for images that are made now.

load helper

@test "every profile in the tree holds for the image of its service" {
  "$root/scripts/services"
  run --separate-stderr "$CAPMIN" verify "$root"/profiles/*.yaml
  [ "$status" -eq 0 ]
  local profile count=0
  for profile in "$root"/profiles/*.yaml; do
    [[ "$output" =~ (ok|ok-new-image)\ +"$profile": ]]
    count=$((count + 1))
  done
  [ "$count" -ge 10 ]
}
