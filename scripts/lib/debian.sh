# Sourced by the scripts that make images of Debian's packages, behind common.sh. Root file systems
# are kept in CAPMIN_CACHE (/var/tmp/capmin-cache).
# shellcheck shell=bash

cache=${CAPMIN_CACHE:-/var/tmp/capmin-cache}
suite=bookworm

# Sets up debootstrap's download as apt's own: its mirror and its proxy.
use_apt_sources() {
  local proxy=
  mirror=$(apt-get --print-uris update | sed -n "s|^'\(.*\)/dists/$suite/InRelease'.*|\1|p" | head -n 1)
  [ -n "$mirror" ] || die "apt knows no mirror of Debian $suite" "add one to /etc/apt/sources.list"
  eval "$(apt-config shell proxy Acquire::http::Proxy)"
  if [ -n "$proxy" ]; then export http_proxy=$proxy; fi
}

# make_rootfs FILE [PACKAGE]: writes a small Debian to the tar file, with the package.
make_rootfs() {
  local work
  work=$(mktemp -d "$cache/rootfs.XXXXXX")
  # shellcheck disable=SC2064  # the directory of now
  trap "rm -rf '$work'" EXIT
  use_apt_sources
  say "unpacking Debian${2:+ with $2} from $mirror (once)"
  debootstrap --variant=minbase ${2:+--include="$2"} "$suite" "$work/root" "$mirror" >"$work/log" 2>&1 || {
    tail -n 15 "$work/log" "$work/root/debootstrap/debootstrap.log" >&2
    die "debootstrap failed" "does apt-get install work on this machine?"
  }
  tar --numeric-owner --xattrs --xattrs-include='*' --one-file-system -C "$work/root" \
    --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' --exclude='./usr/share/locale/*' \
    --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' -cf "$work/root.tar" .
  mv "$work/root.tar" "$1"
  rm -rf "$work"
  trap - EXIT
}

# import_debian IMAGE NAME [PACKAGE]: makes IMAGE of the file system NAME, where the engine has none.
import_debian() {
  local rootfs=$cache/$2-$suite.tar
  if docker image inspect "$1" >/dev/null 2>&1; then return; fi
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  flock 9
  [ -e "$rootfs" ] || make_rootfs "$rootfs" "${@:3}"
  flock -u 9
  say "importing Debian as $1"
  docker import "$rootfs" "$1" >/dev/null
}

# build_image DIRECTORY IMAGE: builds IMAGE of a directory's Dockerfile, behind use_apt_sources. The
# builder of every Docker version is used: Debian's has no other. Packages come through the host's own
# network, which reaches a mirror. An image does not depend on the modes of a checkout.
build_image() {
  local output
  say "making $2"
  output=$(tar --sort=name --mtime=@0 --mode=u=rwX,go=rX --owner=0 --group=0 -c -C "$1" . |
    DOCKER_BUILDKIT=0 docker build --network host ${http_proxy:+--build-arg http_proxy} -t "$2" - 2>&1) ||
    { printf '%s\n' "$output" | tail -n 30 >&2; die "docker build of ${PWD#"$root"/}/$1 failed"; }
}
