#!/usr/bin/env bats
# What a person asks for in the wrong way, and the texts that tell the right one.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
# shellcheck disable=SC2016,SC2119,SC2120  # scripts are written down, not expanded; options are optional
load helper

# refused ERROR ARG...: status 2, exactly this message, and the engine is asked nothing.
refused() {
  local message=$1
  shift
  capmin "$@"
  expect_status 2
  expect_error "$message"
  [ -z "$output" ]
  no_calls
}

@test "capmin without a command prints the help" {
  capmin
  expect_status 0
  expect_stdout "usage: capmin COMMAND"
  [ -z "$stderr" ]
  no_calls
}

@test "an unknown command is an error that names the one that is near" {
  refused $'error: there is no command \'minimise\'\n  hint: see capmin help' minimise
  refused $'error: there is no command \'batc\'\n  hint: did you mean batch? see capmin help' batc jobs.yaml
}

@test "an image in the place of the command is answered with the run that was meant" {
  refused $'error: there is no command \'nginx:1.27\'\n  hint: did you mean: capmin run nginx:1.27 --probe \'./my probe.sh\' -o x.yaml' \
    nginx:1.27 --probe './my probe.sh' -o x.yaml
}

@test "a run without an image is an error" {
  refused $'error: no image is given\n  hint: capmin run IMAGE --probe FILE' run --probe ./health.sh
}

@test "a run without a probe is an error that names the kinds of probes, and what fits the image" {
  capmin run app:2
  expect_status 2
  expect_error $'error: no probe is given, and nothing else can tell whether the image works\n  hint: give --probe FILE, --probe http://:PORT/, --probe healthcheck, or --probe exit for a job'
  FAKE_HEALTHCHECK='{"Test":["CMD","true"]}' capmin run app:1
  expect_status 2
  expect_stderr 'hint: the image has a HEALTHCHECK: try --probe healthcheck; better is a script'
}

@test "two probes are an error" {
  refused $'error: more than one probe is given\n  hint: see capmin run --help' run app:1 --probe exit --probe-exec ./health.sh
}

@test "two images are an error, and so is a command without its --: the hint puts it there" {
  refused $'error: \'app:2\' is one image too many; the command of the container stands behind --\n  hint: capmin run app:1 --probe exit -- app:2' run app:1 app:2 --probe exit
  refused $'error: \'nginx\' is one image too many; the command of the container stands behind --\n  hint: capmin run app:1 --probe ./health.sh -e \'A=b c\' -- nginx -g \'daemon off;\'' \
    run app:1 --probe ./health.sh -e 'A=b c' nginx -g 'daemon off;'
}

@test "a probe that does not exist is an error before the engine is asked" {
  refused "error: cannot read $BATS_TEST_TMPDIR/none.sh: No such file or directory" run app:1 --probe ./none.sh
}

@test "a probe that is not executable is an error that says how to mend it" {
  chmod -x health.sh
  refused "error: the probe $BATS_TEST_TMPDIR/health.sh is not executable
  hint: chmod +x $BATS_TEST_TMPDIR/health.sh" run app:1 --probe ./health.sh
}

@test "a probe that not every user of a container may execute is an error where it runs inside" {
  local mode
  for mode in 700 711 744 550; do
    chmod "$mode" health.sh
    refused "error: the probe $BATS_TEST_TMPDIR/health.sh runs inside the container, where users other than its owner may not read and execute it
  hint: chmod a+rx $BATS_TEST_TMPDIR/health.sh" run app:1 --probe-exec ./health.sh
  done
  # On the host only capmin executes it.
  chmod 700 health.sh
  capmin run app:1 --probe ./health.sh
  expect_status 0
}

@test "an unknown capability is an error that names the one that is near, with --allow and with --deny" {
  local option
  for option in allow deny; do
    refused $'error: --'$option$': there is no capability \'CHWON\'\n  hint: did you mean CHOWN? names are those of capabilities(7), e.g. NET_ADMIN' \
      run app:1 --probe exit --$option CHOWN,CHWON
  done
}

@test "a capability both allowed and denied is an error" {
  refused $'error: --allow and --deny both name SYSLOG\n  hint: see capmin run --help' run app:1 --probe exit --allow SYSLOG --deny SYSLOG
}

@test "an unknown option is an error, and the one that is near is named and not taken" {
  refused $'error: unrecognised option \'--no-such-option\'\n  hint: if it is an option of the engine, --engine-arg=--no-such-option passes it on; see capmin run --help' run app:1 --no-such-option exit
  refused $'error: unrecognised option \'--prob\'\n  hint: did you mean --probe? see capmin run --help' run app:1 --prob exit
  refused $'error: unrecognised option \'-probe\'\n  hint: did you mean --probe? see capmin run --help' run app:1 -probe exit
  refused $'error: unrecognised option \'--formt\'\n  hint: did you mean --format? see capmin export --help' export --formt kubernetes x.yaml
}

@test "an option without its value is an error" {
  refused $'error: the required argument for option \'--timeout\' is missing\n  hint: see capmin run --help' run app:1 --probe exit --timeout
}

@test "a span of time that is none is an error" {
  local text
  for text in soon 0 -3 5x; do
    refused "error: '$text' is not a span of time
  hint: write for instance 30s, 500ms or 2m" run app:1 --probe exit "--timeout=$text"
  done
}

@test "an unknown choice is an error that lists the choices" {
  refused $'error: --pull does not take \'often\'\n  hint: it takes never, missing, always' run app:1 --probe exit --pull often
  refused $'error: --ports does not take \'open\'\n  hint: it takes portable, engine' run app:1 --probe exit --ports open
  refused $'error: --format does not take \'xml\'\n  hint: it takes yaml, json' run app:1 --probe exit --format xml
  refused $'error: --color does not take \'blue\'\n  hint: it takes auto, always, never' run app:1 --probe exit --color blue
}

@test "a choice that is nearly one is an error that names it" {
  refused $'error: --pull does not take \'alway\'\n  hint: did you mean always? it takes never, missing, always' run app:1 --probe exit --pull alway
  capmin export profile.yaml --format kubernets
  expect_status 2
  expect_stderr "did you mean kubernetes?"
  capmin rules lst
  expect_status 2
  expect_stderr "did you mean list?"
  capmin explain SYS_TIM
  expect_status 2
  expect_stderr "did you mean SYS_TIME?"
}

@test "--oneshot with a probe that needs the running container is an error" {
  refused $'error: --oneshot goes with --probe FILE and cmd:LINE: after its end a container runs nothing\n  hint: see capmin run --help' run app:1 --probe exit --oneshot
}

@test "a volume without an absolute target is an error" {
  refused $'error: \'data:here\' is not a volume\n  hint: write SOURCE:/TARGET, SOURCE:/TARGET:ro or /TARGET' run app:1 --probe exit --volume data:here
}

@test "a writable directory of the host is copied for each trial unless --keep-volumes says so" {
  mkdir "$BATS_TEST_TMPDIR/data"
  FAKE_JOB=0 capmin run app:1 --probe exit -v "$BATS_TEST_TMPDIR/data:/data"
  expect_status 0
  [ -n "$(calls "'create' .*capmin-volume-[^ ]*/copy:/data")" ]
  [ -z "$(calls "$BATS_TEST_TMPDIR/data:/data")" ]
}

@test "--keep-volumes mounts a writable directory of the host itself" {
  FAKE_JOB=0 capmin run app:1 --probe exit -v /srv:/data --keep-volumes
  expect_status 0
  [ -n "$(calls "'--volume' '/srv:/data'")" ]
}

@test "a writable directory of the host that is not there is an error" {
  refused $'error: the writable directory /nowhere cannot be copied for each trial: it is not there\n  hint: mount it read-only (SOURCE:TARGET:ro), or say --keep-volumes if its state cannot matter' \
    run app:1 --probe exit -v /nowhere:/data
}

@test "an option that would undo the trial is refused with its reason" {
  local option
  for option in --privileged --cap-add=ALL --cap-drop --pid=host --ipc=host --userns=host --name=x \
    --rm --restart=always --mount --label=a=b -it --env-host -- other:1 --volume=/:/host -v=/:/host --net=host \
    --security-opt=seccomp=unconfined --device=/dev/mem; do
    capmin run app:1 --probe exit "--engine-arg=$option"
    expect_status 2
    expect_stderr "error: --engine-arg $option is refused: "
    no_calls
  done
}

@test "H12: a name that no image has is refused and the engine is asked nothing" {
  local long name
  printf -v long '%65536s' ''
  for name in '$(id)' 'a;b' $'app\n1' "${long// /a}" 'аpp:1' 'a b' ''; do
    capmin run "$name" --probe exit
    expect_status 2
    no_calls
  done
}

@test "H12: options that pose as images are refused and the engine is asked nothing" {
  local name
  for name in --privileged -v=/:/h -- -; do
    capmin run --probe exit "$name"
    expect_status 2
    no_calls
  done
}

@test "H10: what a person passes in is printed without its escape sequences" {
  local argument=$'\e]52;c;ZXZpbA==\a\e[2Jred\u202e'
  capmin "$argument"
  expect_status 2
  refute_anywhere $'\e'
  for option in --allow --pull --timeout --engine-arg --probe-exec --volume --no-such-option --mount --pid --restart; do
    capmin run app:1 "$option=$argument"
    expect_status 2
    refute_anywhere $'\e'
    refute_anywhere $'\u202e'
  done
}

@test "help and the version go to standard output and need no engine" {
  capmin -V
  version=$output
  capmin --version
  expect_status 0
  [ "$output" = "$version" ]
  [[ "$output" =~ ^capmin\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
  version=$output
  capmin version
  [ "$output" = "$version" ]
  capmin --help
  expect_status 0
  expect_stdout "usage: capmin COMMAND"
  help=$output
  capmin help
  [ "$output" = "$help" ]
  [ -z "$stderr" ]
  no_calls
}

@test "help run describes every option of run" {
  local option
  capmin help run
  expect_status 0
  help=$output
  for option in probe probe-exec oneshot env env-file volume keep-volumes publish network user entrypoint \
    sysctl tmpfs workdir read-only ulimit memory pids-limit security-opt platform hostname add-host \
    shm-size device engine-arg allow deny ports timeout host context pull dry-run output format quiet \
    verbose color no-color help; do
    expect_stdout "--$option"
  done
  capmin run --help
  [[ "$help" == "$output"$'\n\n# Finding a set\n'* ]]
  help=$output
  capmin run app:1 -h --no-such-option
  [ "$output" = "$help" ]
  no_calls
}

@test "help prints each page of the manual, which it names" {
  local topic topics
  capmin help
  topics=$(sed -n 's/^Topics of the manual: //p' <<<"$output")
  [ "$topics" = "$(cd "$root/src/manual" && printf '%s\n' *.md | sed 's/\.md$//' | tr '\n' ' ' | sed 's/ $//')" ]
  for topic in $topics; do
    capmin help "$topic"
    expect_status 0
    [[ "$output" == *"$(cat "$root/src/manual/$topic.md")" ]]
  done
  no_calls
}

@test "help on an unknown command is an error" {
  refused $'error: there is no command and no topic \'walk\'\n  hint: see capmin help' help walk
  refused $'error: there is no command and no topic \'enginse\'\n  hint: did you mean engines? see capmin help' help enginse
}
