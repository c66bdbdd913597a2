#!/bin/bash
# Passes when mosquitto accepts a client: MQTT 3.1.1 CONNECT, answered by CONNACK with code 0.
set -e
exec 3<>"/dev/tcp/$CAPMIN_IP/1883"
printf '\x10\x12\x00\x04MQTT\x04\x02\x00\x0a\x00\x06capmin' >&3
[ "$(timeout 2 head -c 4 <&3 | od -An -tx1)" = ' 20 02 00 00' ]
