#!/usr/bin/env bash
# clang-tidy over the product's sources. Most of its time goes into headers, so it reads the sources
# of a folder as one unit, or as halves where two of them use one name for different things. A unit
# that was clean is not read again while its preprocessed text, the checks and the compiler stay.
# usage: tidy.sh BUILD_DIR JOBS
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$PWD/$1
jobs=$2
cache=${XDG_CACHE_HOME:-$HOME/.cache}/rolloutd-tidy
mkdir -p "$cache" "$build/units"
export build cache

# flags_of FILE: what the build compiles it with.
flags_of() {
  local command
  command=$(jq -r --arg file "$PWD/$1" '.[] | select(.file == $file) | .command' \
    "$build/compile_commands.json" | head -n 1)
  [ -n "$command" ] || { echo "$1: not built, so not checked" >&2; return 1; }
  command=${command#*clang++-19}
  echo "${command%% -o *}"
}

# check FILE...: reads them as one unit.
check() {
  local flags unit key
  flags=$(flags_of "$1") || return 1
  unit=$build/units/$(sha256sum <<<"$*" | cut -c 1-16).cc
  printf '#include "%s"\n' "$@" >"$unit"
  if [ $# -gt 1 ] && ! eval "clang++-19 $flags -fsyntax-only '$unit'" 2>/dev/null; then
    local half=$(($# / 2))
    check "${@:1:half}" && check "${@:half+1}"
    return
  fi
  key=$({
    clang-tidy-19 --version
    cat .clang-tidy
    eval "clang++-19 $flags -E '$unit'" | sed "s|$PWD/||g"
  } | sha256sum | cut -d ' ' -f 1)
  [ ! -e "$cache/$key" ] || return 0
  eval "clang-tidy-19 --quiet '$unit' -- $flags" 2>&1 | sed '/warnings generated/d'
  [ "${PIPESTATUS[0]}" -eq 0 ] || return 1
  touch "$cache/$key"
  echo "clang-tidy: $# of ${1%/*}" >&2
}
export -f check flags_of

git ls-files 'daemon/*.cc' |
  awk '{ folder = $0; sub("/[^/]*$", "", folder)
         if (folder != last || count == 20) { if (line) print line; line = ""; count = 0 }
         last = folder; line = line " " $0; count++ }
       END { print line }' |
  xargs -P "$jobs" -I{} bash -c 'check {}'
