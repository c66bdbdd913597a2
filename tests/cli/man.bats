#!/usr/bin/env bats
# The manual page, which scripts/make/man makes of the program's help.

load helper

setup_file() {
  "$BATS_TEST_DIRNAME/../../scripts/make/man" "${CAPMIN:-$BATS_TEST_DIRNAME/../../build/capmin}" \
    >"$BATS_FILE_TMPDIR/capmin.1"
}

# The page as a person reads it, on lines that are not broken, without what makes it bold.
shown() { MANWIDTH=2000 man -l "$BATS_FILE_TMPDIR/capmin.1" | col -bx; }

@test "the manual page is valid for mandoc and for groff" {
  cd "$BATS_FILE_TMPDIR"
  run mandoc -T lint -W warning capmin.1
  [ "$status" = 0 ] && [ -z "$output" ]
  run --separate-stderr env MANROFFSEQ= man --warnings -l capmin.1
  [ "$status" = 0 ] && [ -z "$stderr" ]
}

@test "the manual page has every option of every command, under its command" {
  local command option text
  shown >page
  for command in $("$CAPMIN" help | sed -nE 's/^  capmin (\w+).*/\1/p' | sort -u); do
    text=$(sed -n "/^   capmin $command\b/,/^   capmin \|^[A-Z]/p" page)
    [ -n "$text" ]
    [ "$command" != help ] && [ "$command" != version ] || continue
    for option in $("$CAPMIN" help "$command" | sed -nE 's/^  (-\w \[ )?(--[a-z-]+).*/\2/p'); do
      grep -qE "^ +(-\w, )?$option( |$)" <<<"$text" || { echo "$command lacks $option"; return 1; }
    done
  done
}

@test "the manual page says of an option what help says" {
  local text=' +-o, --output FILE +write the profile here \(default: standard output\)'
  shown | paste -sd' ' | grep -qE -- "$text"
}

@test "the manual page has the sections that people look for" {
  local section
  shown >page
  for section in NAME SYNOPSIS DESCRIPTION COMMANDS 'EXIT STATUS' ENVIRONMENT FILES EXAMPLES 'SEE ALSO'; do
    grep -qx "$section" page
  done
}
