#!/bin/sh
# Passes when an anonymous client gets the file.
curl -fsS -m 4 "ftp://$CAPMIN_IP/hello" | grep -qx 'hello from vsftpd'
