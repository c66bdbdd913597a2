#!/usr/bin/env bats
# An engine that is called over its socket: what it is asked, and what becomes of faults there.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
load helper

# The scripted engine with its API, for the runs of a test.
with_api() { export FAKE_SOCKET=yes DOCKER_HOST=unix://$FAKE_ENGINE_DIR/api; }

# requests [PATTERN]: what the API was asked, as far as it matches.
requests() { grep -E -- "${1:-}" "$FAKE_ENGINE_DIR/requests" 2>/dev/null || true; }
no_requests() { [ -z "$(requests)" ] || { requests; return 1; }; }

# by_both_ways STATUS ARG...: a run with the probe ARG... over the socket and by the client. Both end
# with STATUS and say the same, but for times and what is different in every run, such as whether the
# probe was asked before a container ended.
by_both_ways() {
  local wanted=$1 way
  shift
  for way in socket client; do
    if [ "$way" = client ]; then export CAPMIN_ENGINE_SOCKET=off; fi
    capmin run app:1 --timeout 20s "$@"
    expect_status "$wanted"
    printf '%s\n%s\n' "$output" "$stderr" |
      sed -E '/^run:/d; s/^[0-9:]{8} //; s/[0-9]+(\.[0-9]+)? ?(ms|s|min)\b/TIME/g; s/capmin-[0-9a-f]{8}/capmin-RUN/g; s/ +/ /g; s/; health.sh: exit status 7$//; /^ *health.sh: nobody answers$/d' >"$way"
  done
  unset CAPMIN_ENGINE_SOCKET
  [ -n "$(requests '/start$')" ]
  diff socket client
}

@test "with a socket the client is asked only for what nothing else can do" {
  with_api
  FAKE_NEEDS="CHOWN SETUID" minimize
  expect_set CHOWN SETUID
  [ -z "$(calls "^'(start|container|logs|wait|rm|exec|stop)'")" ]
  [ -n "$(requests '^POST /containers/capmin-.*/start$')" ]
  [ -n "$(requests '^POST /containers/capmin-.*/wait$')" ]
  [ -n "$(requests '^GET /containers/capmin-.*/json$')" ]
  [ -n "$(requests '^GET /containers/capmin-.*/logs\?stdout=1&stderr=1$')" ]
  [ -n "$(requests '^DELETE /containers/capmin-.*\?force=1&v=1$')" ]
}

@test "by both ways a run says the same, whether it finds a set or not" {
  with_api
  FAKE_NEEDS="CHOWN SETUID" by_both_ways 0 --probe ./health.sh
  FAKE_NEEDS="NET_ADMIN" by_both_ways 3 --probe ./health.sh
  FAKE_JOB=0 by_both_ways 0 --probe exit
}

@test "by both ways a program that cannot be executed is no engine trouble" {
  with_api
  export FAKE_START_STATUS=127
  export FAKE_START_ERROR='failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/app": stat /app: no such file or directory: unknown'
  by_both_ways 3 --probe ./health.sh
}

@test "by both ways an engine that refuses to start a container says why" {
  with_api
  FAKE_START_ERROR='error setting rlimit type 7: operation not permitted' by_both_ways 5 --probe ./health.sh
  FAKE_START_ERROR='driver failed programming external connectivity: address already in use' by_both_ways 5 --probe ./health.sh
}

@test "by both ways a probe runs inside" {
  with_api
  FAKE_NEEDS=CHOWN FAKE_HEALTHCHECK='{"Test":["CMD","true"]}' by_both_ways 0 --probe healthcheck
  [ -n "$(requests '^POST /exec/.*/start$')" ]
}

@test "another engine at the socket, or one that does not tell who it is, is not called" {
  with_api
  FAKE_API_ID=OTHER FAKE_NEEDS=CHOWN minimize
  expect_set CHOWN
  [ "$(requests)" = "GET /info" ]
  rm "$FAKE_ENGINE_DIR/requests"
  FAKE_API_ID='' FAKE_NEEDS=CHOWN minimize
  expect_set CHOWN
  [ "$(requests)" = "GET /info" ]
  FAKE_API_ID=OTHER capmin doctor
  expect_stdout "by the client: unix://$FAKE_ENGINE_DIR/api: another engine answers there than answers the client"
}

@test "trouble while the socket is tried leaves all to the client" {
  with_api
  local kind
  for kind in garbage half close error badjson; do
    rm -f "$FAKE_ENGINE_DIR/requests"
    FAKE_API_FAULT="GET /(info|version):$kind" FAKE_NEEDS=CHOWN minimize
    expect_set CHOWN
    [ "$(requests)" = "GET /info" ]
  done
  rm -f "$FAKE_ENGINE_DIR/requests"
  FAKE_API_FAULT=/version:error FAKE_NEEDS=CHOWN minimize
  expect_set CHOWN
  [ "$(requests)" = $'GET /info\nGET /version' ]
}

@test "CAPMIN_ENGINE_SOCKET=off leaves all to the client, and other words are refused" {
  with_api
  CAPMIN_ENGINE_SOCKET=off FAKE_NEEDS=CHOWN minimize
  expect_set CHOWN
  no_requests
  CAPMIN_ENGINE_SOCKET=of minimize
  expect_status 2
  expect_stderr "CAPMIN_ENGINE_SOCKET is 'of'"
}

@test "the doctor says which way calls go, and why" {
  with_api
  capmin doctor
  expect_status 0
  expect_stdout "calls                   over unix://$FAKE_ENGINE_DIR/api"
  unset DOCKER_HOST
  DOCKER_TLS_VERIFY=1 capmin doctor
  expect_stdout "calls                   by the client: the client's variables ask for TLS"
  capmin doctor --host ssh://box
  expect_stdout "calls                   by the client: the client alone can reach ssh://box"
  capmin doctor --context far
  expect_stdout "calls                   by the client: the client alone knows what --context leads to"
}

@test "F14: what is no reply of an engine's is engine trouble, never evidence" {
  with_api
  local request kind
  for request in 'POST .*/start' 'GET /containers/.*/json' 'GET .*/logs'; do
    for kind in garbage half close; do
      FAKE_API_FAULT="$request:$kind" FAKE_NEEDS=CHOWN minimize -q
      [ "$status" = 5 ] || { show_run; echo "$request $kind"; return 1; }
      [[ "$stderr" == "error: "* ]]
    done
  done
  for request in 'GET /containers/.*/json:badjson' 'GET /containers/.*/json:error' 'GET .*/logs:error' \
    'GET .*/logs:frames' 'GET .*/logs:cut'; do
    FAKE_API_FAULT=$request FAKE_NEEDS=CHOWN minimize -q
    [ "$status" = 5 ] || { show_run; echo "$request"; return 1; }
    [[ "$stderr" == "error: "* ]]
  done
}

@test "F14: one fault is one trial that is run again, and the set is right" {
  with_api
  local fault
  export FAKE_API_FAULTS=1
  for fault in 'POST .*/start:close' 'POST .*/start:half' 'GET /containers/.*/json:close' 'GET .*/logs:cut' 'DELETE .*:close'; do
    FAKE_API_FAULT=$fault FAKE_NEEDS=CHOWN minimize
    expect_set CHOWN
  done
}

@test "F7: an engine that hangs at its socket is given up at the deadline" {
  with_api
  SECONDS=0
  FAKE_API_FAULT='POST .*/start:hang' FAKE_NEEDS=CHOWN minimize --engine-timeout 1s
  expect_status 5
  expect_stderr 'docker did not answer in time'
  [ "$SECONDS" -lt 60 ]
}

@test "F14: a log without end over the socket takes bounded memory, and its both ends are read" {
  with_api
  { head -c 30000000 /dev/zero | tr '\0' x; echo; } >long.txt
  FAKE_LOG=$BATS_TEST_TMPDIR/long.txt FAKE_NEEDS=CHOWN minimize
  expect_set CHOWN
}
