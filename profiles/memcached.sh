#!/bin/bash
# Passes when memcached keeps a value and gives it back.
set -e
exec 3<>"/dev/tcp/$CAPMIN_IP/11211"
answer() { IFS= read -r -t 2 line <&3; [ "${line%$'\r'}" = "$1" ]; }
printf 'set greeting 0 0 5\r\nhello\r\n' >&3
answer STORED
printf 'get greeting\r\n' >&3
answer 'VALUE greeting 0 5'
answer hello
