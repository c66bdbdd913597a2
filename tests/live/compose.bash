# What the live tests of stacks share.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # variables of the helper and of bats

# The owners of everything on the engine that capmin runs made.
owners() {
  docker ps -aq --filter label=capmin.run |
    xargs -r docker inspect -f '{{index .Config.Labels "capmin.owner"}}' 2>/dev/null
  local kind
  for kind in network volume; do
    docker "$kind" ls -q --filter label=capmin.run |
      xargs -r docker "$kind" inspect -f '{{index .Labels "capmin.owner"}}' 2>/dev/null
  done
}

# nothing_is_left: what is there belongs to runs of others, whose capmin lives.
nothing_is_left() {
  local owner
  for owner in $(owners); do
    kill -0 "${owner%%:*}" 2>/dev/null || return 1
  done
}

# probe NAME LINE...: an executable $stack/NAME of these lines.
probe() {
  local name=$1
  shift
  printf '%s\n' '#!/bin/sh' "$@" >"$stack/$name"
  chmod +x "$stack/$name"
}

# compose ARG...: capmin compose on the test's file, with profiles in $profiles.
compose() { capmin compose "$stack/compose.yaml" -o "$profiles" "$@"; }

# set_of SERVICE: the set of its profile, in words.
set_of() {
  /usr/bin/python3 - "$profiles/$1.yaml" <<'PY'
import sys, yaml
capabilities = yaml.safe_load(open(sys.argv[1]))["capabilities"]
print(*capabilities.get("add") or [])
PY
}

# in_profile SERVICE EXPRESSION: a Python expression on its profile, as `p`.
in_profile() {
  /usr/bin/python3 - "$profiles/$1.yaml" "$2" <<'PY'
import sys, yaml
p = yaml.safe_load(open(sys.argv[1]))
print(eval(sys.argv[2]))
PY
}

# in_file FILE EXPRESSION: a Python expression on a Compose file, as `c`, its services as `s`.
in_file() {
  /usr/bin/python3 - "$1" "$2" <<'PY'
import sys, yaml
c = yaml.safe_load(open(sys.argv[1]))
s = c["services"]
print(eval(sys.argv[2]))
PY
}
