#!/usr/bin/env bats
# What `capmin verify` says of profiles, and what it leaves alone.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
# shellcheck disable=SC2016,SC2119,SC2120  # scripts are written down, not expanded; options are optional
load helper

# found NEEDS [ARG...]: writes $profile of a program with these needs; the calls of that are forgotten.
found() {
  FAKE_NEEDS=$1 minimize -o "$profile" -q "${@:2}"
  expect_status 0
  : >"$FAKE_ENGINE_DIR/calls"
}
verify() { capmin verify "$profile" "$@"; }
count_created() { calls "^'create'" | wc -l; }
# changed SED: changes the profile.
changed() { sed -i "$1" "$profile"; }
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[int(sys.argv[1])][sys.argv[2]])' "$@" <<<"$output"; }

@test "a set that works is ok after one trial with exactly that set" {
  found "CHOWN SETUID"
  before=$(cat "$profile")
  FAKE_NEEDS="CHOWN SETUID" verify
  expect_status 0
  [[ "$output" == "ok            $profile: works with CHOWN SETUID" ]]
  [ "$(count_created)" = 1 ]
  calls "^'create'" | grep -F "'--cap-drop' 'ALL' '--cap-add' 'CHOWN' '--cap-add' 'SETUID'"
  [ "$(cat "$profile")" = "$before" ]
}

@test "a set that became too small is broken: two failures, with a pass of the ceiling between" {
  found CHOWN
  FAKE_NEEDS="CHOWN SETUID" verify
  expect_status 1
  expect_stdout "broken        $profile: the probe fails with CHOWN, 2 times out of 2, and passes with Docker's 14"
  expect_stdout "clue: SETUID"
  expect_stdout "setuid(33) failed"
  [ "$(count_created)" = 3 ]
}

@test "an image that fails with all capabilities is broken, and that is said" {
  found CHOWN
  FAKE_NEEDS="CHOWN SYSLOG" verify
  expect_status 1
  expect_stdout "broken        $profile: the probe fails even with Docker's 14 capabilities, 2 times out of 2"
}

@test "one failure is no drift: the probe contradicts itself" {
  found CHOWN
  script health.sh <<'PROBE'
if [ "$CAPMIN_TRIAL" = 0 ]; then exit 1; fi
PROBE
  changed "s/sha256: \"[0-9a-f]*\", scenario/sha256: \"$(sha256sum health.sh | cut -d' ' -f1)\", scenario/"
  FAKE_NEEDS=CHOWN verify --timeout 1s
  expect_status 4
  expect_stdout "unstable      $profile: the probe contradicts itself: with CHOWN it passed 1 and failed 1 times"
}

@test "--full proves each member again, and a smaller set is loose" {
  found "CHOWN SETUID"
  FAKE_NEEDS="CHOWN SETUID" verify --full
  expect_status 0
  expect_stdout "works with CHOWN SETUID; without any one of them the probe fails"
  # The set, and it without each member: the fewest that can prove it.
  [ "$(calls "^'create'" | grep -c "$(calls "^'create'" | tail -1 | grep -Eo 'capmin-[0-9a-f]{8}-')")" = 3 ]
  FAKE_NEEDS=CHOWN verify
  expect_status 0
  FAKE_NEEDS=CHOWN verify --full
  expect_status 1
  expect_stdout "loose         $profile: works with CHOWN SETUID; could drop SETUID"
  [ ! -e "$profile.new" ]
}

@test "an edited probe is stale, and broken where the set does not pass it" {
  found CHOWN
  echo '# edited' >>health.sh
  FAKE_NEEDS=CHOWN verify
  expect_status 1
  expect_stdout "stale         $profile: works with CHOWN; changed since the proof: probe.sha256"
  FAKE_NEEDS="CHOWN SETUID" verify
  expect_status 1
  expect_stdout "broken"
  expect_stdout "changed probe.sha256"
}

@test "another user of the image is stale" {
  found CHOWN
  FAKE_USER=1000 FAKE_NEEDS=CHOWN verify
  expect_status 1
  expect_stdout "stale"
  expect_stdout "changed image.user: (nothing) -> "
}

@test "another class of engine is stale, another version a note" {
  found CHOWN
  FAKE_PODMAN=yes FAKE_NEEDS=CHOWN verify --engine podman
  expect_status 1
  expect_stdout "stale"
  expect_stdout "changed environment.engine: docker -> podman"
  changed 's/^  version: .*/  version: "19"/'
  FAKE_NEEDS=CHOWN verify
  expect_status 0
  expect_stdout "ok  "
  expect_stdout "note environment.version: "
}

@test "the engine is the profile's, whatever else answers" {
  export FAKE_PODMAN=yes
  FAKE_DOCKER=no found CHOWN
  grep -q '^  engine: "podman"$' "$profile"
  FAKE_NEEDS=CHOWN verify
  expect_status 0
  expect_stdout "ok  "
}

@test "another image under the same name is ok-new-image" {
  found CHOWN
  changed 's/id: "sha256:4c0f/id: "sha256:0000/'
  FAKE_NEEDS=CHOWN verify
  expect_status 0
  expect_stdout "ok-new-image  $profile: works with CHOWN; the image is another one"
  [ ! -e "$profile.new" ]
}

@test "--image asks the engine for another image" {
  found CHOWN
  FAKE_NEEDS=CHOWN verify --image app:2
  expect_status 0
  calls "^'image' 'inspect'" | grep -F "'app:2'"
  expect_stdout "changed image.reference: "
  verify --image=-x
  expect_status 2
}

@test "--update writes beside the profile what was proven, and only where something changed" {
  found CHOWN
  FAKE_NEEDS=CHOWN verify --update
  expect_status 0
  [ ! -e "$profile.new" ]
  before=$(cat "$profile")
  FAKE_NEEDS="CHOWN SETUID" verify --update
  expect_status 1
  expect_stdout "broken"
  expect_stdout "works: CHOWN SETUID"
  expect_stdout "wrote $profile.new"
  [ "$(cat "$profile")" = "$before" ]
  grep -q '^  add: \["CHOWN", "SETUID"\]$' "$profile.new"
  FAKE_NEEDS="CHOWN SETUID" capmin verify --full "$profile.new"
  expect_status 0
}

@test "--in-place replaces a loose profile, in its own format" {
  FAKE_NEEDS="CHOWN SETUID" minimize --format json -o "$profile" -q
  FAKE_NEEDS=CHOWN verify --full --in-place
  expect_status 1
  expect_stdout "loose"
  [ "$(python3 -c 'import json, sys; print(json.load(sys.stdin)["capabilities"]["add"])' <"$profile")" = "['CHOWN']" ]
  [ ! -e "$profile.new" ]
  FAKE_NEEDS=CHOWN verify --full
  expect_status 0
}

@test "an edited probe is proven anew on request" {
  found CHOWN
  echo '# edited' >>health.sh
  FAKE_NEEDS=CHOWN verify --in-place
  expect_status 1
  expect_stdout "stale"
  FAKE_NEEDS=CHOWN verify
  expect_status 0
  expect_stdout "ok  "
}

@test "what cannot be proven is not written" {
  found CHOWN
  before=$(cat "$profile")
  FAKE_NEEDS="CHOWN SYSLOG" verify --in-place
  expect_status 1
  [ "$(cat "$profile")" = "$before" ]
  ln -s /nowhere/at/all "$profile.new"
  verify --update
  expect_status 8
  expect_stdout "error"
}

@test "the run is repeated with its options, command, user and scenario" {
  found CHOWN --user 7:8 --read-only --entrypoint '' --engine-arg --init --tmpfs /run \
    -v /data -p 8080:80 --hostname h --ports engine --settle 100ms -- serve 'a b'
  FAKE_NEEDS=CHOWN verify
  expect_status 0
  expect_stdout "ok  "
  options="'--user' '7:8' '--read-only' '--entrypoint' '' '--init' '--tmpfs' '/run' '--publish' '8080:80' '--hostname' 'h' '--volume' '/data' '--'"
  calls "^'create'" | grep -F -- "$options"
  calls "^'create'" | grep -F "'serve' 'a b'"
  [ -z "$(calls "'--network'")" ]
  [ -z "$(calls ip_unprivileged_port_start)" ]
}

@test "a capability beyond Docker's is granted because the profile holds it" {
  found NET_ADMIN --allow NET_ADMIN
  FAKE_NEEDS=NET_ADMIN verify
  expect_status 0
  expect_stdout "works with NET_ADMIN"
}

@test "an engine that begins to map users makes a profile stale, but no profile that does not say" {
  found CHOWN
  grep -q '^  userns_remap: false' "$profile"
  FAKE_USERNS=yes FAKE_NEEDS=CHOWN verify
  expect_status 1
  expect_stdout "changed environment.userns_remap: false -> true"
  changed '/^  userns_remap/d'
  FAKE_USERNS=yes FAKE_NEEDS=CHOWN verify
  expect_status 0
}

@test "each trial of a verification has a number of its own" {
  found NET_BIND_SERVICE
  changed 's/^  add: .*/  add: []/; s/^  conditional: \[\]/  conditional:\n    - {name: "NET_BIND_SERVICE", when: "net.ipv4.ip_unprivileged_port_start > 80"}/'
  for full in '' --full; do
    # shellcheck disable=SC2086  # one word or none
    verify $full
    # To the end of the search it is one that needs nothing, so that the profile is loose.
    [ "$status" -le 1 ]
    numbers=$(grep -oE '(pass|fail|----)  +(trial +[0-9]+|baseline)' <<<"$stderr")
    [ "$(wc -l <<<"$numbers")" -ge 2 ]
    [ -z "$(sort <<<"$numbers" | uniq -d)" ]
  done
}

@test "a condition is tried from both sides" {
  found NET_BIND_SERVICE
  # The scripted program needs it whatever the ports are, so the profile has no condition yet.
  changed 's/^  add: .*/  add: []/; s/^  conditional: \[\]/  conditional:\n    - {name: "NET_BIND_SERVICE", when: "net.ipv4.ip_unprivileged_port_start > 80"}/'
  FAKE_NEEDS=NET_BIND_SERVICE verify
  expect_status 1
  expect_stdout "broken        $profile: the probe fails without any capability, 2 times out of 2, and passes with Docker's 14 capabilities, under the engine's own settings for ports and ping"
  verify
  expect_status 0
}

@test "a variable's value comes from -e, from a file or from the environment" {
  found CHOWN -e TOKEN=hidden-value
  run ! grep -q hidden-value "$profile"
  export FAKE_NEEDS=CHOWN
  verify
  expect_status 2
  expect_stdout "error         $profile: the profile names variables without their values: TOKEN"
  expect_stdout "hint: give -e TOKEN=VALUE"
  no_calls
  verify -e TOKEN=another-value
  expect_status 0
  calls "^'create'" | grep -F "'--env' 'TOKEN=another-value'"
  refute_anywhere another-value
  echo 'TOKEN=of-a-file' >values
  verify --env-file values
  expect_status 0
  calls "^'create'" | grep -F "'--env' 'TOKEN=of-a-file'"
  TOKEN=ours verify
  expect_status 0
  calls "^'create'" | grep -F "'--env' 'TOKEN' "
}

@test "a probe is found beside its profile, from the working directory, or where --probe says" {
  found CHOWN
  export FAKE_NEEDS=CHOWN
  mkdir -p moved/elsewhere
  mv "$profile" health.sh moved/
  profile=moved/profile.yaml
  verify
  expect_status 0
  mv moved/health.sh health.sh
  verify
  expect_status 0
  mv health.sh moved/elsewhere/other.sh
  verify
  expect_status 2
  expect_stdout "there is no probe ./health.sh"
  expect_stdout "hint: say where it is with --probe FILE"
  verify --probe moved/elsewhere/other.sh
  expect_status 0
  expect_stdout "ok  "
}

@test "of several probes the one that was proven is taken" {
  found CHOWN
  export FAKE_NEEDS=CHOWN
  mkdir moved
  cp "$profile" moved/
  script moved/health.sh <<<'exit 1'
  profile=moved/profile.yaml
  verify
  expect_status 0
  expect_stdout "ok  "
}

@test "a file of variables is found beside the profile" {
  echo 'A=of-the-file' >values
  found CHOWN --env-file values
  mkdir moved
  mv "$profile" health.sh values moved/
  profile=moved/profile.yaml
  FAKE_NEEDS=CHOWN verify
  expect_status 0
  expect_stdout "ok  "
  calls "^'create'" | grep -F "'--env-file' 'moved/values'"
}

@test "a profile that had to be cleaned cannot be run again, and says of what" {
  found CHOWN -- sh -c $'a\nb'
  verify
  expect_status 2
  expect_stdout "as it was given: command"
  no_calls
}

@test "trouble with one profile does not stop the others, and the worst counts" {
  found CHOWN
  cp "$profile" second.yaml
  echo 'kind: Something' >bad.yaml
  export FAKE_NEEDS="CHOWN SETUID"
  capmin verify "$profile" bad.yaml missing.yaml second.yaml --format json
  expect_status 2
  [ "$(field 0 status)$(field 0 exit)" = broken1 ]
  [ "$(field 1 status)$(field 1 exit)" = error2 ]
  [ "$(field 2 status)$(field 2 exit)" = error2 ]
  [ "$(field 3 status)$(field 3 exit)" = broken1 ]
  FAKE_IMAGE=nowhere capmin verify bad.yaml "$profile"
  expect_status 6
  expect_stdout "error         bad.yaml: bad.yaml:1:1: "
  expect_stdout "pull access denied"
}

@test "engine trouble is an error, never drift" {
  found CHOWN
  FAKE_DOCKER=no verify
  expect_status 5
  expect_stdout "error  "
  FAKE_NEEDS="CHOWN SETUID" FAKE_FAULT="container inspect:error:boom" verify
  expect_status 5
  expect_stdout "error         $profile: no trial with CHOWN could be judged, in 3 attempts"
  FAKE_NEEDS="CHOWN SETUID" FAKE_FAULT="container inspect:killed" FAKE_FAULT_CALLS=1 verify
  expect_status 1
  expect_stdout "broken"
}

@test "-q prints the answer alone" {
  found CHOWN
  FAKE_NEEDS=CHOWN verify -q
  expect_status 0
  [ -z "$stderr" ]
  expect_stdout "ok  "
}

@test "Ctrl-C removes the containers and writes nothing" {
  found CHOWN
  FAKE_NEEDS=CHOWN FAKE_FAULT=start:hold env --default-signal=INT \
    "$CAPMIN" verify "$profile" >out 2>err 3>&- &
  pid=$!
  within 10 held
  kill -INT "$pid"
  open_gate
  end_run 20
  expect_status 130
  [ -z "$output" ]
  expect_stderr "interrupted"
}

@test "arguments that are not understood are usage errors" {
  found CHOWN
  for arguments in "" "$profile --what" "$profile --update --in-place" "$profile $profile --image x" \
    "$profile $profile --probe x" "$profile --confirm 0" "$profile --format yaml" "$profile --probe none.sh"; do
    # shellcheck disable=SC2086  # words
    capmin verify $arguments
    expect_status 2
  done
  no_calls
}
