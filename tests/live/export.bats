#!/usr/bin/env bats
# What capmin export writes, in the hands of those it is written for: the probe passes there, and
# the container holds the set and nothing else.
# shellcheck disable=SC2154  # variables of the helper
load helper

# The profile of nginx, found once.
setup_file() {
  export nginx_profile=$BATS_FILE_TMPDIR/nginx.yaml
  "${CAPMIN:-$BATS_TEST_DIRNAME/../../build/capmin}" run capmin-test-nginx \
    --probe "$BATS_TEST_DIRNAME/../images/nginx/probe.sh" -q -o "$nginx_profile"
}

# exported FORMAT ARG...: prints the profile of nginx in another tool's words.
exported() {
  local format=$1
  shift
  "$CAPMIN" export "$nginx_profile" --format "$format" "$@"
}

# CHOWN, DAC_OVERRIDE, SETGID and SETUID as a word of the kernel, and with NET_BIND_SERVICE.
four=00000000000000c3 five=00000000000004c3

# holds WORD PID: the process can get these capabilities and no others.
holds() {
  local word
  word=$(sed -n 's/^CapBnd:\t//p' "/proc/$2/status")
  [ "$word" = "$1" ] || { echo "process $2 has $word"; return 1; }
}

# expect_nginx CONTAINER: it answers the probe with its four capabilities.
expect_nginx() {
  local address
  address=$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$1")
  answers() { CAPMIN_IP=$address "$images/nginx/probe.sh"; }
  within 20 answers
  holds "$four" "$(docker inspect -f '{{.State.Pid}}' "$1")"
}

@test "docker runs with the exported arguments, and the probe passes" {
  for style in drop-all drop-unneeded; do
    read -ra arguments < <(exported docker-args --style "$style")
    container=$(docker run -d "${arguments[@]}" capmin-test-nginx)
    expect_nginx "$container" || { docker rm -f -v "$container"; return 1; }
    docker rm -f -v "$container"
  done
}

@test "docker-compose runs the exported file, and the probe passes" {
  exported compose -o "$BATS_TEST_TMPDIR/compose.yaml"
  compose() { docker-compose -p "capmin$$" -f "$BATS_TEST_TMPDIR/compose.yaml" "$@"; }
  local passed=0
  compose up -d || passed=1
  expect_nginx "$(compose ps -q)" || passed=1
  compose down -v
  [ "$passed" = 0 ]
}

# status_of PID: what the kernel lets the process do, without its names and numbers.
status_of() {
  grep -E '^(Uid|Gid|Groups|Cap[A-Z][a-z]+|NoNewPrivs|Seccomp):' "/proc/$1/status"
}

@test "docker and docker-compose run a hardened nginx as it was proven, without a capability" {
  local hardened=(--user 33:33 --read-only --security-opt no-new-privileges
    --tmpfs '/run:uid=33,gid=33' --tmpfs '/var/lib/nginx:uid=33,gid=33'
    --tmpfs '/var/log/nginx:uid=33,gid=33' --sysctl net.core.somaxconn=777)
  minimize nginx --probe "$images/nginx/probe.sh" --ports engine "${hardened[@]}"
  expect_set
  [[ "$stderr" == *'only Pod Security "privileged" admits a sysctl that is not safe'* ]]
  nginx_profile=$profile
  exported compose -o "$BATS_TEST_TMPDIR/compose.yaml"
  compose() { docker-compose -p "capmin$$" -f "$BATS_TEST_TMPDIR/compose.yaml" "$@"; }
  local passed=0 proven ran pid
  four=0000000000000000
  read -ra arguments < <(exported docker-args)
  container=$(docker run -d "${arguments[@]}" capmin-test-nginx)
  expect_nginx "$container" || passed=1
  proven=$(docker run --rm --cap-drop ALL "${hardened[@]}" --entrypoint cat capmin-test-nginx /proc/self/status |
    grep -E '^(Uid|Gid|Groups|Cap[A-Z][a-z]+|NoNewPrivs|Seccomp):')
  ran=$(status_of "$(docker inspect -f '{{.State.Pid}}' "$container")")
  [ "$ran" = "$proven" ] || { diff <(echo "$ran") <(echo "$proven"); passed=1; }
  docker rm -f -v "$container"
  compose up -d || passed=1
  container=$(compose ps -q)
  expect_nginx "$container" || passed=1
  pid=$(docker inspect -f '{{.State.Pid}}' "$container")
  ran=$(status_of "$pid")
  [ "$ran" = "$proven" ] || { diff <(echo "$ran") <(echo "$proven"); passed=1; }
  grep -q '^[^ ]* / [^ ]* ro,' "/proc/$pid/mounts" || passed=1
  grep -q '^tmpfs /var/lib/nginx .*uid=33,gid=33' "/proc/$pid/mounts" || passed=1
  [ "$(docker exec "$container" cat /proc/sys/net/core/somaxconn)" = 777 ] || passed=1
  compose down -v
  [ "$passed" = 0 ]
}

@test "docker-compose runs a file that the set was merged into" {
  printf '%s\n' 'services:' '  other:' '    image: capmin-test-hang' '  web: # ours' \
    '    image: capmin-test-nginx' '    cap_add: [SYS_TIME]' >"$BATS_TEST_TMPDIR/compose.yaml"
  exported compose --merge "$BATS_TEST_TMPDIR/compose.yaml" --service web --in-place
  compose() { docker-compose -p "capmin$$" -f "$BATS_TEST_TMPDIR/compose.yaml" "$@"; }
  local passed=0
  compose up -d web || passed=1
  expect_nginx "$(compose ps -q web)" || passed=1
  compose down -v
  [ "$passed" = 0 ]
}

@test "runc runs the exported process, where low ports are privileged, and the probe passes" {
  command -v runc >/dev/null || skip "runc is not installed"
  local bundle=$BATS_TEST_TMPDIR/bundle name=capmin-export-$$ id pid passed=0
  mkdir -p "$bundle/rootfs"
  id=$(docker create capmin-test-nginx)
  docker export "$id" | tar -x -C "$bundle/rootfs"
  docker rm "$id"
  runc spec --bundle "$bundle"
  exported oci -o "$BATS_TEST_TMPDIR/process.json"
  /usr/bin/python3 - "$bundle/config.json" "$BATS_TEST_TMPDIR/process.json" <<'PYTHON'
import json, sys
config, exported = (json.load(open(path)) for path in sys.argv[1:])
config["process"].update(exported["process"])
assert set(exported) <= {"process", "annotations"}, exported
config["process"].update(terminal=False, args=["nginx", "-g", "daemon off; error_log stderr;"])
config["root"]["readonly"] = False
config["annotations"] = exported["annotations"]
json.dump(config, open(sys.argv[1], "w"))
PYTHON
  runc run -d --bundle "$bundle" "$name" </dev/null >"$bundle/log" 2>&1 3>&- || { cat "$bundle/log"; return 1; }
  pid=$(runc state "$name" | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["pid"])')
  answers() { CAPMIN_IP=127.0.0.1 nsenter --target "$pid" --net "$images/nginx/probe.sh"; }
  within 10 answers || passed=1
  holds "$five" "$pid" || passed=1
  cat "$bundle/log"
  runc delete --force "$name"
  [ "$passed" = 0 ]
}
