#!/usr/bin/env bats
# Trials side by side: the same answer, and no trial in another's way.
# shellcheck disable=SC2154  # variables of the helper
load helper

# The set and its proof without the numbers of trials, in an order of their own.
proven() {
  yaml '(p["capabilities"]["add"], p["proof"]["guarantee"],
    sorted((kind, t["grant"], t.get("without"), t["times"], t.get("exit"), t["ending"])
           for kind in ("passed", "failed", "essential", "cuts", "alternatives") for t in p["proof"][kind]),
    [(r["name"], r.get("rule")) for r in p["reasons"]])'
}

# same_with ARG...: -j 1 and -j 4 end with the same set and the same proof.
same_with() {
  local alone
  minimize "$@" -j 1
  expect_status 0
  alone=$(proven)
  minimize "$@" -j 4
  expect_status 0
  diff <(echo "$alone") <(proven)
}

@test "four trials at once prove the same for nginx as one after the other" {
  same_with nginx --probe "$images/nginx/probe.sh"
  [ "$(yaml 'p["capabilities"]["add"]')" = "CHOWN DAC_OVERRIDE SETGID SETUID" ]
  [ "$(yaml '[c["name"] for c in p["capabilities"]["conditional"]]')" = NET_BIND_SERVICE ]
}

@test "at -j 1 trials that wait in vain do so side by side, and one container at a time is busy" {
  local probe
  # Each trial notes when its probe is first asked; without all of them the probe hangs on.
  probe=$(probe_script probe.sh <<PROBE
#!/bin/sh
echo "\$CAPMIN_TRIAL \$(docker ps -q --filter label=capmin.run | wc -l)" >>"$probed"
docker exec "\$CAPMIN_CONTAINER" test -e /ready
PROBE
  )
  # It stays up whatever it lacks, and says nothing of it.
  minimize busybox --probe "$probe" --start-with CHOWN,MKNOD,SYS_CHROOT -- sh -c \
    'exec 2>/dev/null; touch /x; chown 1000 /x && mknod /n c 1 3 && chroot / /bin/true && touch /ready; exec sleep 600'
  expect_set CHOWN MKNOD SYS_CHROOT
  [ "$(yaml 'p["proof"]["guarantee"]')" = one-minimal ]
  # While a removal waited for its deadline, the next one was made beside it.
  awk '$2 > 1 { side_by_side = 1 } END { exit !side_by_side }' "$probed"
}

@test "four trials at once prove the same at the levels beyond one-minimal" {
  same_with spool --probe "$images/spool/probe.sh" --all-minimal
  same_with chown --probe exit --unique
}

@test "four trials at once prove the same where the log is silent" {
  same_with busybox --probe exit -- sh -c \
    'exec 2>/dev/null; touch /x && chown 1000 /x && mknod /n c 1 3 && chroot / /bin/true'
  [ "$(yaml 'p["capabilities"]["add"]')" = "CHOWN MKNOD SYS_CHROOT" ]
}

@test "published ports of trials at once never collide" {
  local probe
  # The host port belongs to this trial's own container, whatever runs beside it.
  probe=$(probe_script probe.sh <<PROBE
#!/bin/sh
echo "\$CAPMIN_PORT_8080" >>"$probed"
published=\$(docker port "\$CAPMIN_CONTAINER" 8080/tcp | head -n 1)
[ -n "\$published" ] || exit 1  # a container that has ended has none
[ "\$published" = "0.0.0.0:\$CAPMIN_PORT_8080" ] || exit 77
curl -fsS -m 2 "http://127.0.0.1:\$CAPMIN_PORT_8080/" | grep -q '^spooling$'
PROBE
  )
  minimize spool --probe "$probe" -p 8080:8080 -j 4 --all-minimal
  expect_status 0
  [ "$(yaml 'p["capabilities"]["add"]')" = CHOWN ]
  [ "$(yaml 'len(p["proof"]["alternatives"])')" = 2 ]
  [ "$(count_probed)" -ge 2 ]
}

@test "a published port 80 is reached at the port of each trial" {
  local probe
  probe=$(probe_script probe.sh <<'PROBE'
#!/bin/sh
curl -fsS -m 2 "http://127.0.0.1:$CAPMIN_PORT_80/" | grep -q '^hello from nginx$'
PROBE
  )
  minimize nginx --probe "$probe" -p 8080:80 -j 4
  expect_set_and_conditional "CHOWN DAC_OVERRIDE SETGID SETUID" NET_BIND_SERVICE
}

@test "named volumes of trials at once are each trial's own, and gone afterwards" {
  local before
  before=$(docker volume ls -q | sort)
  # A state that a trial before, or beside, has written makes the job fail.
  minimize busybox --probe exit -j 4 -v state:/state -- sh -c \
    '[ ! -e /state/used ] && touch /state/used && exec 2>/dev/null && chown 1000 /state/used && mknod /n c 1 3'
  expect_set CHOWN MKNOD
  run ! docker volume inspect state
  volumes_are_back() {
    [ -z "$(comm -13 <(echo "$before") <(docker volume ls -q --filter label=capmin.run | sort))" ]
  }
  within 20 volumes_are_back
}

@test "trials that were cancelled leave no container" {
  local probe
  probe=$(probe_script probe.sh <<PROBE
#!/bin/sh
echo "\$CAPMIN_CONTAINER" >>"$probed"
exec "$images/nginx/probe.sh"
PROBE
  )
  minimize nginx --probe "$probe" -j 4
  expect_status 0
  mapfile -t containers < <(containers_probed)
  [ "${#containers[@]}" -gt 0 ]
  removed "${containers[@]}"
}
