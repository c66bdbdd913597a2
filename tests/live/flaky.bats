#!/usr/bin/env bats
# A probe that fails for no reason. Each trial is spoiled or not by its number and a seed,
# for all of its attempts, so that every run can be repeated as it was.
# shellcheck disable=SC2154  # variables of the helper
load helper

# flaky_probe PERCENT SEED: judges the job by its status, but fails in so many of 100 trials.
flaky_probe() {
  probe_script "flaky-$1-$2.sh" <<PROBE
#!/bin/sh
hash=\$(echo "$2 \$CAPMIN_TRIAL" | sha256sum | cut -c 1-7)
[ \$((0x\$hash % 100)) -ge $1 ] || exit 1
[ "\$CAPMIN_EXIT_STATUS" = 0 ]
PROBE
}

# Two capabilities, named by the log.
job=(-- sh -c 'touch /x && chown 1000 /x && chroot / /bin/true')
needed="CHOWN SYS_CHROOT"

# search PERCENT SEEDS ARG...: searches with each seed; counts ends and container runs.
search() {
  local percent=$1 seeds=$2 seed probe
  shift 2
  right=0 wrong=0 unstable=0 hopeless=0 other=0 runs=0
  for seed in $(seq "$seeds"); do
    probe=$(flaky_probe "$percent" "$seed")
    rm -f "$profile"
    minimize busybox --oneshot --probe "$probe" "$@" "${job[@]}"
    case $status in
      0)
        runs=$((runs + $(yaml 'p["run"]["trials"]')))
        if [ "$(yaml 'p["capabilities"]["add"]')" = "$needed" ]; then right=$((right + 1)); else
          wrong=$((wrong + 1))
          show_run
        fi
        ;;
      4) unstable=$((unstable + 1)) ;;
      3) hopeless=$((hopeless + 1)) ;;
      *) other=$((other + 1)); show_run ;;
    esac
  done
  echo "# $percent %, $*: of $seeds seeds $right right in $runs container runs, $wrong wrong," \
    "$unstable unstable (4), $hopeless without a baseline (3)" >&3
}

@test "F35: a probe that fails in 10 of 100 trials gives the right set with --confirm 2" {
  search 10 6 --confirm 2
  [ "$wrong" = 0 ] && [ "$other" = 0 ]
  [ "$right" = 6 ]
}

@test "F35: a probe that fails in half of the trials gives the right set, or an honest end" {
  search 50 6 --confirm 4
  [ "$wrong" = 0 ] && [ "$other" = 0 ]
  [ $((right + unstable + hopeless)) = 6 ]
}
