#!/usr/bin/env bats
# Profiles of real images, verified again: unchanged, changed, with another probe.
# shellcheck disable=SC2154,SC2016  # variables of the helper; scripts that are not expanded here
load helper

# An image of this test alone, which changes under its name.
image=capmin-test-verify:latest

# becomes NAME: the image of this test is capmin-test-NAME from now on.
becomes() { docker tag "capmin-test-$1" "$image"; }
remove_image() { docker image rm "$image" >/dev/null 2>&1 || true; }

# found PROBE ARG...: writes the profile of the test's image.
found() {
  capmin run "$image" -o "$profile" --probe "$@"
  expect_status 0
}
verify() { capmin verify "$profile" "$@"; }
expect_stdout() { [[ "$output" == *"$1"* ]] || { echo "standard output lacks: $1"; return 1; }; }

probe() { probe_script probe.sh <<<$'#!/bin/sh\ncurl -fsS -m 2 "http://$CAPMIN_IP:8080/" >/dev/null'; }

teardown_file() { remove_image; }

@test "a profile of nginx still holds, under the ports of both kinds" {
  minimize nginx --probe "$images/nginx/probe.sh"
  expect_status 0
  verify
  expect_status 0
  expect_stdout "ok            $profile: works with CHOWN DAC_OVERRIDE NET_BIND_SERVICE SETGID SETUID"
}

@test "an image that came to need more is broken, and --update finds the new set" {
  becomes static
  found "$(probe)"
  becomes volume
  verify
  expect_status 1
  expect_stdout "broken        $profile: the probe fails without any capability, 2 times out of 2, and passes with Docker's 14"
  expect_stdout "changed image.id"
  before=$(cat "$profile")
  verify --update
  expect_status 1
  [ "$(cat "$profile")" = "$before" ]
  grep -q '^  add: \["CHOWN"\]$' "$profile.new"
  capmin verify --full "$profile.new"
  expect_status 0
}

@test "an image that came to need less is loose with --full, and works without" {
  becomes volume
  found "$(probe)"
  becomes static
  verify
  expect_status 1
  expect_stdout "changed image.user"
  becomes silent
  verify
  expect_status 0
  expect_stdout "ok-new-image  $profile: works with CHOWN; the image is another one"
  verify --full
  expect_status 1
  expect_stdout "loose         $profile: works with CHOWN; could drop CHOWN"
}

@test "an image that never gets healthy is broken altogether" {
  becomes static
  found "$(probe)"
  becomes broken
  verify
  expect_status 1
  expect_stdout "the probe fails even with Docker's 14 capabilities, 2 times out of 2"
}

@test "an edited probe makes a profile stale, and --in-place proves it anew" {
  becomes volume
  found "$(probe)"
  echo '# edited' >>"$BATS_TEST_TMPDIR/probe.sh"
  verify
  expect_status 1
  expect_stdout "stale         $profile: works with CHOWN; changed since the proof: probe.sha256"
  verify --in-place
  expect_status 1
  verify --full
  expect_status 0
  expect_stdout "ok  "
}

@test "options and scenario are those of the profile: a restart is run again" {
  capmin run capmin-test-restart -o "$profile" --probe "$images/restart/probe.sh" --restart --timeout 20s
  expect_status 0
  [ "$(yaml 'p["capabilities"]["add"]')" = "CHOWN DAC_OVERRIDE" ]
  # Without the restart CHOWN alone would do, and DAC_OVERRIDE would be loose.
  verify --full
  expect_status 0
  expect_stdout "works with CHOWN DAC_OVERRIDE; without any one of them the probe fails"
}

@test "the options of the profile reach the container" {
  capmin run capmin-test-lowport -o "$profile" --probe "$images/lowport/probe.sh" \
    --read-only --tmpfs /tmp -e WHO=somebody --hostname verified --ports engine -- \
    sh -c '[ "$WHO $(hostname)" = "somebody verified" ] && ! touch /x 2>/dev/null && exec busybox httpd -f -p 80 -h /www'
  expect_status 0
  verify
  expect_status 2
  expect_stdout "without their values: WHO"
  WHO=somebody verify
  expect_status 0
  expect_stdout "ok  "
  verify -e WHO=nobody
  expect_status 1
  expect_stdout "broken"
}

@test "--image verifies another image with the profile's set" {
  becomes volume
  found "$(probe)"
  verify --image capmin-test-silent
  expect_status 0
  expect_stdout "ok-new-image"
  verify --image capmin-test-missing --pull never
  expect_status 6
}
