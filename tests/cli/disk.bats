#!/usr/bin/env bats
# Trouble with the disk while profile, journal and temporary files are written: status 8, and what was
# there before is there with the same bytes.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
# shellcheck disable=SC2016  # scripts are written down, not expanded
load helper

golden=$root/tests/golden/profile.yaml

# on_small_disk PAGES CMD...: runs it in a mount namespace where the directory small is a file system
# with the file profile.yaml (the text "old") and so many pages of 4 KiB left.
on_small_disk() {
  [ "$(id -u)" = 0 ] || skip "mounting a file system takes root"
  local pages=$1
  shift
  mkdir -p small
  run --separate-stderr unshare -m bash -c '
    mount -t tmpfs -o "size=$((4096 * ($1 + 1)))" tmpfs small && echo old >small/profile.yaml || exit 99
    shift
    "$@"
    status=$?
    cp -r small/. after
    exit "$status"' on_small_disk "$pages" "$@"
}

@test "F18: a temporary directory that is not there, or cannot be written, ends with status 8" {
  mkdir data
  for directory in "$PWD/nowhere" /proc /dev/null; do
    TMPDIR=$directory minimize -v "$PWD/data:/data" -o "$profile"
    expect_status 8
    expect_stderr "cannot make a temporary directory in $directory"
    expect_stderr "hint: name a directory that can be written in TMPDIR"
    [ ! -e "$profile" ]
  done
}

@test "F18: where nothing has to be copied no temporary directory is needed" {
  TMPDIR=/proc FAKE_NEEDS=CHOWN minimize
  expect_set CHOWN
}

@test "F21: a full disk under profile and journal ends with status 8, and the old profile is intact" {
  local pages enough=''
  for pages in 0 1 2 3 8; do
    rm -rf after
    mkdir after
    FAKE_NEEDS='CHOWN SETUID' on_small_disk "$pages" timeout 60 \
      "$CAPMIN" run app:1 --probe ./health.sh --timeout 20s -o small/profile.yaml
    [ "$status" = 8 ] || { enough=$pages; break; }
    expect_stderr "No space left on device"
    [ "$(cat after/profile.yaml)" = old ]
    [ -z "$(compgen -G 'after/.profile*')" ]
  done
  # It was the disk, and nothing else.
  expect_status 0
  [ "$enough" -gt 0 ]
  grep -qF 'add: ["CHOWN", "SETUID"]' after/profile.yaml
}

@test "F21: what is written short is a full disk, too, and not a shorter profile" {
  mkdir after
  on_small_disk 1 "$CAPMIN" export "$golden" --format json -o small/profile.yaml
  expect_status 8
  expect_stderr "No space left on device"
  [ "$(cat after/profile.yaml)" = old ]
  [ -z "$(compgen -G 'after/.profile*')" ]
}

@test "F21: a full disk under a trial's copy of a directory ends with status 8, and the copy is gone" {
  mkdir data after
  head -c 100000 /dev/zero >data/file
  TMPDIR=$PWD/small on_small_disk 3 timeout 60 "$CAPMIN" run app:1 --probe ./health.sh -v "$PWD/data:/data"
  expect_status 8
  expect_stderr "No space left on device"
  [ -z "$(compgen -G 'after/capmin-*')" ]
}

# The calls with which a file is written, in this order.
steps=(openat write fchmod fsync close rename)

# exported STRACE_ARG...: an export to profile.yaml, whose calls strace meddles with.
exported() {
  echo old >profile.yaml
  run --separate-stderr strace -qq -o trace "$@" "$CAPMIN" export "$golden" --format json -o profile.yaml
}

# occasions: the lines "CALL NUMBER" for each call from the new file's opening on.
occasions() {
  awk -v steps="${steps[*]}" '
    BEGIN { split(steps, list, " "); for (i in list) wanted[list[i]] = 1 }
    { call = $0; sub(/\(.*/, "", call); if (call in wanted) count[call]++ }
    /openat.*\/\.?\.?profile\.yaml\./ || /openat.*"\.profile\.yaml/ || /openat.*\.profile\.yaml\./ { begun = 1 }
    begun && call in wanted { print call, count[call] }' trace
}

@test "F22: a failing write, fsync, close or rename ends with status 8, and the old file is intact" {
  plain_build "strace and the search for leaks exclude each other"
  exported -e "trace=$(IFS=,; echo "${steps[*]}")"
  [ "$status" = 0 ]
  # Only what belongs to the file itself: the directory's own fsync and close come after rename.
  occasions | sed '/^rename/q' >each
  [ "$(wc -l <each)" -ge 6 ]
  while read -r call number; do
    for error in EIO ENOSPC; do
      exported -e "trace=$call" -e "inject=$call:error=$error:when=$number"
      [ "$status" = 8 ] || { echo "$call $number $error: status $status"; return 1; }
      [ "$(cat profile.yaml)" = old ]
      [ -z "$(compgen -G '.profile.yaml.*')" ]
    done
  done <each
}

@test "F22: a journal that cannot be written ends with status 8, and the old profile is intact" {
  plain_build "strace and the search for leaks exclude each other"
  echo old >"$profile"
  FAKE_NEEDS=CHOWN run --separate-stderr strace -qq -o trace -e trace=fdatasync,fsync \
    -e inject=fdatasync,fsync:error=EIO:when=3+ "$CAPMIN" run app:1 --probe ./health.sh -o "$profile"
  expect_status 8
  [ "$(cat "$profile")" = old ]
}

@test "F23: killed at any step of writing a file, it is the old or the new one" {
  plain_build "strace and the search for leaks exclude each other"
  exported -e "trace=$(IFS=,; echo "${steps[*]}")"
  [ "$status" = 0 ]
  cp profile.yaml new
  echo old >old
  occasions >each
  local seen_old=0 seen_new=0
  while read -r call number; do
    exported -e "trace=$call" -e "inject=$call:signal=KILL:when=$number"
    [ "$status" = 137 ] || { echo "$call $number: status $status"; return 1; }
    if cmp -s profile.yaml old; then seen_old=$((seen_old + 1))
    elif cmp -s profile.yaml new; then seen_new=$((seen_new + 1))
    else echo "killed at $call $number:"; cat profile.yaml; return 1; fi
  done <each
  [ "$seen_old" -ge 5 ]
  [ "$seen_new" -ge 1 ]
  rm -f .profile.yaml.*
}

@test "H17: an output that becomes a link while capmin works is replaced, and the link's target untouched" {
  echo secret >target
  script health.sh <<'PROBE'
[ -e "$FAKE_ENGINE_DIR/containers/$CAPMIN_NAME/healthy" ] || exit 7
ln -sf target profile.yaml
PROBE
  minimize -o profile.yaml
  expect_status 8
  expect_stderr "it is a symbolic link"
  [ "$(cat target)" = secret ]
  [ -L profile.yaml ]
}

@test "H17: an output that becomes a link in the last moment leads nowhere" {
  plain_build "strace and the search for leaks exclude each other"
  echo secret >target
  # Held where the new file is complete: the link comes before it takes its place.
  strace -qq -o trace -e trace=rename -e inject=rename:delay_enter=2000000:when=1 \
    "$CAPMIN" export "$golden" --format json -o profile.yaml 3>&- &
  within 10 complete
  ln -s target profile.yaml
  wait $!
  [ "$(cat target)" = secret ]
  [ ! -L profile.yaml ]
}
complete() { [ -n "$(find . -maxdepth 1 -name '.profile.yaml.*' -perm 644)" ]; }

@test "H17: links, devices, pipes and directories are no output, and stay what they are" {
  echo secret >target
  ln -s target link
  ln -s nowhere dangling
  mkfifo fifo
  mkdir directory
  for place in link dangling fifo directory /dev/null /proc/version missing/file; do
    before=$(stat -c '%F %s %N' "$place" 2>/dev/null || true)
    for command in "run app:1 --probe ./health.sh" "export $golden --format json"; do
      # shellcheck disable=SC2086  # words
      capmin $command -o "$place"
      expect_status 8
      [ "$(stat -c '%F %s %N' "$place" 2>/dev/null || true)" = "$before" ]
    done
  done
  [ "$(cat target)" = secret ]
  no_containers_made
}

@test "a relative temporary directory is used by its whole path, one with a colon is refused" {
  mkdir data near a:b
  TMPDIR=near minimize -v "$PWD/data:/data"
  expect_status 0
  calls "^'create'" | grep -qF "'--volume' '$PWD/near/capmin-volume-"
  made=$(calls "^'create'" | wc -l)
  TMPDIR=$PWD/a:b minimize -v "$PWD/data:/data"
  expect_status 8
  expect_stderr "error: the temporary directory $PWD/a:b has a colon in its path"
  expect_stderr "hint: name one without a colon in TMPDIR"
  [ "$(calls "^'create'" | wc -l)" = "$made" ]
}

@test "a temporary directory that is not there is told before anything starts, also where only the engine's client uses it" {
  TMPDIR=$PWD/nowhere minimize
  expect_status 8
  expect_stderr "cannot make a temporary directory in $PWD/nowhere"
  no_containers_made
}

@test "what an engine could not mount because of a colon in its path is refused with status 2" {
  mkdir -p a:b/data
  cp health.sh a:b
  chmod 755 a:b/health.sh
  capmin run app:1 --probe-exec a:b/health.sh
  expect_status 2
  expect_stderr "has a colon in its path, so that it cannot be mounted into the container"
  cd a:b
  capmin run app:1 --probe ../health.sh -v ./data:/data
  expect_status 2
  expect_stderr "/data cannot be mounted: its path has a colon"
  no_calls
}

@test "F27: a limit of the process is told as that, and no crash" {
  export FAKE_NEEDS=CHOWN
  limited() { run --separate-stderr timeout 60 bash -c 'ulimit "$1" "$2"; shift 2; exec "$@"' - "$1" "$2" "$CAPMIN" run app:1 --probe ./health.sh -o "$profile"; }
  limited -s 64
  expect_status 5
  expect_stderr "64 KiB of stack (ulimit -s)"
  limited -n 8
  expect_status 5
  expect_stderr "8 open files (ulimit -n)"
  refute_anywhere "install docker"
}
