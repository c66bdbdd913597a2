#!/usr/bin/env bats
# What lies outside of the containers and is met by all of them.
# shellcheck disable=SC2154,SC2016  # variables of the helper; scripts are written down, not expanded
load helper

# A network with a database beside the trials: it remembers one thing, whether something was
# installed, and tells it over HTTP.
setup_file() {
  timeout 10 docker version >/dev/null 2>&1 || return 0
  export NEIGHBOURS=capmin-test-neighbours-$BATS_ROOT_PID DATABASE=capmin-test-database-$BATS_ROOT_PID
  docker network create "$NEIGHBOURS" >/dev/null
  docker run -d --name "$DATABASE" --network "$NEIGHBOURS" --network-alias db capmin-test-busybox sh -c '
    mkdir -p /www/cgi-bin
    printf "#!/bin/sh\necho; touch /www/installed\n" >/www/cgi-bin/install
    chmod +x /www/cgi-bin/install
    exec httpd -f -p 80 -h /www' >/dev/null
}

teardown_file() {
  [ -n "${NEIGHBOURS:-}" ] || return 0
  docker rm -f "$DATABASE" >/dev/null
  docker network rm "$NEIGHBOURS" >/dev/null
}

# The first start, when the database knows of none, gives the data away.
service=(sh -c 'wget -q -O /dev/null http://db/installed || (touch /data && chown 1000 /data && wget -q -O /dev/null http://db/cgi-bin/install) || exit 1; exec httpd -f -p 8080 -h /www')

forget() { docker exec "$DATABASE" rm -f /www/installed; }

# service_probe: the path of a probe that asks for the service's page.
service_probe() {
  probe_script probe.sh <<'PROBE'
#!/bin/sh
curl -fsS -m 2 "http://$CAPMIN_IP:8080/" | grep -q '^hello$'
PROBE
}

@test "trials that share the host's network run one at a time, and none is judged by another's server" {
  probe=$(probe_script probe.sh <<'PROBE'
#!/bin/sh
curl -fsS -m 2 http://127.0.0.1:28417/ | grep -q '^hello$'
PROBE
  )
  # Without CHOWN it stays up and serves nothing.
  minimize busybox --network host --evidence logs -j 2 --probe "$probe" -- \
    sh -c 'chown 1000 /www/index.html || exec sleep 100; exec httpd -f -p 28417 -h /www'
  expect_set CHOWN
  expect_stderr "one trial at a time: trials share the host's network (--network)"
  [ "$(yaml 'p["proof"]["guarantee"]')" = one-minimal ]
  [[ "$(yaml 'p["warnings"]')" == *"trials share the host's network (--network), which may remember"* ]]
}

@test "a neighbour that remembers the first start is told of, and nothing is claimed of other sets" {
  [ -z "$("$CAPMIN" doctor | sed -n 's/^kernel evidence  *no: //p')" ] || skip "no evidence from the kernel"
  forget
  minimize busybox --network "$NEIGHBOURS" --evidence kernel --probe "$(service_probe)" -- "${service[@]}"
  expect_status 0
  [ "$(yaml 'p["capabilities"]["add"]')" = "" ]
  [ "$(yaml 'p["proof"]["guarantee"]')" = one-minimal ]
  [[ "$(yaml 'p["warnings"]')" == *"CHOWN was used by the container's first start and never asked for again, neither"* ]]
  expect_stderr "warning: CHOWN was used by the container's first start"
  # The baseline, the empty set, and the baseline once more.
  [ "$(yaml 'p["run"]["trials"]')" = 3 ]
}

@test "--reset makes each trial a first start" {
  reset=$(probe_script reset.sh <<RESET
#!/bin/sh
echo "\$CAPMIN_TRIAL \$CAPMIN_PHASE" >>"$BATS_TEST_TMPDIR/resets"
exec docker exec "$DATABASE" rm -f /www/installed
RESET
  )
  minimize busybox --network "$NEIGHBOURS" --reset "$reset" -j 2 --probe "$(service_probe)" -- "${service[@]}"
  expect_set CHOWN
  expect_stderr "what $reset puts back (--reset)"
  [ "$(yaml 'p["reset"]["sha256"]')" = "$(sha256sum <"$reset" | cut -d ' ' -f 1)" ]
  [ "$(yaml 'len(p["warnings"])')" = 0 ]
  [ "$(wc -l <"$BATS_TEST_TMPDIR/resets")" = "$(yaml 'p["run"]["trials"]')" ]
  grep -qx "0 reset" "$BATS_TEST_TMPDIR/resets"
  : >"$BATS_TEST_TMPDIR/resets"
  capmin verify --full "$profile"
  expect_status 0
  [ -s "$BATS_TEST_TMPDIR/resets" ]
}
