#!/bin/sh
# Passes when nginx answers a request with its page.
curl -fsS -m 2 "http://$CAPMIN_IP:80/" | grep -q '^hello from nginx$'
