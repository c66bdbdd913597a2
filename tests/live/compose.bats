#!/usr/bin/env bats
# Stacks: the services of a Compose file, each in the company that it needs.
# shellcheck disable=SC2154,SC2016,SC2034  # variables of the helper; scripts of containers are not expanded here
load helper
load compose

setup_file() { command -v docker-compose >/dev/null || skip "there is no docker-compose"; }

setup() {
  timeout 10 docker version >/dev/null 2>&1 || skip "no engine answers"
  stack=$BATS_TEST_TMPDIR/stack
  profiles=$BATS_TEST_TMPDIR/profiles
  profile=$profiles/none.yaml
  mkdir "$stack"
}

teardown() { within 20 nothing_is_left; }

# A server, a job that others wait for, and a server in front that needs both.
three_services() {
  probe web.sh \
    '[ "$CAPMIN_SERVICE" = web ] || exit 1' \
    'echo "$CAPMIN_PROJECT $CAPMIN_IP_DB $CAPMIN_PORT_DB_80 $CAPMIN_PORT_WEB_80" >>"$(dirname "$0")/told"' \
    'busybox wget -q -O- "http://$CAPMIN_IP_DB/" && busybox wget -q -O- "http://127.0.0.1:$CAPMIN_PORT_WEB_80/" &&' \
    'busybox wget -q -O- "http://127.0.0.1:$CAPMIN_PORT_DB_80/"'
  cat >"$stack/compose.yaml" <<'YAML'
# The front.
services:
  web:   # served
    image: capmin-test-busybox
    command: ["sh", "-c", "touch /data/owned && test \"$$(stat -c %u /data/owned)\" = 0 && echo web >/tmp/index.html && exec httpd -f -p 80 -h /tmp"]
    container_name: fixed-name
    restart: always
    ports: ["18080:80"]
    volumes: [data:/data]
    depends_on:
      db: {condition: service_healthy}
      migrate: {condition: service_completed_successfully}
    x-capmin: {probe: ./web.sh}
  migrate:
    image: capmin-test-busybox
    command: ["sh", "-c", "touch /data/file && chown 5:5 /data/file"]
    volumes: [data:/data]
    depends_on:
      db: {condition: service_healthy}
  db:
    image: capmin-test-busybox
    command: ["sh", "-c", "echo db >/tmp/index.html && exec httpd -f -p 80 -h /tmp"]
    ports: ["18081:80"]   # the same port of a container as that of web
    healthcheck: {test: ["CMD", "wget", "-q", "-O-", "http://127.0.0.1/"], interval: 1s, retries: 20}
  idle:
    image: capmin-test-busybox
    command: ["sleep", "1000"]
volumes:
  data: {}
YAML
}

@test "services are minimized beside what they depend on, and proven together" {
  three_services
  cp "$stack/compose.yaml" "$BATS_TEST_TMPDIR/before"
  compose -j 2
  expect_status 0
  # Docker opens low ports, so that none is needed for them there.
  [ "$(set_of web)" = "" ]
  [ "$(set_of db)" = "" ]
  [ "$(set_of migrate)" = CHOWN ]
  [ "$(in_profile web 'p["stack"]["companions"]')" = "['db', 'migrate']" ]
  [ "$(in_profile web 'p["stack"]["joint"]')" = passed ]
  [ "$(in_profile db '[c["name"] for c in p["capabilities"]["conditional"]]')" = "['NET_BIND_SERVICE']" ]
  [ "$(in_profile db 'p["probe"]["kind"]')" = healthcheck ]
  [ "$(in_profile migrate 'p["probe"]["kind"]')" = exit ]
  expect_stderr "the service idle is left alone: it has no probe"
  # The result on standard output differs in capabilities alone; the file is as it was.
  cmp "$stack/compose.yaml" "$BATS_TEST_TMPDIR/before"
  printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/after"
  diff <(grep -v '^ *cap_' "$BATS_TEST_TMPDIR/after") "$BATS_TEST_TMPDIR/before"
  [ "$(in_file "$BATS_TEST_TMPDIR/after" '[s["web"]["cap_drop"], s["migrate"]["cap_add"], s["idle"].get("cap_drop")]')" = "[['ALL'], ['CHOWN'], None]" ]
  # Every trial had ports and addresses of its own.
  [ "$(awk '{ print NF }' "$stack/told" | sort -u)" = 4 ]
  grep -q "^capmin-[0-9a-f]\{8\}-[0-9]* " "$stack/told"
  run ! grep -qE ' 1808[01]( |$)' "$stack/told"
  [ -s "$profiles/report.html" ]
  # What was found is verified in the same company.
  capmin verify "$profiles/web.yaml" "$profiles/migrate.yaml" --full
  expect_status 0
  # A batch does the same with the file, and with the profile.
  cp "$profiles/migrate.yaml" "$stack/old.yaml"
  sed -i "s|\".*compose.yaml\"|\"compose.yaml\"|" "$stack/old.yaml"
  cat >"$stack/batch.yaml" <<'YAML'
apiVersion: capmin/v1
kind: Batch
jobs:
  - {name: migrate, compose: compose.yaml, service: migrate, profile: new.yaml, mode: minimize}
  - {name: old, profile: old.yaml, mode: verify}
YAML
  capmin batch "$stack/batch.yaml"
  expect_status 0
  [ "$(/usr/bin/python3 -c 'import sys, yaml; p = yaml.safe_load(open(sys.argv[1])); print(p["capabilities"]["add"], p["stack"]["files"])' "$stack/new.yaml")" = "['CHOWN'] ['compose.yaml']" ]
}

@test "in place only capability lines change, and kept companions are told in the profile" {
  three_services
  cp "$stack/compose.yaml" "$BATS_TEST_TMPDIR/before"
  compose --in-place --keep-company --service web
  expect_status 0
  [ -z "$output" ]
  diff <(grep -v '^ *cap_' "$stack/compose.yaml") "$BATS_TEST_TMPDIR/before"
  [ "$(in_file "$stack/compose.yaml" '[s["web"]["cap_drop"], s["web"].get("cap_add"), s["db"].get("cap_drop")]')" = "[['ALL'], None, None]" ]
  [ "$(in_profile web 'p["stack"]["company"]')" = kept ]
  [[ "$(in_profile web 'p["warnings"]')" == *"--keep-company"* ]]
  # Two projects of web's search at the most: one with its company, one that proves all at once.
  [ "$(cut -d' ' -f1 "$stack/told" | sort -u | wc -l)" = 2 ]
}

# A job that gives a file to another user, and does not look whether that worked; a job of that user,
# and a server that is not made where that fails.
disagreeing_services() {
  cat >"$stack/compose.yaml" <<'YAML'
services:
  init:
    image: capmin-test-busybox
    command: ["sh", "-c", "touch /data/file; chown 5:5 /data/file; true"]
    volumes: [data:/data]
  fill:
    image: capmin-test-busybox
    user: "5:5"
    command: ["sh", "-c", "echo web >/data/file"]
    volumes: [data:/data]
    depends_on: {init: {condition: service_completed_successfully}}
  web:
    image: capmin-test-busybox
    command: ["httpd", "-f", "-p", "8000", "-h", "/data"]
    volumes: [data:/data]
    depends_on: {fill: {condition: service_completed_successfully}}
    x-capmin: {probe: "http://:8000/file", timeout: 5s}
volumes: {data: {}}
YAML
}

@test "sets that do not work together are named, and nothing is written into the file" {
  disagreeing_services
  cp "$stack/compose.yaml" "$BATS_TEST_TMPDIR/before"
  compose --in-place
  expect_status 3
  expect_stderr "joint proof failed: fill does not work together with init as they are now"
  expect_stderr "joint proof failed: web does not work together with init as they are now: it was not made, because of fill"
  cmp "$stack/compose.yaml" "$BATS_TEST_TMPDIR/before"
  [ "$(in_profile web '(p["stack"]["joint"], p["stack"]["disagrees"])')" = "('failed', ['init'])" ]
  [ "$(in_profile init 'p["stack"]["disagrees"]')" = "['fill', 'web']" ]
}

@test "a trial beside a companion that is lost tells nothing, and is repeated" {
  probe web.sh \
    'if [ "$CAPMIN_TRIAL" = 1 ] && mkdir "$(dirname "$0")/killed"; then' \
    '  docker kill "${CAPMIN_PROJECT}_db_1" >/dev/null' \
    'fi' \
    'busybox wget -q -O- "http://$CAPMIN_IP_DB:8000/"'
  cat >"$stack/compose.yaml" <<'YAML'
services:
  db: {image: capmin-test-busybox, command: [httpd, -f, -p, "8000", -h, /bin]}
  web:
    image: capmin-test-busybox
    command: [sleep, "1000"]
    depends_on: [db]
    x-capmin: {probe: ./web.sh, timeout: 5s}
YAML
  sed -i 's|http://$CAPMIN_IP_DB:8000/|&busybox|; s|-O-|-O/dev/null|' "$stack/web.sh"
  compose
  expect_status 0
  [ "$(set_of web)" = "" ]
  [ -d "$stack/killed" ]
  expect_stderr "the companion db ended with status 137 while web was on trial"
}

@test "a signal, and a kill, in the middle of a stack leave no container, network or volume" {
  three_services
  local signal
  for signal in INT KILL; do
    rm -f "$stack/told"
    timeout 300 "$CAPMIN" compose "$stack/compose.yaml" --service web >/dev/null 2>"$BATS_TEST_TMPDIR/said" 3>&- &
    local pid=$!
    within 120 test -e "$stack/told"
    kill -"$signal" "$(pgrep -P "$pid" -f 'compose .*--service web' || echo "$pid")"
    wait "$pid" || true
    within 60 nothing_is_left
  done
}

@test "a companion that does not come up is told with its log, and is not the service's fault" {
  cat >"$stack/compose.yaml" <<'YAML'
services:
  db:
    image: capmin-test-busybox
    command: ["sh", "-c", "echo no disk for this database >&2; exit 9"]
    healthcheck: {test: ["CMD", "true"], interval: 1s, retries: 2}
  web:
    image: capmin-test-busybox
    command: ["sleep", "1000"]
    depends_on: {db: {condition: service_healthy}}
    x-capmin: {probe: "cmd:true"}
YAML
  compose --service web
  expect_status 3
  expect_stderr "the service db, which web depends on, does not come up"
  expect_stderr "no disk for this database"
  [ ! -e "$profiles/web.yaml" ]
}

@test "what cannot be tried is told in a line" {
  cat >"$stack/compose.yaml" <<'YAML'
services:
  a: {image: capmin-test-busybox, privileged: true, x-capmin: {probe: "cmd:true"}}
  b: {image: capmin-test-busybox, pid: host, x-capmin: {probe: "cmd:true"}}
  c: {image: capmin-test-busybox}
YAML
  sed -i 's/busybox/busybox, command: [sleep, "9"]/' "$stack/compose.yaml"
  compose
  expect_status 2
  expect_stderr "the service a is left alone: privileged: true, "
  expect_stderr "the service b is left alone: pid: host, "
  expect_stderr "the service c is left alone: it has no probe"
  compose --service a
  expect_status 2
  expect_stderr "the service a cannot be tried: privileged: true, "
  compose --service nobody
  expect_status 2
  expect_stderr "there is no service nobody in the stack"
  compose --probe nobody=./x.sh
  expect_status 2
  echo 'services: {a: {image: x, privilegd: true}}' >"$stack/compose.yaml"
  compose
  expect_status 2
  expect_stderr "privilegd"
  echo 'services: {a: {image: x, depends_on: [b]}, b: {image: x, depends_on: [a]}}' >"$stack/compose.yaml"
  compose
  expect_status 2
  echo 'services: {a: {image: capmin-test-busybox, command: [sleep, "9"], x-capmin: {prob: ./x.sh}}}' >"$stack/compose.yaml"
  compose
  expect_status 2
  expect_stderr 'unknown key "prob"'
  echo 'this is no stack' >"$stack/compose.yaml"
  compose
  expect_status 2
  [ ! -e "$profiles/a.yaml" ]
}

@test "an image is built by Compose, and directories that are written to are copied" {
  # Compose names what it builds after the directory.
  stack=$BATS_TEST_TMPDIR/built$$
  mkdir -p "$stack/app" "$stack/state"
  echo untouched >"$stack/state/file"
  printf 'FROM capmin-test-busybox\nCMD ["sh", "-c", "echo new >/state/file && chown 5 /state/file"]\n' >"$stack/app/Dockerfile"
  cat >"$stack/compose.yaml" <<'YAML'
services:
  app:
    build: ./app
    volumes: [./state:/state]
YAML
  capmin compose "$stack/compose.yaml" -o "$profiles" --no-build --probe exit
  expect_status 6
  compose --probe exit
  expect_status 0
  [ "$(set_of app)" = CHOWN ]
  [ "$(cat "$stack/state/file")" = untouched ]
  docker rmi -f "built$$""_app" >/dev/null
}
