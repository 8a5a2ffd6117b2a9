#!/usr/bin/env bash
# clang-tidy over the product's sources. A file that was clean is not read again while its
# preprocessed text, the checks and the compiler stay the same.
# usage: tidy.sh BUILD_DIR JOBS
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$1
jobs=$2
cache=${XDG_CACHE_HOME:-$HOME/.cache}/rolloutd-tidy
mkdir -p "$cache"
export build cache

check() {
  local file=$1 command key
  command=$(jq -r --arg file "$PWD/$file" \
    '.[] | select(.file == $file) | .command' "$build/compile_commands.json" | head -n 1)
  [ -n "$command" ] || { echo "$file: not built, so not checked" >&2; return 1; }
  key=$({
    clang-tidy-19 --version
    cat .clang-tidy
    (cd "$build" && eval "${command%% -o *} -E ${command##* -c }" | sed "s|$PWD/||g")
  } | sha256sum | cut -d ' ' -f 1)
  [ ! -e "$cache/$key" ] || return 0
  clang-tidy-19 --quiet -p "$build" "$file" 2>&1 | sed '/warnings generated/d'
  [ "${PIPESTATUS[0]}" -eq 0 ] || return 1
  touch "$cache/$key"
}
export -f check

git ls-files 'daemon/*.cc' | xargs -P "$jobs" -I{} bash -c 'check {}'
