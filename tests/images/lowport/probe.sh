#!/bin/sh
# Passes when the page is served on port 80.
curl -fsS -m 2 "http://$CAPMIN_IP:80/" | grep -q '^hello$'
