#!/usr/bin/env bats
# Images with several minimal sets, and what each level says of them.
# shellcheck disable=SC2154  # variables of the helper
load helper

alternatives() { yaml 'sorted(" ".join(a["grant"]) for a in p["proof"]["alternatives"])'; }
guarantee() { yaml 'p["proof"]["guarantee"]'; }
set_found() { yaml 'p["capabilities"]["add"]'; }

# A spool that any one of CHOWN, FOWNER and DAC_OVERRIDE opens. Its own messages lead to
# DAC_OVERRIDE, the heaviest of them.
spool() { minimize spool --probe "$images/spool/probe.sh" "$@"; }

# Another user's key: DAC_OVERRIDE reads it, and so does DAC_READ_SEARCH.
readkey() { minimize readkey --probe exit --allow DAC_READ_SEARCH "$@"; }

@test "--all-minimal finds the three ways to own a spool, each with the trial that shows it" {
  spool --all-minimal
  expect_status 0
  [ "$(guarantee)" = all-minimal ]
  [ "$(set_found) $(alternatives)" = "CHOWN DAC_OVERRIDE FOWNER" ]
  [ "$(yaml 'all(a["trial"] > 0 and a["times"] >= 1 for a in p["proof"]["alternatives"])')" = True ]
  [ "$(yaml 'p["proof"]["assumption"]')" = "a superset of a set that passes passes too" ]
  expect_stderr "or    DAC_OVERRIDE    another minimal set"
  expect_stderr "or    FOWNER          another minimal set"
  expect_stderr "proof: all-minimal"
}

@test "what --all-minimal found is all: without the three the whole ceiling fails" {
  spool --all-minimal
  expect_status 0
  [ "$(yaml 'any(len(c["grant"]) == 11 and not {"CHOWN", "FOWNER", "DAC_OVERRIDE"} & set(c["grant"]) for c in p["proof"]["cuts"])')" = True ]
}

@test "a substitute beyond Docker's default capabilities is found when it is allowed" {
  readkey --all-minimal
  expect_status 0
  [ "$(guarantee)" = all-minimal ]
  [ "$(set_found) $(alternatives)" = "DAC_OVERRIDE DAC_READ_SEARCH" ]
}

@test "a substitute beyond Docker's default capabilities is not tried unless allowed, but named" {
  minimize readkey --probe exit --all-minimal
  expect_status 0
  [ "$(set_found)" = DAC_OVERRIDE ]
  [ -z "$(alternatives)" ]
  expect_stderr "DAC_READ_SEARCH is weaker"
}

@test "--unique says unique where no other minimal set exists" {
  minimize chown --probe exit --unique
  expect_status 0
  [ "$(guarantee)" = unique ]
  [ "$(yaml '[t["without"] for t in p["proof"]["essential"]]')" = CHOWN ]
  [ "$(yaml 'len(p["proof"]["essential"][0]["grant"])')" = 13 ]
  expect_stderr "proof: unique"
}

@test "--unique shows another minimal set where there is one" {
  spool --evidence logs --unique
  expect_status 0
  [ "$(guarantee)" = one-minimal ]
  [ "$(set_found)" = DAC_OVERRIDE ]
  [[ "$(alternatives)" =~ ^(CHOWN|FOWNER)$ ]]
  expect_stderr "another minimal set"
}

@test "--least-risk replaces what the log led to by what is less risky" {
  spool --evidence logs
  expect_status 0
  [ "$(set_found)" = DAC_OVERRIDE ]
  spool --evidence logs --least-risk
  expect_status 0
  [ "$(guarantee)" = least-risk ]
  [ "$(set_found)" = CHOWN ]
}

@test "the output says that another set works when a trial has shown it" {
  readkey --evidence logs --least-risk
  expect_status 0
  [ "$(set_found)" = DAC_OVERRIDE ]
  [ "$(yaml '"DAC_READ_SEARCH" in p["proof"]["other"]["grant"]')" = True ]
  expect_stderr "another minimal set lies inside"
}
