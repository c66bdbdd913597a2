#!/usr/bin/env bats
# capmin report: profiles become documents for reviewers, without an engine.
# shellcheck shell=bash disable=SC2154  # status, output and stderr are set by run

bats_require_minimum_version 1.5.0

setup() {
  root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  cd "$root" || return 1
  CAPMIN=${CAPMIN:-$root/build/capmin}
  profile=tests/golden/profile.yaml
  other=$BATS_TEST_TMPDIR/other.yaml
  file=$BATS_TEST_TMPDIR/report
}

capmin() { run --separate-stderr "$CAPMIN" "$@"; }

# read_as FORMAT ARG...: capmin report in a format, into $file.
read_as() {
  local format=$1
  shift
  "$CAPMIN" report "$@" --format "$format" -o "$file"
}

# golden FORMAT NAME: the report of the golden profile has the bytes of tests/golden/NAME.
golden() {
  read_as "$1" "$profile"
  # The style sheet may change without changing what is said.
  diff <(sed '/<style>/,/<\/style>/d' "$file") "tests/golden/$2"
}

@test "the report has the same bytes every time" {
  golden markdown report.md
  golden html report.html
  golden json report.json
  golden junit report.xml
  golden github report.github
}

@test "parsers, validators and renderers read every format" {
  /usr/bin/python3 tests/cli/report_formats.py "$CAPMIN" "$profile"
  /usr/bin/python3 tests/cli/report_formats.py "$CAPMIN" "$profile" tests/golden/profile.json
}

@test "H10, H11, H15, H16: hostile text in every field is active in no format" {
  /usr/bin/python3 tests/cli/report_formats.py "$CAPMIN" --hostile "$profile"
  /usr/bin/python3 tests/cli/report_formats.py "$CAPMIN" tests/fuzz/corpus/profile/hostile.yaml
}

@test "H16: hostile names of files are active in no format" {
  local name="$BATS_TEST_TMPDIR/<b>&\"'%,:|\`::error::x"
  cp "$profile" "$name"
  /usr/bin/python3 tests/cli/report_formats.py "$CAPMIN" "$name"
}

@test "Markdown is the default, and tells why each capability is needed" {
  capmin report "$profile"
  [ "$status" = 0 ]
  [[ "$output" == *"needs 4 of Docker's 14 default capabilities, 1 more in some places; 9 can be dropped"* ]]
  [[ "$output" == *'| needed because | ` chown("/var/lib/nginx/body", 33) failed'* ]]
  [[ "$output" == *'| without it | trial 10 failed: exit status 1 |'* ]]
  [[ "$output" == *'| to avoid it | ` give /var/lib/nginx to www-data'* ]]
}

@test "the search is drawn as a picture with a row for each trial" {
  read_as html "$profile"
  /usr/bin/python3 - "$file" <<'PYTHON'
import re, sys
page = open(sys.argv[1], encoding="utf-8").read()
picture = re.search(r"<svg.*?</svg>", page, re.DOTALL)[0]
assert "<title" in picture and "<desc" in picture
rows = re.findall(r"<g><title>(.*?)</title>(.*?)</g>", picture)
assert len(rows) == 16, len(rows)
row = dict(rows)["trial 7, prove: CHOWN DAC_OVERRIDE SETGID, without SETUID: fail"]
assert row.count('class="fill fail"') == 3 and row.count('class="without"') == 2
assert 'class="mark fail"' in row and ">fail<" in row
assert [t for t in ("Search", "Proof", "Under the engine&#39;s own settings") if t not in picture] == []
PYTHON
}

@test "a profile that does not tell its search is drawn with what it tells, and says so" {
  sed '/^search:/,/^run:/{/^run:/!d}' "$profile" >"$other"
  capmin report "$other" --format html
  [ "$status" = 0 ]
  [[ "$output" == *"it does not tell the whole search, for which 11 containers ran"* ]]
  [[ "$output" == *"Other trials"* ]]
}

@test "--previous says what changed, and fails the JUnit case where the set is riskier" {
  sed 's/^  add: \["CHOWN", /  add: [/' "$profile" >"$other"
  read_as html "$profile" --previous "$other"
  grep -q 'the new set is riskier' "$file"
  read_as junit "$profile" --previous "$other"
  grep -q '<failure message="riskier than .*: added CHOWN, removed (none)">' "$file"
  read_as github "$profile" --previous "$other"
  grep -q "^::error file=$profile,line=7,title=nginx%3A1.27 has become riskier::" "$file"
  read_as junit "$other" --previous "$profile"
  run ! grep -q '<failure' "$file"
}

@test "annotations point to the line of the reason" {
  read_as github "$profile"
  local line
  line=$(grep -n 'name: "SETUID"' "$profile" | cut -d: -f1)
  grep -q "^::warning file=$profile,line=$line,title=nginx%3A1.27 needs SETUID::" "$file"
}

@test "several profiles make one document with an index" {
  capmin report "$profile" tests/golden/profile.json --format html
  [ "$status" = 0 ]
  [[ "$output" == *'href="#profile-2"'* ]]
  [[ "$output" == *'<article id="profile-2">'* ]]
}

@test "--summary adds the Markdown to what the file holds" {
  echo before >"$other"
  capmin report "$profile" --format github --summary "$other"
  [ "$status" = 0 ]
  [[ "$output" == ::notice* ]]
  [ "$(head -n 1 "$other")" = before ]
  diff <(tail -n +2 "$other") <("$CAPMIN" report "$profile")
}

@test "the report tells how to make the profile again" {
  capmin report "$profile"
  [[ "$output" == *"capmin run nginx:1.27 --probe health.sh --restart "* ]]
  [[ "$output" == *"-- nginx -g 'daemon off;'"* ]]
}

@test "a report that cannot be written ends with status 8 and leaves the old file" {
  mkdir "$file"
  capmin report "$profile" -o "$file"
  [ "$status" = 8 ]
  ln -s /dev/null "$other"
  capmin report "$profile" -o "$other"
  [ "$status" = 8 ]
  [ -L "$other" ]
}

@test "what is no profile is an error with its place" {
  echo 'kind: Something' >"$other"
  capmin report "$profile" "$other"
  [ "$status" = 2 ]
  [ -z "$output" ]
  [[ "$stderr" == "error: $other:1:1: "* ]]
}

@test "usage errors say what to write instead" {
  capmin report
  [ "$status" = 2 ]
  [[ "$stderr" == *"hint: capmin report PROFILE..."* ]]
  capmin report "$profile" --format pdf
  [ "$status" = 2 ]
  [[ "$stderr" == *"markdown, html, json, junit, sarif, github"* ]]
  capmin report "$profile" "$profile" --previous "$profile"
  [ "$status" = 2 ]
}

@test "the help tells formats and exit status" {
  capmin help report
  [ "$status" = 0 ]
  [[ "$output" == *"markdown|html|json|junit|sarif|github"* ]]
  [[ "$output" == *"Exit status:"* ]]
}
