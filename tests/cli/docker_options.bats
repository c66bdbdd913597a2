#!/usr/bin/env bats
# A command line that was written for docker run: each option works as there, or the answer says what
# to write instead.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
# shellcheck disable=SC2016,SC2119,SC2120  # scripts are written down, not expanded; options are optional
load helper

# passes_on WORDS ARG...: each create call holds these quoted words.
passes_on() {
  local words=$1
  shift
  : >"$FAKE_ENGINE_DIR/calls"
  minimize "$@"
  expect_status 0
  [ "$(calls "^'create'" | grep -cF -- " $words ")" = 2 ] || { echo "not passed on: $words"; return 1; }
}

# refused WORDS ARG...: status 2, these words on standard error, and the engine is asked nothing.
refused() {
  local words=$1
  shift
  capmin run app:1 --probe ./health.sh "$@"
  expect_status 2
  expect_stderr "$words"
  no_calls
}

@test "options that reach the container as docker has them are in every create call" {
  passes_on "'--init' '--group-add=44' '--cpus=0.5' '--stop-signal=SIGINT' '--stop-timeout=3'" \
    --init --group-add 44 --cpus 0.5 --stop-signal SIGINT --stop-timeout=3
  passes_on "'--dns=10.0.0.1' '--dns-search=example.org' '--dns-option=ndots:1' '--domainname=example.org' '--mac-address=02:42:ac:11:00:02'" \
    --dns 10.0.0.1 --dns-search example.org --dns-option ndots:1 --domainname example.org --mac-address 02:42:ac:11:00:02
  passes_on "'--ip=172.18.0.9' '--ip6=fd00::9' '--network-alias=web' '--link=db:db' '--expose=80'" \
    --ip 172.18.0.9 --ip6 fd00::9 --network-alias web --link db:db --expose 80
  passes_on "'--gpus=all' '--runtime=runc' '--isolation=default' '--device-cgroup-rule=c 1:3 rwm'" \
    --gpus all --runtime runc --isolation default --device-cgroup-rule 'c 1:3 rwm'
}

@test "limits reach the container as docker has them" {
  passes_on "'--memory' '64m' '--memory-swap=64m' '--memory-reservation=32m' '--oom-score-adj=5' '--oom-kill-disable'" \
    -m 64m --memory-swap 64m --memory-reservation 32m --oom-score-adj 5 --oom-kill-disable
  passes_on "'--cpu-shares=512' '--cpuset-cpus=0' '--blkio-weight=100' '--cgroup-parent=/a'" \
    -c 512 --cpuset-cpus 0 --blkio-weight 100 --cgroup-parent /a
  passes_on "'--storage-opt=size=1G' '--volume-driver=local' '--annotation=a=b' '--no-healthcheck' '--health-interval=5s'" \
    --storage-opt size=1G --volume-driver local --annotation a=b --no-healthcheck --health-interval 5s
}

@test "a terminal and an open input are what a program may see: they reach the container" {
  passes_on "'--interactive' '--tty'" -it
  passes_on "'--tty' '--interactive'" --tty --interactive
  passes_on "'--interactive'" -i
}

@test "=true of a flag is the flag, and =false is nothing" {
  passes_on "'--init'" --init=true --tty=false --rm=false
  [ -z "$(calls "'--tty|--rm")" ]
  refute_anywhere "note:"
}

@test "other names of capmin's own options are taken" {
  passes_on "'--network' 'none'" --net none
  passes_on "'--publish-all'" -P
  mkdir conf
  passes_on "'--volume' '$PWD/conf:/etc/app:ro'" --mount "type=bind,source=$PWD/conf,target=/etc/app,readonly"
  passes_on "'--tmpfs' '/run:size=1m'" --mount type=tmpfs,target=/run,tmpfs-size=1m
}

@test "a namespace of the container's own is passed on, one of others is refused" {
  passes_on "'--ipc=private' '--cgroupns=private'" --ipc private --cgroupns=private
  : >"$FAKE_ENGINE_DIR/calls"
  local option
  for option in ipc pid uts cgroupns; do
    refused "error: --$option host is refused: it shares a namespace of the host with the trial" "--$option" host
  done
  refused "error: --userns host is refused: capabilities mean something else" --userns=host
}

@test "options that change nothing in a trial are left out, and one line says so for all of them" {
  minimize --rm -d --name web --restart unless-stopped --label a=b --log-driver none --log-opt max-size=1m \
    --cidfile x.cid --detach-keys=ctrl-a --sig-proxy=true -a STDOUT
  expect_status 0
  [ "$(grep -c 'note:' <<<"$stderr")" = 1 ]
  expect_stderr "note: --rm --detach --name web --restart unless-stopped --label a=b --log-driver none --log-opt max-size=1m --cidfile x.cid --detach-keys ctrl-a --sig-proxy --attach STDOUT change nothing here: each trial has a container of its own, which capmin names, starts once, watches and removes"
  [ -z "$(calls "'create'.*'(--rm|--detach|--restart|--cidfile|--sig-proxy|web|none)'")" ]
  [ ! -e x.cid ]
}

@test "one option without effect is told in the singular, and nothing with --quiet" {
  minimize --name web
  expect_stderr "note: --name web changes nothing here: "
  minimize -q --name web
  expect_status 0
  [ -z "$stderr" ]
}

@test "capmin's own --restart stands without a policy and starts each container twice" {
  # The scripted engine cannot stop a container: it was asked to.
  minimize --restart --rm
  expect_stderr "note: --rm changes nothing"
  [ -n "$(calls "^'stop'")" ]
  : >"$FAKE_ENGINE_DIR/calls"
  refused "error: --restart does not take 'sometimes'" --restart=sometimes
}

@test "capabilities in docker's words are refused with the command in capmin's" {
  refused "error: --cap-add is refused: a trial is granted what the search says and nothing besides" --cap-add NET_ADMIN
  expect_stderr $'\n  capmin run app:1 --probe ./health.sh --allow NET_ADMIN'
  refused "error: --cap-drop is refused: a trial drops ALL by itself" --cap-drop=ALL --cap-add=SYS_TIME -e 'A=b c' -- run 'it now'
  expect_stderr $'\n  capmin run app:1 --probe ./health.sh --allow SYS_TIME -e \'A=b c\' -- run \'it now\''
}

@test "what would undo a trial is refused with what to write instead" {
  refused $'error: --privileged is refused: it grants everything and lifts what else confines a container, so that no trial could show what is needed\n  hint: leave it out; --allow CAP,...' --privileged
  refused "write the command into a file and give that with --probe-exec FILE" --health-cmd 'curl localhost'
  refused "name the volumes themselves" --volumes-from web
  refused "name those that are needed: --env NAME" --env-host
  refused "leave it out, or let the engine map the users" --uidmap 0:1:2
  refused "it hands the engine itself to the container" --use-api-socket
  refused "--network container:NAME shares a network" --pod web
}

@test "a mount that a trial cannot have is refused" {
  refused "error: --mount type=volume,source=a,target=/b,volume-driver=nfs cannot be taken: capmin does not know its key 'volume-driver'" \
    --mount type=volume,source=a,target=/b,volume-driver=nfs
}

@test "an option that the engine does not have ends the run with the engine's words" {
  FAKE_FAULT_CALLS=1,3 FAKE_FAULT='create:error:"specify mac-address per network" requires API version 1.44, but the Docker daemon API version is 1.41' \
    minimize --mac-address 02:42:ac:11:00:02
  expect_status 2
  expect_stderr "error: docker does not take a container with these options: "
  expect_stderr "requires API version 1.44"
}

@test "what is passed on stands in the profile, is verified and exported" {
  minimize -o "$profile" --init --group-add 44 --cpus 2 --rm
  expect_status 0
  grep -F '"--init", "--group-add=44", "--cpus=2"' "$profile"
  : >"$FAKE_ENGINE_DIR/calls"
  capmin verify "$profile"
  expect_status 0
  [ -n "$(calls "^'create'.* '--init' '--group-add=44' '--cpus=2' ")" ]
  capmin export "$profile" --format compose
  expect_stdout "init: true"
  expect_stdout "group_add:"
}

@test "a job of a batch has them as keys, but for those without effect" {
  cat >batch.yaml <<'YAML'
apiVersion: capmin/v1
kind: Batch
jobs:
  - {name: app, image: "app:1", probe: health.sh, profile: app.yaml, mode: minimize, group-add: 44, init: true}
YAML
  capmin batch batch.yaml
  expect_status 0
  [ -n "$(calls "^'create'.* '--group-add=44' '--init' ")" ]
  sed -i 's/init: true/name-: x/' batch.yaml
  sed -i 's/name-: x/rm: true/' batch.yaml
  capmin batch batch.yaml
  expect_status 2
  expect_stderr 'unknown key "rm"'
}

@test "help names them all" {
  local option
  capmin run --help
  for option in group-add init ip gpus tty interactive dns rm detach name log-driver privileged cap-add pid; do
    expect_stdout " --$option"
  done
}
