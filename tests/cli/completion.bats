#!/usr/bin/env bats
# The completions that capmin prints, in the shells that they are for.

load helper

# bash_offers WORD...: what bash offers for the last word behind capmin, sorted, in `offered`.
bash_offers() {
  "$CAPMIN" completion bash >capmin.bash
  # shellcheck disable=SC2016  # the inner shell expands it
  offered=$(bash --norc -c '
    set -u
    source ./capmin.bash
    COMP_WORDS=(capmin "$@") COMP_CWORD=$#
    _capmin
    [ ${#COMPREPLY[@]} = 0 ] || printf "%s\n" "${COMPREPLY[@]}"' bash "$@" | sort | paste -sd' ')
  echo "bash offers for '$*': $offered"
}

# fish_offers WORD...: the same for fish.
fish_offers() {
  "$CAPMIN" completion fish >capmin.fish
  # shellcheck disable=SC2016
  offered=$(HOME=$PWD fish --no-config -c '
    source ./capmin.fish
    complete -C"capmin $argv"' "$@" | cut -f1 | sort | paste -sd' ')
  echo "fish offers for '$*': $offered"
}

# zsh_makes TEXT: the command line that zsh makes of "capmin TEXT" when Tab is pressed, in `made`.
zsh_makes() {
  "$CAPMIN" completion zsh >capmin.zsh
  cat >press.zsh <<'ZSH'
zmodload zsh/zpty
zpty shell 'PS1= TERM=dumb HOME=$PWD zsh -f -i'
ask() { zpty -w shell "$1" }
ask 'autoload -U compinit; compinit -u -D; source ./capmin.zsh; unsetopt beep prompt_sp prompt_cr; setopt no_list_ambiguous'
ask 'show() { print -r -- "ma""de<$BUFFER>"; zle kill-buffer }; zle -N show; bindkey "^X" show; print read''y'
zpty -r shell text '*ready*'
zpty -w -n shell "capmin $1"$'\t\x18'
zpty -r shell text '*made<*>*'
print -r -- "$text"
zpty -d shell
ZSH
  made=$(timeout 30 zsh -f press.zsh "$1" | tr -d '\r' | sed -n 's/.*made<\(.*\)>.*/\1/p')
  echo "zsh makes of 'capmin $1': $made"
}

@test "the scripts are valid for their shells" {
  "$CAPMIN" completion bash | bash -n
  "$CAPMIN" completion zsh >script && zsh -f -n script
  "$CAPMIN" completion fish >script && fish --no-config -n script
  "$CAPMIN" completion bash >script && shellcheck -s bash script || ! command -v shellcheck
}

@test "a shell that is not known is an error" {
  capmin completion csh
  expect_status 2
  expect_error $'error: there is no completion for \'csh\'\n  hint: capmin completion bash|zsh|fish'
  capmin completion
  expect_status 2
  capmin completion bash zsh
  expect_status 2
}

@test "bash completes commands" {
  bash_offers ''
  [[ " $offered " == *" completion compose diff doctor explain export "* ]]
  bash_offers re
  [ "$offered" = report ]
  bash_offers help ver
  [ "$offered" = verify ]
}

@test "every option that help names is completed, in every command and shell" {
  local command option options
  "$CAPMIN" completion fish >capmin.fish
  "$CAPMIN" completion zsh >capmin.zsh
  for command in $("$CAPMIN" help | sed -nE 's/^  capmin (\w+).*/\1/p' | sort -u); do
    [ "$command" != help ] && [ "$command" != version ] || continue
    bash_offers "$command" --
    options=$("$CAPMIN" help "$command" | sed -nE 's/^  (-\w \[ )?(--[a-z-]+).*/\2/p' | sort)
    [ -n "$options" ]
    [ "$offered" = "$(paste -sd' ' <<<"$options")" ]
    for option in $options; do
      grep -qE "__capmin_in $command' -l ${option#--}( |$)" capmin.fish
      sed -n "/^    $command)/,/;;/p" capmin.zsh | grep -qF -- "'*$option"
    done
  done
}

@test "bash completes the values of options" {
  bash_offers run app:1 --ports ''
  [ "$offered" = "engine portable" ]
  bash_offers run app:1 --ports = p
  [ "$offered" = portable ]
  bash_offers run --engine =
  [ "$offered" = "auto docker podman" ]
  bash_offers export p.yaml --format quad
  [ "$offered" = quadlet ]
  bash_offers report p.yaml --format j
  [ "$offered" = "json junit" ]
}

@test "bash completes capabilities, also the last one of a list" {
  bash_offers run app:1 --allow NET_A
  [ "$offered" = NET_ADMIN ]
  bash_offers run app:1 --deny CHOWN,NET_R
  [ "$offered" = CHOWN,NET_RAW ]
  bash_offers explain SYS_T
  [ "$offered" = "SYS_TIME SYS_TTY_CONFIG" ]
}

@test "bash completes files where there can be one" {
  touch 'a file.yaml'
  bash_offers verify a
  [ "$offered" = "a file.yaml" ]
  bash_offers run app:1 -o 'a f'
  [ "$offered" = "a file.yaml" ]
  bash_offers run app:1 --probe h
  [ "$offered" = "health.sh healthcheck" ]
  bash_offers rules ''
  [ "$offered" = "check list test" ]
  bash_offers rules check a
  [ "$offered" = "a file.yaml" ]
  bash_offers run a
  [ -z "$offered" ]
  bash_offers run app:1 --memory a
  [ -z "$offered" ]
  bash_offers run app:1 --probe exit -- --p
  [ -z "$offered" ]
}

@test "fish completes commands, options, values, capabilities and files" {
  touch 'afile.yaml'
  fish_offers re
  [ "$offered" = report ]
  fish_offers run app:1 --po
  [ "$offered" = --ports ]
  fish_offers "run app:1 --ports "
  [ "$offered" = "engine portable" ]
  fish_offers "run app:1 --ports=p"
  [ "$offered" = "--ports=portable" ]
  fish_offers run app:1 --deny CHOWN,NET_R
  [ "$offered" = CHOWN,NET_RAW ]
  fish_offers explain SYS_TI
  [ "$offered" = SYS_TIME ]
  fish_offers export p.yaml --format quad
  [ "$offered" = quadlet ]
  fish_offers verify afi
  [ "$offered" = afile.yaml ]
  fish_offers run app:1 --probe h
  [ "$offered" = "health.sh healthcheck" ]
  fish_offers rules ch
  [ "$offered" = check ]
  fish_offers rules check afi
  [ "$offered" = afile.yaml ]
}

@test "zsh completes commands, options, values, capabilities and files" {
  touch 'afile.yaml'
  zsh_makes 'repo'
  [ "$made" = 'capmin report ' ]
  zsh_makes 'run app:1 --po'
  [ "$made" = 'capmin run app:1 --ports=' ]
  zsh_makes 'run app:1 --ports=po'
  [ "$made" = 'capmin run app:1 --ports=portable ' ]
  zsh_makes 'run app:1 --deny CHOWN,NET_R'
  [ "$made" = 'capmin run app:1 --deny CHOWN,NET_RAW ' ]
  zsh_makes 'explain SYS_TI'
  [ "$made" = 'capmin explain SYS_TIME ' ]
  zsh_makes 'verify afi'
  [ "$made" = 'capmin verify afile.yaml ' ]
  zsh_makes 'rules check afi'
  [ "$made" = 'capmin rules check afile.yaml ' ]
}
