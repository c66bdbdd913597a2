# What the tests of the command line and those of a real engine share.
# shellcheck shell=bash

# within SECONDS CMD...: waits for a condition, until CMD succeeds; fails at the deadline.
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -le "$end" ] || { echo "waited in vain for: $*"; return 1; }
    sleep 0.05
  done
}

gone() { ! kill -0 "$1" 2>/dev/null; }

# plain_build REASON: skips a test that cannot tell anything of a program with sanitizers in it.
plain_build() {
  if nm -D "$CAPMIN" | grep -q __asan_init; then skip "with sanitizers $1"; fi
}

# owner PID START: that process of this machine, boot and pid namespace, as capmin's labels name it.
owner() {
  local machine
  machine=$(cat /etc/machine-id 2>/dev/null) || true
  machine=${machine:+$(printf 'capmin %s' "$machine" | sha256sum | cut -c1-16)}
  echo "$1:$2:$(</proc/sys/kernel/random/boot_id):$(stat -Lc %i /proc/self/ns/pid):${machine:-unknown}"
}
# A process that has ended.
dead_owner() {
  sleep 0 &
  wait $!
  owner "$!" 1
}
# This test's own process, which runs.
live_owner() { owner "$$" "$(sed 's/.*) //' "/proc/$$/stat" | cut -d' ' -f20)"; }
