#!/usr/bin/env bats
# Small images whose minimal set is known, and every form of probe.
# shellcheck disable=SC2154  # variables of the helper
load helper
load sets

@test "F36: a static page as a user without privileges needs nothing, in one trial beyond the baseline" {
  local probe
  probe=$(probe_script probe.sh <<PROBE
#!/bin/sh
echo "\$CAPMIN_CONTAINER" >>"$probed"
exec "$images/static/probe.sh"
PROBE
  )
  minimize static --probe "$probe"
  expect_set
  [ "$(count_probed)" = 2 ]
}

@test "a job that gives a file away needs CHOWN" { file_given_away_needs_chown; }

@test "a job that changes its root directory needs SYS_CHROOT" { changed_root_needs_sys_chroot; }

@test "the same facts give the same profile, apart from what it says about the run" {
  minimize chown --probe exit
  expect_set CHOWN
  mv "$profile" "$profile.first"
  minimize chown --probe exit
  expect_set CHOWN
  diff <(sed '/^run:/,$d' "$profile.first") <(sed '/^run:/,$d' "$profile")
}

@test "the command after -- replaces the image's own" {
  minimize chown --probe exit -- true
  expect_set
}

@test "the image's own health check is a probe" { health_check_is_a_probe; }

@test "a health check probe on an image without one is refused" {
  minimize static --probe healthcheck
  expect_status 2
  expect_no_profile
}

@test "a probe runs inside the container" { probe_runs_inside; }

@test "a probe of a job runs after its end and sees a silent loss" { probe_of_a_job_runs_after_its_end; }

@test "of several ways to own a spool one is proven" {
  minimize spool --probe "$images/spool/probe.sh"
  expect_status 0
  [[ "$(yaml 'p["capabilities"]["add"]')" =~ ^(CHOWN|FOWNER|DAC_OVERRIDE)$ ]]
}

@test "a denied capability is never granted" {
  minimize spool --probe "$images/spool/probe.sh" --deny CHOWN,DAC_OVERRIDE
  expect_set FOWNER
}

@test "the host probe learns the container, its address, the phase and the trial" {
  local probe
  probe=$(probe_script probe.sh <<'PROBE'
#!/bin/sh
docker inspect "$CAPMIN_CONTAINER" >/dev/null && docker inspect "$CAPMIN_NAME" >/dev/null || exit 1
[ "$CAPMIN_PHASE" = start ] && [ -n "$CAPMIN_TRIAL" ] && [ "$CAPMIN_ENGINE" = docker ] || exit 1
curl -fsS -m 2 "http://$CAPMIN_IP:8080/"
PROBE
  )
  minimize static --probe "$probe"
  expect_set
}

@test "a dry run prints the argument vectors and starts nothing" {
  local probe
  probe=$(printf '#!/bin/sh\necho probed >>"%s"\n' "$probed" | probe_script probe.sh)
  minimize static --probe "$probe" --dry-run
  expect_status 0
  [[ "$output$stderr" == *--cap-drop* ]]
  [ "$(count_probed)" = 0 ]
  expect_no_profile
}
