# Sourced by the scripts: where the tree is, and how they speak.
# shellcheck shell=bash

# shellcheck disable=SC2034  # read by the scripts that source this file
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# What scripts and tests write is read by containers' users, and by programs that refuse files that
# anybody may change.
umask 022

# Says what happens now. Standard output is left to results.
say() { printf '== %s\n' "$*" >&2; }

# Ends the script: what failed, and what to do next.
die() {
  printf 'error: %s\n' "$1" >&2
  [ $# -lt 2 ] || printf 'hint: %s\n' "$2" >&2
  exit 1
}

# True when an engine answers at the place that docker itself would use.
engine_answers() { timeout 10 docker version >/dev/null 2>&1; }
