#!/bin/sh
set -e
find /data ! -user 1000 -exec chown 1000:1000 {} +
exec su -c 'chmod 700 /data && exec /bin/httpd -f -p 8080 -h /www' app
