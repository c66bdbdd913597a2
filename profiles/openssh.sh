#!/bin/sh
# Runs inside the container. Passes when alice can log in with her key and run a command as herself.
ssh -i /root/key -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
  -o ConnectTimeout=2 -o LogLevel=ERROR alice@127.0.0.1 id -un | grep -qx alice
