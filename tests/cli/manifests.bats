#!/usr/bin/env bats
# The ready manifests for many machines, scripts/make/manifests: read by parsers, their scripts run with a
# capmin that ends as it is told. The stack for a swarm is run by tests/live/swarm.bats.
# shellcheck disable=SC2154,SC2016  # variables of the helper; scripts that are not expanded here
load helper

manifests=$root/scripts/make/manifests

# value FILE EXPRESSION: evaluates a Python expression on a YAML file, as `d`; texts print as they are.
value() {
  /usr/bin/python3 - "$manifests/$1" "$2" <<'PYTHON'
import sys, yaml
with open(sys.argv[1], encoding="utf-8") as file:
    print(eval(sys.argv[2], {"d": yaml.safe_load(file)}))
PYTHON
}

# ends STATUS...: a capmin in front of the others that ends with each of these in turn, and then with 0.
ends() {
  printf '%s\n' "$@" 0 >statuses
  : >asked
  mkdir -p bin
  script bin/capmin <<EOC
echo "\$*" >>"$PWD/asked"
status=\$(head -n 1 "$PWD/statuses")
sed -i 1d "$PWD/statuses"
exit "\$status"
EOC
}
# shell SCRIPT: runs it with that capmin; sets status.
shell() { PATH=$PWD/bin:$PATH run --separate-stderr timeout 20 bash -eo pipefail -c "$1"; }
times_asked() { wc -l <asked; }

@test "systemd reads the service and the timer" {
  # As they are installed, with the modes of /usr/lib/systemd/system: a checkout has those of its umask.
  install -D -m 644 -t units "$manifests"/capmin-batch.*
  # The program that is tested stands for the one that is installed.
  sed -i "s,/usr/bin/capmin,$(realpath "$CAPMIN")," units/capmin-batch.service
  run systemd-analyze verify ./units/capmin-batch.service ./units/capmin-batch.timer
  echo "$output"
  [ "$status" = 0 ]
  [[ "$output" != *capmin-batch* ]]
  # It complains about what it does not know.
  sed -i 's/^RestartSec=.*/RestartSec=soon/; s/^Type=oneshot/Kind=oneshot/' units/capmin-batch.service
  run systemd-analyze verify ./units/capmin-batch.service
  [[ "$output" == *"Failed to parse sec value"*"soon"* ]]
  [[ "$output" == *"Unknown key 'Kind'"* ]]
}

@test "each manifest tries again what may go better elsewhere, and nothing else" {
  capmin help batch
  [[ "$output" == *"5 to 8 may go better on another machine or later, 1 to 4 will not."* ]]
  [ "$(sed -n 's/^RestartPreventExitStatus=//p' "$manifests/capmin-batch.service")" = "1 2 3 4 10" ]
  [ "$(value gitlab.yml 'd["batch"]["retry"]["exit_codes"]')" = "[5, 6, 7, 8]" ]
  [ "$(value kubernetes.yaml '[r["onExitCodes"]["values"] for r in d["spec"]["jobTemplate"]["spec"]["podFailurePolicy"]["rules"] if r["action"] == "FailIndex"]')" = "[[1, 2, 3, 4, 10]]" ]
  step=$(value github.yml '[s["run"] for s in d["jobs"]["batch"]["steps"] if s.get("name") == "capmin batch"][0]')
  export SHARD=2/3
  for final in 1 2 3 4 10; do
    ends "$final"
    shell "$step"
    [ "$status" = "$final" ]
    [ "$(times_asked)" = 1 ]
  done
  for retried in 5 6 7 8; do
    ends "$retried" 1
    shell "$step"
    [ "$status" = 1 ]
    [ "$(times_asked)" = 2 ]
    ends "$retried" "$retried" "$retried"
    shell "$step"
    [ "$status" = "$retried" ]
    [ "$(times_asked)" = 3 ]
  done
  [ "$(sort -u asked)" = "batch batch.yaml --shard 2/3 --results results" ]
  # Swarm starts what ends with any other status than 0 again.
  task=$(value swarm-stack.yml 'd["services"]["batch"]["command"][2].replace("$$", "$")')
  for status_of in 0:0 1:0 2:0 3:0 4:0 5:5 6:6 7:7 8:8 10:10 143:143; do
    ends "${status_of%:*}"
    shell "$task"
    [ "$status" = "${status_of#*:}" ]
    [ "$(times_asked)" = 1 ]
  done
}

@test "docker-compose reads the stack for a swarm" {
  CAPMIN_IMAGE=capmin:1 run docker-compose -f "$manifests/swarm-stack.yml" config
  echo "$output"
  [ "$status" = 0 ]
  [[ "$output" == *"mode: replicated-job"* ]]
  [[ "$output" == *"CAPMIN_TASK_SLOT: '{{.Task.Slot}}'"* ]]
}

@test "the job for Kubernetes has the fields of the API, and counts its parts once" {
  /usr/bin/python3 - "$manifests/kubernetes.yaml" <<'PYTHON'
import sys, jsonschema, yaml

def closed(required, **properties):
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}

any_, text, number = {}, {"type": "string"}, {"type": "integer", "minimum": 1}
names = {"type": "array", "items": text}
variable = closed(["name"], name=text, value=text, valueFrom=any_)
mount = closed(["name", "mountPath"], name=text, mountPath=text)
container = closed(
    ["name", "image"], name=text, image=text, args=names, command=names, restartPolicy={"const": "Always"},
    securityContext=any_, startupProbe=any_, env={"type": "array", "items": variable},
    volumeMounts={"type": "array", "items": mount})
# The rules of batch/v1 PodFailurePolicyRule: one of the two requirements, four actions.
rule = {"oneOf": [
    closed(["action", "onExitCodes"], action={"enum": ["FailJob", "FailIndex", "Ignore", "Count"]},
           onExitCodes=closed(["operator", "values"], containerName=text, operator={"enum": ["In", "NotIn"]},
                              values={"type": "array", "uniqueItems": True, "maxItems": 255,
                                      "items": {"type": "integer", "minimum": 1, "maximum": 255}})),
    closed(["action", "onPodConditions"], action={"enum": ["FailJob", "FailIndex", "Ignore", "Count"]},
           onPodConditions={"type": "array", "items": closed(["type", "status"], type=text, status={"enum": ["True", "False"]})})]}
pod = closed(
    ["restartPolicy", "containers"], restartPolicy={"const": "Never"}, topologySpreadConstraints=any_,
    initContainers={"type": "array", "items": container}, containers={"type": "array", "items": container},
    volumes={"type": "array", "items": {"type": "object", "required": ["name"]}})
job = closed(
    ["completionMode", "completions", "template"], completionMode={"const": "Indexed"}, completions=number,
    parallelism=number, backoffLimitPerIndex={"type": "integer", "minimum": 0}, activeDeadlineSeconds=number,
    podFailurePolicy=closed(["rules"], rules={"type": "array", "maxItems": 20, "items": rule}),
    template=closed(["metadata", "spec"], metadata=closed([], labels=any_), spec=pod))
schema = closed(
    ["apiVersion", "kind", "metadata", "spec"], apiVersion={"const": "batch/v1"}, kind={"const": "CronJob"},
    metadata=closed(["name"], name=text),
    spec=closed(["schedule", "jobTemplate"], schedule=text, concurrencyPolicy={"enum": ["Allow", "Forbid", "Replace"]},
                jobTemplate=closed(["spec"], spec=job)))
with open(sys.argv[1], encoding="utf-8") as file:
    document = yaml.safe_load(file)
jsonschema.validate(document, schema)
spec = document["spec"]["jobTemplate"]["spec"]
pods = spec["template"]["spec"]
(capmin,) = pods["containers"]
assert {v["name"]: v.get("value") for v in capmin["env"]}["CAPMIN_SHARDS"] == str(spec["completions"])
volumes = {v["name"] for v in pods["volumes"]}
for each in pods["containers"] + pods["initContainers"]:
    assert {m["name"] for m in each["volumeMounts"]} <= volumes
for each in spec["podFailurePolicy"]["rules"]:
    assert each.get("onExitCodes", {}).get("containerName", "capmin") == capmin["name"]
PYTHON
}

@test "the script of a pod begins with last night's results, and goes on with its own" {
  pod=$(value kubernetes.yaml 'd["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["command"][2]')
  mkdir -p batch shared results/last
  echo last >results/last/manifest.json
  pod=${pod//\/results/$PWD/results} pod=${pod//\/batch /$PWD/batch } pod=${pod//\/shared/$PWD/shared}
  export JOB_COMPLETION_INDEX=1 NIGHT=monday
  ends 5
  shell "$pod"
  [ "$status" = 5 ]
  [ "$(cat asked)" = "batch batch.yaml --results $PWD/results/1" ]
  [ "$(cat results/1/manifest.json)" = last ]
  echo own >results/1/manifest.json
  ends 0
  rm -r shared/batch
  shell "$pod"
  [ "$status" = 0 ]
  [ "$(cat results/1/manifest.json)" = own ]
  ends 0
  rm -r shared/batch
  NIGHT=tuesday shell "$pod"
  [ "$(cat results/1/manifest.json)" = last ]
}

@test "the workflow for GitHub and the pipeline for GitLab have as many parts as they say" {
  [ "$(value github.yml '"%d" % len(d["jobs"]["batch"]["strategy"]["matrix"]["shard"])')" = 3 ]
  [ "$(value github.yml '[s["env"]["SHARD"] for s in d["jobs"]["batch"]["steps"] if "env" in s]')" = "['\${{ matrix.shard }}/3']" ]
  [ "$(value github.yml 'd["jobs"]["batch"]["strategy"]["fail-fast"]')" = False ]
  [ "$(value gitlab.yml 'd["batch"]["parallel"]')" = 3 ]
  # Each key of a job is one that GitLab knows.
  [ "$(value gitlab.yml '{k for j in ("batch", "report") for k in d[j]} - {"stage", "parallel", "rules", "cache", "script", "retry", "artifacts", "needs"}')" = "set()" ]
}

@test "the reports join all parts and end as capmin merge does" {
  report=$(value github.yml '[s["run"] for s in d["jobs"]["report"]["steps"] if s.get("name") == "capmin merge"][0]')
  pipeline=$(value gitlab.yml '"\n".join(d["report"]["script"])')
  mkdir -p shards/shard-1 shards/shard-2 results/1 results/2
  for script in "$report" "$pipeline"; do
    for end in 0 1 7; do
      rm -rf last joined
      mkdir joined
      touch joined/manifest.json
      ends "$end"
      GITHUB_STEP_SUMMARY=$PWD/summary shell "$script"
      [ "$status" = "$end" ]
      [ -e last/manifest.json ]
    done
    head -n 1 asked
  done >heads
  [ "$(cat heads)" = "merge shards/shard-1 shards/shard-2 --results joined
merge results/1 results/2 --results joined --format junit" ]
  # Directories that do not go together leave nothing, and last night's results stay.
  rm -rf joined
  ends 2
  shell "$pipeline"
  [ "$status" = 2 ]
  [ -e last/manifest.json ]
}
