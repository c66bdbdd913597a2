#!/bin/sh
# Runs inside the container. Passes when the daemon hands out its file.
rsync --timeout=2 rsync://127.0.0.1/files/hello /tmp/hello && grep -qx 'hello from rsync' /tmp/hello
