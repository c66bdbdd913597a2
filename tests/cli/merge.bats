#!/usr/bin/env bats
# capmin export --merge: the set goes into somebody else's file, and nothing else changes there.
# shellcheck shell=bash disable=SC2154  # status, output and stderr are set by run

bats_require_minimum_version 1.5.0

setup() {
  root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  CAPMIN=${CAPMIN:-$root/build/capmin}
  profile=$root/tests/golden/profile.yaml
  cd "$BATS_TEST_TMPDIR" || return 1
  cat >compose.yaml <<'YAML'
# Our shop.  Ask Eve before you change it.
version: "3.7"

x-logging: &logging   # for everybody
  driver: json-file

services:
  web:                # the front
    image: nginx:1.27 # pinned
    logging: *logging
    ports: ['80:80',
            "443:443"]
    cap_add:
      - SYS_ADMIN     # for what?
    environment:
      - COLOUR=${COLOUR:-blue}
    # more to come

  db:
    <<: {restart: always}
    image: postgres
volumes: {}
YAML
}

capmin() { run --separate-stderr "$CAPMIN" "$@"; }

merge() { capmin export "$profile" --merge "$@"; }

@test "only the lines of the set differ, and a second parser agrees" {
  merge compose.yaml --format compose --service web -o new.yaml
  [ "$status" = 0 ]
  run diff compose.yaml new.yaml
  [ "$output" = '9a10
>     cap_drop: ["ALL"]
13,14c14
<     cap_add:
<       - SYS_ADMIN     # for what?
---
>     cap_add: ["CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID"]  # capmin 1.0.0: nginx:1.27 sha256:39286ab8a5e1, unique' ]
  /usr/bin/python3 <<'PYTHON'
import yaml
old, new = (yaml.safe_load(open(name)) for name in ("compose.yaml", "new.yaml"))
old["services"]["web"].update(cap_drop=["ALL"], cap_add=["CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID"])
assert old == new
PYTHON
  docker-compose -f new.yaml config --quiet
}

@test "the comment that went with a replaced value is named" {
  merge compose.yaml --format compose --service web
  [[ "$stderr" == *"warning: the comment on line 14 went with the value that was replaced"* ]]
}

@test "a second merge changes nothing" {
  merge compose.yaml --format compose --service db --in-place
  [ "$status" = 0 ]
  [ -z "$output" ]
  cp compose.yaml once.yaml
  merge compose.yaml --format compose --service db --in-place
  [ "$status" = 0 ]
  cmp compose.yaml once.yaml
}

@test "the result goes to standard output, and the file stays as it is" {
  cp compose.yaml before.yaml
  merge compose.yaml --format compose --service web
  [ "$status" = 0 ]
  [[ "$output" == "# Our shop."* ]]
  cmp compose.yaml before.yaml
}

@test "line ends of Windows are kept" {
  sed -i 's/$/\r/' compose.yaml
  merge compose.yaml --format compose --service db --in-place
  [ "$status" = 0 ]
  run ! grep -qv $'\r$' compose.yaml
}

@test "what cannot be merged ends with status 2, its line, and an untouched file" {
  cp compose.yaml before.yaml
  merge compose.yaml --format compose --in-place
  [ "$status" = 2 ]
  [[ "$stderr" == "error: compose.yaml:8:3: there are several services"*"web, db"* ]]
  merge compose.yaml --format compose --service other --in-place
  [ "$status" = 2 ]
  cmp compose.yaml before.yaml
  printf 'services:\n  web: {image: nginx}\n' >flow.yaml
  merge flow.yaml --format compose
  [ "$status" = 2 ]
  [[ "$stderr" == "error: flow.yaml:2:8: this map is written with braces"* ]]
  printf 'services:\n\tweb:\n\t\timage: nginx\n' >tabs.yaml
  merge tabs.yaml --format compose
  [ "$status" = 2 ]
  [[ "$stderr" == "error: tabs.yaml:2:5: is not YAML: "*"YAML takes no tabs there"* ]]
  printf 'services:\n  a: &a\n    image: nginx\n  b: *a\n' >alias.yaml
  merge alias.yaml --format compose --service a
  [ "$status" = 2 ]
  [[ "$stderr" == "error: alias.yaml:2:6: an alias elsewhere"* ]]
  merge missing.yaml --format compose
  [ "$status" = 2 ]
}

@test "H14: a hostile file is refused quickly" {
  printf 'a: &a [x,x]\nb: &b [*a,*a]\nservices:\n  web:\n    image: *b\n' >bomb.yaml
  merge bomb.yaml --format compose
  [ "$status" = 0 ]
  head -c 2000000 /dev/zero | tr '\0' '[' >deep.yaml
  run --separate-stderr timeout 5 "$CAPMIN" export "$profile" --format compose --merge deep.yaml
  [ "$status" = 2 ]
  printf 'services:\n  web:\n    image: "a\033[31m"\n' >escape.yaml
  merge escape.yaml --format compose
  [ "$status" = 2 ]
  [[ "$stderr" != *$'\e'* ]]
}

@test "a manifest of several documents takes the set in one container" {
  cat >all.yaml <<'YAML'
apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data:
  script: |
    # not a comment
    securityContext: no
---
apiVersion: apps/v1
kind: Deployment   # the front
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: web
          image: nginx:1.27
          securityContext:
            runAsNonRoot: false   # sorry
            capabilities: {add: [NET_ADMIN]}
          ports:
            - containerPort: 80
        - name: side   # cart
          image: busybox
YAML
  merge all.yaml --format kubernetes --container web -o new.yaml
  [ "$status" = 0 ]
  run diff all.yaml new.yaml
  [ "$output" = '20c20,22
<             capabilities: {add: [NET_ADMIN]}
---
>             capabilities:  # capmin 1.0.0: nginx:1.27 sha256:39286ab8a5e1, unique
>               drop: ["ALL"]
>               add: ["CHOWN", "DAC_OVERRIDE", "NET_BIND_SERVICE", "SETGID", "SETUID"]' ]
  /usr/bin/python3 <<'PYTHON'
import yaml
old, new = (list(yaml.safe_load_all(open(name))) for name in ("all.yaml", "new.yaml"))
web = old[1]["spec"]["template"]["spec"]["containers"][0]
web["securityContext"]["capabilities"] = {
    "drop": ["ALL"], "add": ["CHOWN", "DAC_OVERRIDE", "NET_BIND_SERVICE", "SETGID", "SETUID"]}
assert old == new
PYTHON
}
