#!/bin/sh
serve='exec /bin/httpd -f -p 8080 -h /www'
su -c true app 2>/dev/null && exec su -c "$serve" app
$serve
