#!/bin/sh
chown 1000:1000 /state || true
exec busybox httpd -f -p 8080 -h /www
