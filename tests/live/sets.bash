# What holds of small images with every engine, for `load sets`: each function is the body of a test.
# `minimize` chooses the engine.
# shellcheck shell=bash disable=SC2154  # variables of the helper

file_given_away_needs_chown() {
  minimize chown --probe exit
  expect_set CHOWN
}

changed_root_needs_sys_chroot() {
  minimize chroot --probe exit
  expect_set SYS_CHROOT
}

health_check_is_a_probe() {
  minimize healthcheck --probe healthcheck
  expect_set
}

probe_runs_inside() {
  minimize static --probe-exec "$(probe_inside static)"
  expect_set
}

probe_of_a_job_runs_after_its_end() {
  minimize setgid --oneshot --probe "$images/setgid/probe.sh"
  expect_set FSETID
}
