#!/bin/bash
# Passes when unbound knows the address of example.test: one answer without error (RFC 1035, section 4.1.1).
set -e
exec 3<>"/dev/udp/$CAPMIN_IP/53"
printf '\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x04test\x00\x00\x01\x00\x01' >&3
read -r _ _ _ flags _ _ _ answers _ < <(timeout 2 head -c 8 <&3 | od -An -tx1)
[ "${flags: -1}" = 0 ] && [ "$answers" = 01 ]
