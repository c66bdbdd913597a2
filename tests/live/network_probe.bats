#!/usr/bin/env bats
# Probes without a file: requests, connections, lines for a shell.
# shellcheck disable=SC2154,SC2016  # variables of the helper; lines are for other shells
load helper

# A page that is served by a user other than root, on a port of its own.
serve='chown 1000 /www/index.html && exec httpd -f -p 8080 -h /www'

@test "a page of the container is asked without a script, and the profile says so and can be verified" {
  minimize busybox --probe http://:8080/ --expect hello -- sh -c "$serve"
  expect_set CHOWN
  [ "$(yaml 'p["probe"]["kind"], p["probe"]["check"], p["probe"]["expect"]')" = "network http://:8080/ hello" ]
  capmin verify --full "$profile"
  expect_status 0
}

@test "a status and a text are expected of the page, and what came instead is told" {
  minimize busybox --probe http://:8080/none --expect-status 404 -- sh -c "$serve"
  expect_set CHOWN
  minimize busybox --probe http://:8080/none --timeout 2 -- sh -c "$serve"
  expect_status 3
  [[ "$stderr" =~ http://[0-9.]+:8080/none:\ HTTP\ status\ 404 ]]
  minimize busybox --probe http://:8080/ --expect goodbye --timeout 2 -- sh -c "$serve"
  expect_status 3
  expect_stderr "but the body lacks what --expect names"
}

@test "a server that takes a request and never answers it fails its trial once, at the deadline" {
  minimize nginx --probe http://:80/ --evidence logs -j 1
  expect_set_and_conditional "CHOWN DAC_OVERRIDE SETGID SETUID" NET_BIND_SERVICE
  # The master listens, and no worker is there to answer.
  expect_stderr "setuid(33) failed"
  [ "$(yaml "[s for s in p['search'] if s['verdict'] == 'undecided']")" = "" ]
}

@test "a port of this host is that which each trial publishes" {
  minimize busybox -p 28471:8080 -j 2 --probe http://localhost:28471/ -- sh -c "$serve"
  expect_set CHOWN
  minimize busybox --probe http://localhost:28471/ -- sh -c "$serve"
  expect_status 2
  expect_stderr "which no --publish gives to the container"
}

@test "a port that accepts connections is enough for tcp, and nothing else is said of it" {
  minimize busybox --probe tcp://:8080 -- sh -c "$serve"
  expect_set CHOWN
  minimize busybox --probe tcp://:8081 --timeout 2 -- sh -c "$serve"
  expect_status 3
  [[ "$stderr" =~ cannot\ connect\ to\ tcp://[0-9.]+:8081:\ Connection\ refused ]]
}

@test "a line for a shell runs on this host, or inside the container" {
  minimize busybox --probe 'cmd:curl -fsS -m 2 "http://$CAPMIN_IP:8080/" | grep -q hello' -- sh -c "$serve"
  expect_set CHOWN
  [ "$(yaml 'p["probe"]["kind"]')" = command ]
  capmin verify "$profile"
  expect_status 0
  minimize busybox --network none --probe-exec 'cmd:wget -q -O - http://127.0.0.1:8080/ | grep -q hello' -- sh -c "$serve"
  expect_set CHOWN
  [ "$(yaml 'p["probe"]["kind"]')" = exec-command ]
  minimize busybox --oneshot --probe 'cmd:[ "$CAPMIN_EXIT_STATUS" = 0 ]' -- chown 1000 /www
  expect_set CHOWN
  [ "$(yaml 'p["probe"]["kind"]')" = oneshot ]
}

@test "https is asked with the certificate looked at, or with any" {
  local work=$BATS_TEST_TMPDIR
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key" -out "$work/crt" -days 2 -subj /CN=nobody 2>/dev/null
  openssl s_server -accept 28443 -key "$work/key" -cert "$work/crt" -www -quiet >/dev/null 2>&1 3>&- &
  local server=$!
  minimize busybox --network host --probe https://localhost:28443/ --insecure -- sleep 100
  kill -0 "$server"
  expect_set
  minimize busybox --network host --probe https://localhost:28443/ --timeout 2 -- sleep 100
  kill "$server"
  expect_status 3
  expect_stderr "TLS failed: certificate verify failed"
}

@test "without a probe the error names those that fit the image, and one can be begun" {
  capmin run capmin-test-nginx
  expect_status 2
  expect_stderr "the image exposes 80/tcp"
  expect_stderr "--probe http://:80/"
  capmin probe capmin-test-nginx -o "$BATS_TEST_TMPDIR/health.sh"
  expect_status 0
  minimize nginx --probe "$BATS_TEST_TMPDIR/health.sh" --max-trials 1
  expect_stderr "pass  baseline"
  capmin probe capmin-test-nginx -o "$BATS_TEST_TMPDIR/health.sh"
  expect_status 8
  expect_stderr "there is a file $BATS_TEST_TMPDIR/health.sh already"
}
