#!/bin/sh
# Installs what is missing: GStreamer, ffmpeg and Deno, and stand-ins for @std/* where JSR cannot be reached. It changes
# nothing when run again.
#
# usage: sh scripts/setup.sh [demo|test]
set -eu
cd "$(dirname "$0")/.."

purpose=${1:-test}

# What gstp needs, as ffi/versions.ts states it.
minimum_gstreamer=1.20
minimum_deno=2.8

# For playing and recording.
demo_packages="gstreamer1.0-plugins-base gstreamer1.0-plugins-good ffmpeg"
# The tests also use other codecs and an RTSP server, compare with gst-launch-1.0, compile C against the headers, test
# completion in shells, and read clips by other programs.
test_packages="$demo_packages gstreamer1.0-tools gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly
  gstreamer1.0-libav libgstrtspserver-1.0-0 gcc libc6-dev pkg-config
  libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev zsh fish
  mkvtoolnix mediainfo mpv vlc-bin vlc-plugin-base"

case $purpose in
  demo) packages=$demo_packages ;;
  test) packages=$test_packages ;;
  *)
    echo "usage: sh scripts/setup.sh [demo|test]" >&2
    exit 2
    ;;
esac

# They also open pages in browsers. Ubuntu has no packages for them; without a browser its tests are skipped.
if [ "$purpose" = test ] && grep -qs '^ID=debian' /etc/os-release; then
  packages="$packages chromium firefox-esr"
fi

say() {
  echo "setup: $*" >&2
}

die() {
  say "$*"
  exit 1
}

has() {
  command -v "$1" >/dev/null 2>&1
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif has sudo; then
    sudo "$@"
  else
    die "root is needed, and sudo is not installed: run as root: $*"
  fi
}

# Prints the packages of a list that are not installed.
missing_packages() {
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
      echo "$package"
  done
}

# Prints the commands of a list that are not on the PATH.
missing_commands() {
  for name in "$@"; do
    has "$name" || echo "$name"
  done
}

install_media_libraries() {
  if has apt-get; then
    # shellcheck disable=SC2086 # lists of names
    missing=$(missing_packages $packages)
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086
    say "installing" $missing
    as_root apt-get update -qq
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
      -o Dpkg::Use-Pty=0 $missing >/dev/null
    return 0
  fi

  missing=$(missing_commands gst-launch-1.0 ffmpeg)
  [ "$purpose" = demo ] || missing="$missing $(missing_commands cc pkg-config)"
  # shellcheck disable=SC2086
  set -- $missing
  [ $# -gt 0 ] || return 0
  has brew || die "$* not found. Install GStreamer $minimum_gstreamer or newer with its base, good, bad, ugly and" \
    "libav plugins, ffmpeg, a C compiler and pkg-config, then run this again."
  for name in "$@"; do
    case $name in
      gst-launch-1.0) brew install gstreamer ;;
      pkg-config) brew install pkgconf ;;
      cc) die "no C compiler found: run 'xcode-select --install'" ;;
      *) brew install "$name" ;;
    esac
  done
}

deno_is_recent() {
  # shellcheck disable=SC2046 # two numbers
  set -- $(deno --version 2>/dev/null | sed -n 's/^deno \([0-9]*\)\.\([0-9]*\)\..*/\1 \2/p')
  [ $# -eq 2 ] || return 1
  [ "$1" -gt "${minimum_deno%.*}" ] ||
    { [ "$1" -eq "${minimum_deno%.*}" ] && [ "$2" -ge "${minimum_deno#*.}" ]; }
}

# npm's `deno` is a Node script that replaces its own link with the real executable when npm runs its install script.
# Where npm does not, every start of Deno starts Node as well, and signals only reach Node: so replace the link here.
replace_deno_wrapper() {
  link=$(command -v deno)
  head -n 1 "$link" | grep -aq '^#!.*node' || return 0
  script=$(readlink -f "$link")
  package=$(dirname "$script")
  for executable in "$package"/node_modules/@deno/*/deno "$package"/../@deno/*/deno; do
    if "$executable" --version >/dev/null 2>&1; then
      say "linking $link to $executable"
      if [ -w "$(dirname "$link")" ]; then
        ln -sf "$executable" "$link"
      else
        as_root ln -sf "$executable" "$link"
      fi
      return 0
    fi
  done
  die "$link is a Node script, and the executable that it starts was not found: install Deno from" \
    "https://docs.deno.com/runtime/"
}

install_deno() {
  if ! deno_is_recent; then
    if has brew; then
      brew install deno
    elif has npm; then
      say "installing deno"
      prefix=$(npm prefix -g)
      if [ -w "$prefix/lib" ] || [ -w "$prefix" ]; then
        npm install -g deno
      else
        as_root npm install -g deno
      fi
      has deno || die "deno was installed to $prefix/bin: add it to the PATH"
    else
      die "deno and npm not found: install Deno $minimum_deno or newer from https://docs.deno.com/runtime/"
    fi
    deno_is_recent || die "$(command -v deno) is older than $minimum_deno: upgrade or remove it"
  fi
  replace_deno_wrapper
}

# deno.json maps @std/* to JSR; a workspace member of the same name under .std takes its place. An empty .std records
# that JSR could be reached.
provide_std() {
  [ ! -e .std ] || return 0
  if deno eval '
    const url = "https://jsr.io/@std/assert/meta.json";
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    Deno.exit(response.ok ? 0 : 1);
  ' >/dev/null 2>&1; then
    mkdir .std
  else
    say "JSR cannot be reached: using scripts/std for @std/*"
    ln -sfn scripts/std .std
  fi
}

install_media_libraries
install_deno
provide_std
