#!/bin/sh
# Passes when the job, once it has ended, has reported the set-gid bit.
"$CAPMIN_ENGINE" logs "$CAPMIN_CONTAINER" | grep -q '^mode 2755$'
