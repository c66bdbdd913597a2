#!/bin/sh
# Passes when a note that is sent to nginx comes back through it, and was counted.
set -e
at=http://127.0.0.1:$CAPMIN_PORT_WEB_80
note="from the web, $$"
number=$(curl -fsS -m 5 --data "$note" "$at/notes")
[ "$(curl -fsS -m 5 "$at/notes/$number")" = "$note" ]
[ "$(curl -fsS -m 5 "$at/count")" -ge 1 ]
