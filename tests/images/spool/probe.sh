#!/bin/sh
# Passes when the spooled page is served.
curl -fsS -m 2 "http://$CAPMIN_IP:8080/" | grep -q '^spooling$'
