#!/bin/bash
# Passes when redis keeps a value and writes its data file.
set -e
exec 3<>"/dev/tcp/$CAPMIN_IP/6379"
ask() { printf '%s\r\n' "$1" >&3; IFS= read -r -t 2 line <&3; [ "${line%$'\r'}" = "$2" ]; }
ask 'SET greeting hello' +OK
ask 'STRLEN greeting' :5
ask 'SAVE' +OK
