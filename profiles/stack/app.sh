#!/bin/sh
# Passes when the program keeps a note in the database and counts it in the cache.
set -e
at=http://$CAPMIN_IP_APP:8000
note="from the program, $$"
number=$(curl -fsS -m 5 --data "$note" "$at/notes")
[ "$(curl -fsS -m 5 "$at/notes/$number")" = "$note" ]
[ "$(curl -fsS -m 5 "$at/count")" -ge 1 ]
