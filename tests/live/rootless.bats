#!/usr/bin/env bats
# The same tool with podman as a user without privileges, whom the test makes, in a storage of that
# user's own. Such containers have no address, so only what needs none is tried: --network none.
# shellcheck disable=SC2154  # variables of the helper
load helper

user=capmin-rootless

setup_file() {
  command -v podman >/dev/null || return 0
  # Bats' own directories are closed to others.
  place=$(mktemp -d /var/tmp/capmin-rootless.XXXXXX)
  export place
  chmod 755 "$place"
  useradd --create-home --home-dir "$place/home" --shell /bin/sh "$user" || return 1
  install -m 755 "$CAPMIN" "$place/capmin"
  cp -r "$images" "$place/images"
  chmod -R u=rwX,go=rX "$place/images"
  cat >"$place/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
CONF
  # Works on every file system, below every kernel.
  printf '[storage]\ndriver = "vfs"\n' >"$place/storage.conf"
  install -d -o "$user" -m 700 "$place/run"
  local name
  for name in chown static; do
    docker save --output "$place/$name.tar" "capmin-test-$name" && chmod 644 "$place/$name.tar" || return 1
    as_user podman load --quiet --input "$place/$name.tar" >&2 || return 1
  done
}

teardown_file() {
  [ -n "${place:-}" ] || return 0
  # Files of the user's other ids belong to nobody outside of the user's namespace.
  as_user podman system reset --force >&2 || true
  # Podman keeps a process that holds the namespace.
  kill "$(cat "$place/run/libpod/tmp/pause.pid" 2>/dev/null)" 2>/dev/null || true
  within 10 no_process_of_user
  userdel --remove "$user" >&2
  rm -rf "$place"
}

no_process_of_user() { ! pgrep -u "$user" >/dev/null; }

setup() {
  command -v podman >/dev/null || skip "podman is not installed"
  profile=$place/home/profile.yaml
  rm -f "$profile"
}

teardown() { [ -z "$(as_user podman ps --all --quiet)" ]; }

# as_user CMD...: runs a command as the user, who knows nothing of root's environment.
as_user() {
  (cd "$place/home" && setpriv --reuid "$user" --regid "$user" --init-groups env -i "PATH=$PATH" \
    "HOME=$place/home" "XDG_RUNTIME_DIR=$place/run" "CONTAINERS_CONF=$place/containers.conf" \
    "CONTAINERS_STORAGE_CONF=$place/storage.conf" "$@")
}

# minimize NAME ARG...: capmin run by that user.
minimize() {
  local name=$1
  shift
  run --separate-stderr as_user timeout 120 "$place/capmin" run "capmin-test-$name" --engine podman \
    --network none -o "$profile" "$@"
}

@test "rootless podman: a job that gives a file away needs CHOWN, and the profile says rootless" {
  minimize chown --probe exit
  expect_set CHOWN
  [ "$(yaml 'p["environment"]["rootless"]')" = True ]
  [ "$(yaml 'p["environment"]["network"]')" = none ]
}

@test "rootless podman: a probe runs inside the container" {
  minimize static --probe-exec "$place/images/static/probe-inside.sh"
  expect_set
}
