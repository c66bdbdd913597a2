# Waiting in the tests of the command line and of a real engine: for a condition, with a deadline.
# shellcheck shell=bash

# within SECONDS CMD...: waits until CMD succeeds; fails at the deadline.
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -le "$end" ] || { echo "waited in vain for: $*"; return 1; }
    sleep 0.05
  done
}

gone() { ! kill -0 "$1" 2>/dev/null; }
