#!/bin/sh
# Passes when the service answers.
curl -fsS -m 2 "http://$CAPMIN_IP:8080/" | grep -q '^started$'
