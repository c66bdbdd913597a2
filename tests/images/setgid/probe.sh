#!/bin/sh
# Passes when the job, once it has ended, has reported the set-gid bit.
docker logs "$CAPMIN_CONTAINER" | grep -q '^mode 2755$'
