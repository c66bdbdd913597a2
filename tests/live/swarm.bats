#!/usr/bin/env bats
# A batch over three Docker engines, joined to one swarm, by the stack of scripts/make/manifests.
# shellcheck disable=SC2154,SC2016  # variables of the helper; scripts that are not expanded here
load helper
load daemon

nodes=(one two three)
# Where each node has the tree of the batch: a path that is another directory on each.
tree() { echo "$daemons/tree"; }
own_tree() { echo "$daemons/$1/tree"; }
results() { echo "$(own_tree "$1")/batch.yaml.results"; }

setup_file() {
  [ "$(id -u)" = 0 ] || return 0
  local node token
  mkdir -p "$daemons/tree"
  worker_image "$daemons/worker.tar"
  docker save -o "$daemons/busybox.tar" capmin-test-busybox capmin-test-chown
  for node in "${nodes[@]}"; do
    start_daemon "$node"
    mkdir -p "$(own_tree "$node")"
    (on_machine "$node" mount --bind "$(own_tree "$node")" "$daemons/tree")
    # The stack has the path of the socket that every node has.
    [ -e /var/run/docker.sock ] || { : >/var/run/docker.sock && : >"$daemons/made-socket"; }
    (on_machine "$node" mount --bind "$daemons/$node/docker.sock" /var/run/docker.sock)
    (on_daemon "$node" docker load -q -i "$daemons/busybox.tar")
    (on_daemon "$node" docker import "$daemons/worker.tar" capmin-worker:1)
  done
  (on_daemon one docker swarm init --advertise-addr "$(daemon_address one)")
  token=$(on_daemon one docker swarm join-token -q worker)
  for node in two three; do
    (on_daemon "$node" docker swarm join --token "$token" "$(daemon_address one):2377")
  done
}

teardown_file() {
  local made=no
  [ ! -e "$daemons/made-socket" ] || made=yes
  stop_daemons
  # The file that stood for a socket that this machine has not.
  if [ "$made" = yes ] && [ ! -S /var/run/docker.sock ]; then rm -f /var/run/docker.sock; fi
}

setup() { [ "$(id -u)" = 0 ] || skip "starting engines takes root"; }
teardown() { :; }

# worker_image FILE: the file system of an image with this capmin, a docker client and a shell.
worker_image() {
  local root=$BATS_FILE_TMPDIR/worker library
  mkdir -p "$root/bin" "$root/tmp" "$root/etc"
  cp "$CAPMIN" "$root/bin/capmin"
  strip "$root/bin/capmin"
  cp -L "$(command -v docker)" "$root/bin/docker"
  for library in $(ldd "$CAPMIN" "$root/bin/docker" 2>/dev/null | grep -oE '/[^ ]+\.so[^ ]*' | sort -u); do
    cp -L --parents "$library" "$root"
  done
  cp /bin/busybox "$root/bin/busybox"
  for program in sh sleep wget; do ln -s busybox "$root/bin/$program"; done
  tar -C "$root" -cf "$1" .
}

# make_batch: the same tree on every node. Most jobs only wait; one needs something, one never works.
make_batch() {
  local node job dir
  for node in "${nodes[@]}"; do
    dir=$(own_tree "$node")
    find "$dir" -mindepth 1 -delete
    printf '#!/bin/sh\nexec sleep 8\n' >"$dir/wait.sh"
    printf '#!/bin/sh\nwget -q -O - "http://$CAPMIN_IP:8080/" >/dev/null\n' >"$dir/web.sh"
    chmod +x "$dir"/*.sh
    {
      printf 'apiVersion: capmin/v1\nkind: Batch\ndefaults: {mode: minimize, pull: never}\njobs:\n'
      for job in 1 2 3 4 5 6; do
        echo "  - {name: wait$job, image: capmin-test-busybox, probe: wait.sh, timeout: 60s, profile: wait$job.yaml, command: [busybox, sleep, \"600\"]}"
      done
      cat <<'YAML'
  - {name: web, image: capmin-test-busybox, probe: web.sh, profile: web.yaml, command: [busybox, httpd, -f, -p, "8080", -h, /www]}
  - {name: chown, image: capmin-test-chown, probe: exit, profile: chown.yaml}
  - {name: never, image: capmin-test-busybox, probe: exit, profile: never.yaml, command: [busybox, "false"]}
YAML
    } >"$dir/batch.yaml"
  done
}

# deploy NAME SHARDS: the stack of the tree.
deploy() {
  (CAPMIN_IMAGE=capmin-worker:1 CAPMIN_TREE=$daemons/tree CAPMIN_SHARDS=$2 on_daemon one \
    docker stack deploy --resolve-image never -c "$root/scripts/make/manifests/swarm-stack.yml" "$1")
}
# tasks NAME STATE: how many tasks of the stack are in this state.
tasks() { (on_daemon one docker service ps --format '{{.CurrentState}}' "$1_batch") | grep -c "^$2 " || true; }
ended() { [ "$(tasks "$1" Complete)" = "$2" ]; }
# run_swarm NAME SHARDS: deploys and waits; shows what the tasks said where they do not end.
run_swarm() {
  deploy "$1" "$2"
  within 300 ended "$1" "$2" || {
    (on_daemon one docker service ps --no-trunc "$1_batch")
    (on_daemon one docker service logs --raw "$1_batch")
    return 1
  }
}
# collect NAME: keeps the results of all nodes in $BATS_TEST_TMPDIR/NAME/NODE; those of this run alone.
collect() {
  local node
  mkdir -p "$BATS_TEST_TMPDIR/$1"
  for node in "${nodes[@]}"; do
    [ ! -d "$(results "$node")" ] || mv "$(results "$node")" "$BATS_TEST_TMPDIR/$1/$node"
  done
}
# span DIR...: the seconds from the start of the first job to the end of the last one.
span() {
  /usr/bin/python3 - "$@" <<'PYTHON'
import datetime, glob, json, sys
ends, starts = [], []
for directory in sys.argv[1:]:
    for path in glob.glob(directory + "/jobs/*.json"):
        run = json.load(open(path, encoding="utf-8"))["run"]
        end = datetime.datetime.fromisoformat(run["at"].replace("Z", "+00:00")).timestamp()
        ends.append(end)
        starts.append(end - run["seconds"])
print(f"{max(ends) - min(starts):.1f}")
PYTHON
}
# timeless: without times, and without hashes of what has them.
timeless() { sed -E 's/"(at|profile_sha256)": "[^"]*"/"\1"/; s/"seconds": [0-9.]+/"seconds"/; s/^(    "[a-z0-9]+"): [0-9.]+/\1/; s/since [0-9TZ:-]+/since/; s/^run:.*|^ *(at|seconds): .*//'; }
all_files() { (cd "$1" && find . -type f -not -path "./logs/*" | sort | while read -r file; do echo "== $file"; timeless <"$file"; done); }

@test "a batch over three engines of a swarm reports what one engine reports" {
  make_batch
  run_swarm alone 1
  collect alone
  make_batch
  run_swarm together 3
  collect together
  cd "$BATS_TEST_TMPDIR"
  [ "$(find alone -name manifest.json | wc -l)" = 1 ]
  [ "$(find together -name manifest.json | wc -l)" = 3 ]
  run --separate-stderr "$CAPMIN" merge together/* -o joined
  expect_status 3
  run --separate-stderr "$CAPMIN" merge alone/* -o single
  expect_status 3
  diff <(all_files single) <(all_files alone/*)
  diff <(all_files single) <(all_files joined)
  [[ "$output" == *"9 jobs: 1 error, 8 new; "* ]]
  for format in text json markdown junit sarif github; do
    diff <("$CAPMIN" merge alone/* --format "$format" | timeless) <("$CAPMIN" merge together/* --format "$format" | timeless)
  done
  one=$(span alone/*) three=$(span together/*)
  scale=$(/usr/bin/python3 -c 'import sys; print(f"{float(sys.argv[1]) / 3 / float(sys.argv[2]):.2f}")' "$one" "$three")
  # Printed, not judged: three engines share the processors of one machine here.
  echo "# 1 worker $one s, 3 workers $three s: $scale x linear" >&3
}

@test "the shard of a node that lost its power is named, and a rerun completes the batch" {
  make_batch
  deploy broken 3
  within 120 test -e "$(results three)/manifest.json"
  fell_daemon three
  shard=$(/usr/bin/python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["held"][0])' "$(results three)/manifest.json")
  within 200 ended broken 2
  (on_daemon one docker stack rm broken)
  collect broken
  cd "$BATS_TEST_TMPDIR"
  run --separate-stderr "$CAPMIN" merge broken/one broken/two
  expect_status 7
  [[ "$stderr" == *"error: shard $shard of 3 is missing: "* ]]
  run --separate-stderr "$CAPMIN" merge broken/one broken/two broken/three
  expect_status 7
  [[ "$stderr" == *"error: shard $shard of 3 did not come to its end: "* ]]
  # What is left goes to a node that lives.
  (on_daemon two docker run --rm --network host -v /var/run/docker.sock:/var/run/docker.sock \
    -v "$(tree):$(tree)" -w "$(tree)" capmin-worker:1 capmin batch batch.yaml --shard "$shard/3") || true
  mv "$(results two)" again
  run --separate-stderr "$CAPMIN" merge broken/* again
  expect_status 3
  [[ "$output" == *"9 jobs: 1 error, 8 new; "* ]]
}
