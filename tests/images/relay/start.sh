#!/bin/sh
su app -c 'exec busybox httpd -f -p 8080 -h /www' &
server=$!
relay() {
  if [ "${SILENT:-}" = yes ]; then
    kill "$server" 2>/dev/null && wait "$server"
  else
    kill "$server" || exit 1
    wait "$server"
  fi
  exit 0
}
trap relay TERM
wait "$server"
