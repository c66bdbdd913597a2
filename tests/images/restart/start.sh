#!/bin/sh
echo 'started' >>/state/index.html || exit 1
chown 1000:1000 /state/index.html || exit 1
exec busybox httpd -f -p 8080 -h /state
