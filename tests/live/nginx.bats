#!/usr/bin/env bats
# Debian's nginx as its package leaves it: root, port 80, logs that belong to www-data.
# shellcheck disable=SC2154  # variables of the helper
load helper

@test "nginx needs NET_BIND_SERVICE only where low ports are privileged" {
  minimize nginx --probe "$images/nginx/probe.sh"
  expect_set_and_conditional "CHOWN DAC_OVERRIDE SETGID SETUID" NET_BIND_SERVICE
}

@test "nginx needs no NET_BIND_SERVICE under the engine's own ports" {
  minimize nginx --probe "$images/nginx/probe.sh" --ports engine
  expect_set CHOWN DAC_OVERRIDE SETGID SETUID
}

@test "each capability of nginx carries the line that led to it" {
  minimize nginx --probe "$images/nginx/probe.sh"
  expect_status 0
  line() { yaml "[r['line'] for r in p['reasons'] if r['name'] == '$1']"; }
  [[ "$(line CHOWN)" == *'chown("/var/lib/nginx/body"'* ]]
  [[ "$(line DAC_OVERRIDE)" == *'"/var/log/nginx/error.log" failed (13: Permission denied)'* ]]
  [[ "$(line NET_BIND_SERVICE)" == *'bind() to 0.0.0.0:80 failed (13: Permission denied)'* ]]
  [[ "$(line SETGID)" == *'setgid(33) failed'* ]]
  [[ "$(line SETUID)" == *'setuid(33) failed'* ]]
}

@test "the profile of nginx works in docker's own hands, and not without a member" {
  minimize nginx --probe "$images/nginx/probe.sh"
  expect_status 0
  works() {
    local id address answer=1 flags=()
    for capability in "$@"; do flags+=(--cap-add "$capability"); done
    id=$(docker run -d --cap-drop ALL "${flags[@]}" --sysctl net.ipv4.ip_unprivileged_port_start=1024 capmin-test-nginx)
    address=$(docker inspect -f '{{.NetworkSettings.IPAddress}}' "$id")
    answers() { [ -n "$address" ] && CAPMIN_IP=$address "$images/nginx/probe.sh"; }
    dead_or_answers() { answers || [ "$(docker inspect -f '{{.State.Running}}' "$id")" = false ]; }
    within 10 dead_or_answers && answers && answer=0
    docker rm -f -v "$id" >/dev/null
    return "$answer"
  }
  read -ra set <<<"$(yaml 'p["capabilities"]["add"]') NET_BIND_SERVICE"
  works "${set[@]}"
  run ! works "${set[@]:1}"
}
