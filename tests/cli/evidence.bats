#!/usr/bin/env bats
# What a run says of traces. The engine is a script, which no kernel watches: the traces are those
# of a journal.
# shellcheck disable=SC2154  # variables of the helper
load helper

# trace JOURNAL: tells of each trial of the journal what the standard input has for its number.
trace() {
  /usr/bin/python3 - "$1" "$(cat)" <<'PYTHON'
import hashlib, json, re, sys
traces = json.loads(sys.argv[2])
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
with open(sys.argv[1], "w", encoding="utf-8") as file:
    for line in lines:
        found = re.fullmatch(r'\{"sum":"\w+","trial":(.*)\}', line)
        if found:
            trial = found[1]
            number = str(json.loads(trial)["number"])
            keys = ("capability", "result", "call", "process", "count")
            trace = {"checks": [dict(zip(keys, check)) for check in traces.get(number, [])],
                     "requests": [], "programs": [], "carried": 0, "lost": 0}
            assert '"trace":' not in trial
            trial = trial[:-1] + ',"trace":' + json.dumps(trace, separators=(",", ":")) + "}"
            line = '{"sum":"%s","trial":%s}' % (hashlib.sha256(trial.encode()).hexdigest()[:32], trial)
        file.write(line + "\n")
PYTHON
}

# traced ARG...: a run whose first four trials, the last one missing, were watched.
traced() {
  export FAKE_NEEDS="CHOWN SETUID"
  minimize -o "$profile" --evidence logs --max-trials 4
  expect_status 7
  trace "$profile.journal" <<<'{
    "0": [[0, 0, "chown", "app", 5], [7, 0, "setuid", "app", 1], [5, 0, "kill", "app", 3], [8, 0, "", "::x", 1]],
    "2": [[7, 2, "setuid", "app", 2], [7, 1, "setgroups", "app", 9]],
    "3": [[5, 2, "kill", "app", 2]]}'
  minimize -o "$profile" --evidence logs --resume "$@"
  expect_status 0
}

@test "reasons name the checks of the trial without a member, else those of the baseline" {
  traced
  /usr/bin/python3 - "$profile" <<'PYTHON'
import sys, yaml
p = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))
checks = {reason["name"]: reason["checks"] for reason in p["reasons"]}
assert checks == {"CHOWN": [{"call": "chown", "process": "app", "result": "granted"}],
                  "SETUID": [{"call": "setuid", "process": "app", "result": "denied-hard"}]}, checks
counts = [(c["name"], c["trial"], c["count"]) for c in p["run"]["checks"]]
assert counts == [("CHOWN", 0, 5), ("SETUID", 2, 2)], counts
assert p["run"]["unneeded"] == [
    {"name": "KILL", "call": "kill", "process": "app", "count": 3, "result": "denied-hard"},
    {"name": "SETPCAP", "process": "::x", "count": 1}], p["run"]["unneeded"]
PYTHON
}

@test "-v lists what was used but not needed at the end of a run" {
  traced -v
  expect_stderr "used but not needed, and what becomes of it without:
  KILL    kill by app, 3 times                    denied, and the call failed
  SETPCAP outside of system calls by ::x, once    not asked for again"
}

@test "without -v a run says nothing of what was used but not needed" {
  traced
  run ! grep "used but not needed" <<<"$stderr"
}

@test "a run that nobody watched tells of no checks" {
  FAKE_NEEDS=CHOWN minimize -o "$profile" -v
  expect_status 0
  run ! grep -E "checks|unneeded" "$profile"
  run ! grep "used but not needed" <<<"$stderr"
}

@test "checks and their numbers are no difference between two profiles" {
  traced
  sed -E '/^    checks:|^      - \{call/d; s/, checks: .*/}/' "$profile" >old.yaml
  run ! grep checks old.yaml
  capmin diff old.yaml "$profile"
  expect_status 0
}

@test "a report tells what the kernel saw, and what was used but not needed" {
  traced
  capmin report "$profile"
  [[ "$output" == *"| the kernel saw | \` setuid by app: denied, and the call failed; 2 times in trial 2 \` |"* ]]
  [[ "$output" == *"## Used, but not needed"*"| \`KILL\` | \` kill by app, 3 times \` | denied, and the call failed |"* ]]
}
