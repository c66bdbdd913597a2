#!/usr/bin/env bats
# How the container runs: what a person asks for reaches the engine as it was written.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
# shellcheck disable=SC2016,SC2119,SC2120  # scripts are written down, not expanded; options are optional
load helper

# Keeps what create got, argument by argument, because the engine's container goes away.
keep_arguments() {
  script health.sh <<<'cp "$FAKE_ENGINE_DIR/containers/$CAPMIN_NAME/arguments" "arguments-$CAPMIN_TRIAL"'
}

@test "H13: the command's arguments arrive byte for byte" {
  local command=(sh -c 'echo "$HOME" | sed '\''s/a b/\\/'\' '' $'two\nlines' -- --privileged '*' $'\ttab ' 'größe' $'\xff')
  keep_arguments
  minimize -- "${command[@]}"
  expect_status 0
  printf '%s\0' -- sha256:4c0fdaa8b6341bfdeca5f18f7837462c80cff90527ee35ef185571e1c327beac "${command[@]}" >expected
  tail -c "$(stat -c %s expected)" arguments-0 | cmp - expected
  tail -c "$(stat -c %s expected)" arguments-1 | cmp - expected
}

@test "H13: values of options arrive byte for byte" {
  local value=$'A=it\'s "two"\nlines -- $(id)'
  keep_arguments
  minimize -e "$value" --env "B=" --hostname 'a b'
  expect_status 0
  printf '%s\0' --env "$value" --env B= --hostname 'a b' >expected
  for trial in 0 1; do
    [[ "$(tr '\0' '\1' <arguments-$trial)" == *"$(tr '\0' '\1' <expected)"* ]]
  done
}

# passes_on WORDS ARG...: each create call holds these quoted words.
passes_on() {
  local words=$1
  shift
  : >"$FAKE_ENGINE_DIR/calls"
  minimize "$@"
  expect_status 0
  [ "$(calls "^'create'" | grep -cF -- " $words ")" = 2 ]
}

@test "every option of the container is passed on to every trial" {
  passes_on "'--env' 'A=1' '--env' 'B'" -e A=1 --env B
  : >file
  passes_on "'--env-file' 'file'" --env-file file
  passes_on "'--publish' '8080:80'" -p 8080:80
  passes_on "'--network' 'none'" --network none
  passes_on "'--user' '33:33'" -u 33:33
  passes_on "'--entrypoint' '/bin/app'" --entrypoint /bin/app
  passes_on "'--sysctl' 'net.core.somaxconn=9'" --sysctl net.core.somaxconn=9
  passes_on "'--tmpfs' '/tmp:size=1m'" --tmpfs /tmp:size=1m
}

@test "every other option of the container is passed on to every trial" {
  passes_on "'--workdir' '/srv'" -w /srv
  passes_on "'--read-only'" --read-only
  passes_on "'--ulimit' 'nofile=9:9'" --ulimit nofile=9:9
  passes_on "'--memory' '64m' '--pids-limit' '20'" --memory 64m --pids-limit 20
  passes_on "'--security-opt' 'no-new-privileges'" --security-opt no-new-privileges
  passes_on "'--platform' 'linux/amd64' '--hostname' 'web'" --platform linux/amd64 --hostname web
  passes_on "'--add-host' 'db:10.0.0.1' '--shm-size' '1m'" --add-host db:10.0.0.1 --shm-size 1m
  passes_on "'--device' '/dev/fuse'" --device /dev/fuse
  passes_on "'--stop-timeout=3' '--init'" --engine-arg=--stop-timeout=3 --engine-arg=--init
}

@test "portable ports are set inside every trial, and --ports engine leaves them" {
  passes_on "'--sysctl' 'net.ipv4.ip_unprivileged_port_start=1024' '--sysctl' 'net.ipv4.ping_group_range=1 0'"
  minimize --ports engine
  expect_status 0
  : >"$FAKE_ENGINE_DIR/calls"
  minimize --ports engine
  [ -z "$(calls sysctl)" ]
}

@test "the network of the host keeps its own port settings, and the profile says so" {
  minimize --network host
  expect_status 0
  [ -z "$(calls sysctl)" ]
  expect_stdout "privileged ports were not tried"
}

@test "a named volume is replaced by a fresh labelled one in each trial, and removed" {
  minimize --volume data:/var/lib/app -v data:/copy:ro -v other:/other
  expect_status 0
  for trial in 0 1; do
    [ "$(calls "^'volume' 'create' '--label' 'capmin.run=[0-9a-f]{8}' '--label' 'capmin.trial=$trial' '--label' 'capmin.owner=[^']+' 'capmin-[0-9a-f]{8}-$trial-volume-[12]'$" | wc -l)" = 2 ]
    calls "^'create'.*-$trial' " | grep -E "'--volume' '(capmin-[0-9a-f]{8}-$trial-volume-1):/var/lib/app' '--volume' '\1:/copy:ro' '--volume' 'capmin-[0-9a-f]{8}-$trial-volume-2:/other'"
    [ "$(calls "^'volume' 'rm' '-f' 'capmin-[0-9a-f]{8}-$trial-volume-[12]'$" | wc -l)" = 2 ]
  done
}

@test "--keep-volumes uses named volumes as they are" {
  mkdir "$FAKE_ENGINE_DIR/volumes/data"
  : >"$FAKE_ENGINE_DIR/volumes/data/labels"
  minimize --keep-volumes -v data:/var/lib/app
  rm -r "$FAKE_ENGINE_DIR/volumes/data"
  expect_status 0
  [ -z "$(calls "^'volume' '(create|rm)'")" ]
  [ "$(calls "'--volume' 'data:/var/lib/app'" | wc -l)" = 2 ]
}

@test "--keep-volumes with a volume that is not there is an error, before any container" {
  minimize --keep-volumes -v data:/var/lib/app
  expect_status 2
  expect_error $'error: there is no volume data to keep\n  hint: make it with docker volume create data, or leave --keep-volumes out: each trial has a fresh one then'
  no_containers_made
}

@test "a read-only directory of the host and an anonymous volume are passed on" {
  passes_on "'--volume' '/srv:/data:ro' '--volume' '/scratch'" -v /srv:/data:ro -v /scratch
}

@test "H19: the profile names variables and never their values" {
  minimize -e TOKEN=hunter2 -e PLAIN
  expect_status 0
  expect_stdout "--env TOKEN"
  refute_anywhere hunter2
}

@test "--dry-run prints commands a person can paste, and starts nothing" {
  FAKE_USER=www minimize --dry-run -v /srv:/data:ro -e 'GREETING=hello world' -- run 'it now' ''
  expect_status 0
  [ "$(calls | cut -d' ' -f1 | sort -u | tr '\n' ' ')" = "'image' 'info' 'version' " ]
  name=$(sed -n "s/^docker create --name \(capmin-[0-9a-f]*-1\) .*/\1/p" <<<"$output")
  owner=$(sed -n "s/.*--label \(capmin.owner=[^ ]*\) .*/\1/p" <<<"$output" | head -1)
  run_id=${name#capmin-} run_id=${run_id%-1}
  expected="# trial 1: (none)
docker create --name $name --pull never --label capmin.run=$run_id --label capmin.trial=1 --label $owner --log-driver json-file --log-opt max-size=4m --cap-drop ALL --sysctl net.ipv4.ip_unprivileged_port_start=1024 --sysctl 'net.ipv4.ping_group_range=1 0' --pids-limit 4096 --env 'GREETING=hello world' --volume /srv:/data:ro -- sha256:4c0fdaa8b6341bfdeca5f18f7837462c80cff90527ee35ef185571e1c327beac run 'it now' ''
docker start $name
docker container inspect $name
CAPMIN_CONTAINER=$name CAPMIN_NAME=$name CAPMIN_ENGINE=docker CAPMIN_IP=\$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' $name) $BATS_TEST_TMPDIR/health.sh
docker logs $name
docker rm -f -v $name"
  echo "$expected" >expected
  sed -n '/^# trial 1/,$p' <<<"$output" | diff expected -
  grep -c -- '--cap-add' <<<"$output" | grep -x 1
}

@test "--dry-run leaves the output file alone" {
  minimize --dry-run -o none/profile.yaml
  expect_status 0
}
