#!/usr/bin/env bats
# What capmin export carries besides the capabilities, read by the tools that Debian has, and for
# those that it lacks compared with the fields of their references.
# shellcheck shell=bash disable=SC2154  # status, output and stderr are set by run

bats_require_minimum_version 1.5.0

setup() {
  root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  CAPMIN=${CAPMIN:-$root/build/capmin}
  cd "$BATS_TEST_TMPDIR" || return 1
}

# python ARG... <SCRIPT: Debian's, which has the parsers.
python() { /usr/bin/python3 - "$@"; }

# proven_with OPTION...: the profile of an image that needs nothing when its container runs with
# these options and the command nginx -g "daemon off;".
proven_with() {
  python "$root/tests/golden/profile.json" "$@" >profile.yaml <<'PYTHON'
import json, sys
profile = json.load(open(sys.argv[1], encoding="utf-8"))
profile["capabilities"].update(add=[], conditional=[])
profile["reasons"] = profile["warnings"] = []
profile["environment"].update(options=sys.argv[2:], command=["nginx", "-g", "daemon off;"], altered=[])
for option in sys.argv[2:]:
    if option.startswith("--user "):
        profile["image"]["user"] = option[len("--user "):]
print(json.dumps(profile).replace("\\ud83d\\udc33", ""))
PYTHON
}

# One of every option that every target has a word for, or a warning.
everything=('--env TZ' '--env-file settings.env' '--publish 8081:80' '--publish 53/udp' '--user 33:44'
  '--entrypoint /entry' '--sysctl net.core.somaxconn=777' '--tmpfs /run:uid=33,size=16m'
  '--workdir /work' '--ulimit nofile=555:666' '--memory 48m' '--pids-limit 234' '--hostname web-1'
  '--add-host other:10.9.8.7' '--shm-size 5m' '--device /dev/fuse' '--platform linux/amd64'
  '--security-opt no-new-privileges' '--security-opt label=type:container_t' '--read-only'
  '--volume /srv/data:/data:ro' '--volume kept:/kept' '--group-add=987' '--init')

# export_as FORMAT: the export of everything, into the file out.
export_as() {
  proven_with "${everything[@]}"
  run --separate-stderr "$CAPMIN" export profile.yaml --format "$1" -o out
  [ "$status" = 0 ] || { echo "$stderr"; return 1; }
}

@test "docker-compose reads every setting as it was" {
  export_as compose
  [[ "$stderr" != *"left out"* ]]
  mv out compose.yaml
  echo 'OTHER=1' >settings.env
  docker-compose -f compose.yaml config >config.yaml
  python <<'PYTHON'
import yaml
file = yaml.safe_load(open("config.yaml"))
service, = file["services"].values()
for key, value in {
        "user": "33:44", "read_only": True, "entrypoint": ["/entry"],
        "command": ["nginx", "-g", "daemon off;"], "working_dir": "/work", "hostname": "web-1",
        "security_opt": ["no-new-privileges:true", "label=type:container_t"],
        "tmpfs": ["/run:uid=33,size=16m"], "group_add": ["987"], "init": True,
        "ulimits": {"nofile": {"soft": 555, "hard": 666}}, "pids_limit": 234,
        "devices": ["/dev/fuse"], "extra_hosts": ["other:10.9.8.7"], "platform": "linux/amd64",
        "cap_drop": ["ALL"]}.items():
    assert service[key] == value, (key, service.get(key), value)
assert service["sysctls"] in (["net.core.somaxconn=777"], {"net.core.somaxconn": "777"}), service
assert set(service["environment"]) >= {"TZ"}, service
assert "48" in str(service["mem_limit"]) and "5" in str(service["shm_size"]), service
assert len(service["ports"]) == 2 and len(service["volumes"]) == 2, service
assert list(file["volumes"]) == ["kept"], file
PYTHON
}

@test "a Pod has fields of the Kubernetes API alone, with the types that they have there" {
  export_as kubernetes
  for option in '--env TZ' '--env-file' '--ulimit' '--pids-limit' '--device' '--init' 'uid=33'; do
    [[ "$stderr" == *"left out: $option"* ]]
  done
  python <<'PYTHON'
import yaml
# https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.30/: Pod, PodSpec,
# PodSecurityContext, Container, SecurityContext, Volume and what is below them.
text, whole, truth = str, int, bool
emptydir = {"medium": text, "sizeLimit": text}
container = {
    "name": text, "image": text, "command": [text], "args": [text], "workingDir": text,
    "ports": [{"containerPort": whole, "protocol": text}],
    "resources": {"limits": {"memory": text}},
    "volumeMounts": [{"name": text, "mountPath": text, "readOnly": truth}],
    "securityContext": {
        "allowPrivilegeEscalation": truth, "readOnlyRootFilesystem": truth,
        "runAsNonRoot": truth, "runAsUser": whole, "runAsGroup": whole,
        "seccompProfile": {"type": text, "localhostProfile": text},
        "appArmorProfile": {"type": text, "localhostProfile": text},
        "seLinuxOptions": {"type": text, "level": text, "role": text, "user": text},
        "capabilities": {"drop": [text], "add": [text]}}}
schema = {
    "apiVersion": text, "kind": text, "metadata": {"name": text},
    "spec": {
        "hostname": text, "hostNetwork": truth, "nodeSelector": None,
        "hostAliases": [{"ip": text, "hostnames": [text]}],
        "securityContext": {"supplementalGroups": [whole],
                            "sysctls": [{"name": text, "value": text}]},
        "containers": [container],
        "volumes": [{"name": text, "emptyDir": emptydir, "hostPath": {"path": text}}]}}
def check(value, fits, path):
    if fits is None:
        return
    if isinstance(fits, dict):
        assert isinstance(value, dict) and set(value) <= set(fits), (path, value)
        for key, each in value.items():
            check(each, fits[key], path + "." + key)
    elif isinstance(fits, list):
        assert isinstance(value, list) and value, (path, value)
        for each in value:
            check(each, fits[0], path)
    else:
        assert type(value) is fits, (path, value)
pod = yaml.safe_load(open("out"))
check(pod, schema, "Pod")
spec = pod["spec"]
container, = spec["containers"]
assert container["command"] == ["/entry"] and container["args"] == ["nginx", "-g", "daemon off;"]
assert container["securityContext"] == {
    "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "runAsNonRoot": True,
    "runAsUser": 33, "runAsGroup": 44, "seccompProfile": {"type": "RuntimeDefault"},
    "seLinuxOptions": {"type": "container_t"}, "capabilities": {"drop": ["ALL"]}}, container
assert container["ports"] == [{"containerPort": 80}, {"containerPort": 53, "protocol": "UDP"}]
assert container["resources"]["limits"]["memory"] == "48Mi"
assert spec["securityContext"]["supplementalGroups"] == [987]
assert {each["mountPath"]: each.get("readOnly", False) for each in container["volumeMounts"]} == {
    "/run": False, "/dev/shm": False, "/data": True, "/kept": False}
assert {each["name"] for each in container["volumeMounts"]} == {each["name"] for each in spec["volumes"]}
PYTHON
}

@test "a Quadlet file has keys of podman 4.4 alone, and podman's own words for the rest" {
  export_as quadlet
  [[ "$stderr" == *"left out: uid=33"* ]]
  python <<'PYTHON'
# podman-systemd.unit(5) of podman 4.4, "Container units".
known = {"AddCapability", "AddDevice", "DropCapability", "Exec", "Group", "Image", "Network",
         "NoNewPrivileges", "PodmanArgs", "PublishPort", "ReadOnly", "RunInit", "SeccompProfile",
         "User", "Volume"}
lines = [line for line in open("out").read().splitlines() if not line.startswith("#")]
assert lines[0] == "[Container]", lines
assert {line.split("=", 1)[0] for line in lines[1:]} <= known, lines
for line in ("User=33", "Group=44", "ReadOnly=yes", "NoNewPrivileges=yes", "RunInit=yes",
             "AddDevice=/dev/fuse", "PublishPort=8081:80", "Volume=/srv/data:/data:ro",
             "PodmanArgs=--env=TZ", "PodmanArgs=--entrypoint=/entry",
             "PodmanArgs=--tmpfs=/run:size=16m", "PodmanArgs=--read-only-tmpfs=false",
             "PodmanArgs=--ulimit=nofile=555:666", "PodmanArgs=--group-add=987",
             'Exec=nginx -g "daemon off;"'):
    assert line in lines, (line, lines)
PYTHON
}

@test "systemd verifies a service with every setting without a word" {
  export_as systemd
  for option in '--sysctl' '--entrypoint' '--publish' '--hostname' '--add-host' '--shm-size' \
    'the seccomp filter' '--platform' '--init' '--env-file'; do
    [[ "$stderr" == *"left out: $option"* ]]
  done
  printf '[Service]\nExecStart=/bin/true\n' >web.service
  mkdir web.service.d
  mv out web.service.d/capmin.conf
  run systemd-analyze verify ./web.service
  [ "$status" = 0 ]
  [ -z "$output" ]
  local line
  for line in User=33 Group=44 SupplementaryGroups=987 ProtectSystem=strict NoNewPrivileges=yes \
    TemporaryFileSystem=/run:uid=33,size=16m LimitNOFILE=555:666 MemoryMax=50331648 TasksMax=234 \
    WorkingDirectory=/work BindReadOnlyPaths=/srv/data:/data PassEnvironment=TZ \
    'DeviceAllow=/dev/fuse rwm'; do
    grep -qx "$line" web.service.d/capmin.conf
  done
}

@test "an ECS definition has fields of its API alone, with the types that they have there" {
  export_as ecs
  for option in '--env TZ' '--pids-limit' '--volume' '--platform' '--group-add'; do
    [[ "$stderr" == *"left out: $option"* ]]
  done
  [[ "$stderr" == *"Fargate does not take --tmpfs"* ]]
  python <<'PYTHON'
import json
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html and the
# pages of LinuxParameters, Tmpfs, Device, PortMapping, Ulimit, HostEntry, SystemControl.
definition = json.load(open("out"))
labels = definition.pop("dockerLabels")
assert all(isinstance(value, str) for value in labels.values())
assert definition == {
    "name": "nginx", "image": "nginx:1.27", "user": "33:44", "entryPoint": ["/entry"],
    "command": ["nginx", "-g", "daemon off;"], "workingDirectory": "/work", "hostname": "web-1",
    "readonlyRootFilesystem": True, "memory": 48,
    "dockerSecurityOptions": ["no-new-privileges", "label:type:container_t"],
    "portMappings": [{"containerPort": 80, "hostPort": 8081, "protocol": "tcp"},
                     {"containerPort": 53, "protocol": "udp"}],
    "systemControls": [{"namespace": "net.core.somaxconn", "value": "777"}],
    "ulimits": [{"name": "nofile", "softLimit": 555, "hardLimit": 666}],
    "extraHosts": [{"hostname": "other", "ipAddress": "10.9.8.7"}],
    "linuxParameters": {
        "capabilities": {"drop": ["ALL"]}, "initProcessEnabled": True, "sharedMemorySize": 5,
        "tmpfs": [{"containerPath": "/run", "size": 16, "mountOptions": ["uid=33"]}],
        "devices": [{"hostPath": "/dev/fuse", "containerPath": "/dev/fuse",
                     "permissions": ["read", "write", "mknod"]}]}}, definition
PYTHON
}

@test "a Nomad task has fields of the docker driver alone" {
  export_as nomad
  for option in '--env TZ' '--publish' '--platform' 'uid=33'; do
    [[ "$stderr" == *"left out: $option"* ]]
  done
  python <<'PYTHON'
import hcl
# https://developer.hashicorp.com/nomad/docs/drivers/docker, "Task Configuration"; user and
# resources are those of the task.
task = hcl.loads(open("out").read())
assert task["user"] == "33:44" and task["resources"] == {"memory": 48}, task
config = task["config"]
mounts = config.pop("mount")
assert config == {
    "image": "nginx:1.27", "cap_drop": ["all"], "entrypoint": ["/entry"], "command": "nginx",
    "args": ["-g", "daemon off;"], "work_dir": "/work", "hostname": "web-1", "init": True,
    "readonly_rootfs": True, "pids_limit": 234, "shm_size": 5242880, "group_add": ["987"],
    "security_opt": ["no-new-privileges", "label=type:container_t"],
    "sysctl": {"net.core.somaxconn": "777"}, "ulimit": {"nofile": "555:666"},
    "extra_hosts": ["other:10.9.8.7"], "volumes": ["/srv/data:/data:ro"],
    "devices": [{"host_path": "/dev/fuse", "container_path": "/dev/fuse",
                 "cgroup_permissions": "rwm"}]}, config
assert {"type": "tmpfs", "target": "/run", "readonly": False,
        "tmpfs_options": {"size": 16777216}} in mounts, mounts
assert {"type": "volume", "target": "/kept", "source": "kept", "readonly": False} in mounts, mounts
PYTHON
}

@test "a runtime's configuration has fields of the specification alone" {
  export_as oci
  for option in '--env TZ' '--publish' '--device' '--volume kept' 'the seccomp filter' '--init'; do
    [[ "$stderr" == *"left out: $option"* ]]
  done
  python <<'PYTHON'
import json
# https://github.com/opencontainers/runtime-spec: config.md and config-linux.md of 1.0.2.
config = json.load(open("out"))
config.pop("annotations")
sets = config["process"].pop("capabilities")
assert all(value == [] for value in sets.values()) and len(sets) == 5, sets
assert config == {
    "process": {"user": {"uid": 33, "gid": 44, "additionalGids": [987]}, "cwd": "/work",
                "noNewPrivileges": True, "args": ["/entry", "nginx", "-g", "daemon off;"],
                "rlimits": [{"type": "RLIMIT_NOFILE", "soft": 555, "hard": 666}]},
    "root": {"readonly": True}, "hostname": "web-1",
    "mounts": [
        {"destination": "/run", "type": "tmpfs", "source": "tmpfs",
         "options": ["nosuid", "nodev", "noexec", "uid=33", "size=16m"]},
        {"destination": "/dev/shm", "type": "tmpfs", "source": "shm",
         "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=5m"]},
        {"destination": "/data", "type": "bind", "source": "/srv/data", "options": ["rbind", "ro"]}],
    "linux": {"sysctl": {"net.core.somaxconn": "777"},
              "resources": {"memory": {"limit": 50331648}, "pids": {"limit": 234}}}}, config
PYTHON
}
