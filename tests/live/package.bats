#!/usr/bin/env bats
# What `cmake --install` and CPack put where, and whether the package works on a plain Debian.

load helper

build=$(dirname "$CAPMIN")

setup_file() {
  [ -e "$(dirname "$CAPMIN")/CMakeCache.txt" ] || skip "the program is not in a build directory"
  cd "$BATS_FILE_TMPDIR" || return 1
  cpack -G DEB --config "$(dirname "$CAPMIN")/CPackConfig.cmake" -B packages >cpack.log 2>&1 ||
    { cat cpack.log; return 1; }
}

deb() { compgen -G "$BATS_FILE_TMPDIR/packages/capmin_*.deb"; }

@test "an installed capmin has its documents where they are looked for" {
  local file to=$BATS_TEST_TMPDIR/root
  DESTDIR=$to cmake --install "$build" --prefix /usr/local >/dev/null
  for file in bin/capmin share/man/man1/capmin.1 share/bash-completion/completions/capmin \
    share/zsh/site-functions/_capmin share/fish/vendor_completions.d/capmin.fish \
    share/capmin/profiles/profile.schema.json share/capmin/profiles/nginx.yaml \
    share/doc/capmin/README.md share/doc/capmin/manual/batch.md; do
    [ -s "$to/usr/local/$file" ] || { echo "$file is missing"; return 1; }
  done
  [ -x "$to/usr/local/share/capmin/profiles/nginx.sh" ]
  [ "$(find "$to" -type f -path '*/site-functions/*' -o -type f -path '*/vendor-completions/*' | wc -l)" = 1 ]
  "$to/usr/local/bin/capmin" completion bash | diff - "$to/usr/local/share/bash-completion/completions/capmin"
  man -l "$to/usr/local/share/man/man1/capmin.1" | grep -q 'capmin run IMAGE'
}

@test "the package says what it is and what it needs" {
  local package
  package=$(deb)
  [ "$(dpkg-deb -f "$package" Package)" = capmin ]
  [ "$(dpkg-deb -f "$package" Section)" = admin ]
  [[ "$(dpkg-deb -f "$package" Recommends)" == *docker.io*podman* ]]
  [[ "$(dpkg-deb -f "$package" Depends)" == *libc6*libyaml-cpp* ]]
  [ "capmin $(dpkg-deb -f "$package" Version)" = "$("$CAPMIN" version)" ]
  dpkg-deb -c "$package" | grep -q './usr/share/zsh/vendor-completions/_capmin$'
}

@test "the package installs and runs on a plain Debian" {
  docker run --rm --network host ${http_proxy:+-e "http_proxy=$http_proxy"} -e DEBIAN_FRONTEND=noninteractive \
    -v "$(deb):/capmin.deb:ro" capmin-test-nginx-package sh -ec '
      apt-get update -qq
      apt-get install -y -qq --no-install-recommends /capmin.deb >/install.log 2>&1 || { cat /install.log; exit 1; }
      capmin version
      capmin explain NET_RAW | head -n 1
      capmin export /usr/share/capmin/profiles/nginx.yaml --format label
      dpkg --verify capmin' >out
  cat out
  grep -qx "$("$CAPMIN" version)" out
  grep -q '^NET_RAW' out
  grep -q 'io.containers.capabilities' out
}
