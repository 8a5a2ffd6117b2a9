#!/usr/bin/env bash
# Both examples in turn. With --keep the last local Versions API and daemon stay, to play with.
# usage: demo.sh BIN_DIR [--keep]
set -euo pipefail
cd "$(dirname "$0")"
bin=$1
keep=${2:-}
[ -z "$keep" ] || [ "$keep" = --keep ] || { echo "usage: ./dev demo [--keep]" >&2; exit 64; }

01-first-version/run.sh "$bin"
02-prune/run.sh "$bin"

cat <<'TEXT'

That was rolloutd. Where to go next:
  README.md                install it and let it observe your own Workers; it cannot write until you say so
  policies/README.md       write a policy; `rolloutctl policy preview` shows what it would do
  examples/                what you have just seen, step by step
TEXT
[ -n "$keep" ] || exit 0

BIN=$bin
. ./lib.sh
start_emulator --worker hello
configure 01-first-version/rolloutd.yaml
cp ../policies/release.yaml "$work/etc/policies/"
project=$work/builds/hello
mkdir -p "$project"
git -C "$project" init -q -b main
printf '{ "name": "hello", "version": "1.0.0" }\n' >"$project/package.json"
git -C "$project" add package.json
git -C "$project" -c user.name=Example -c user.email=example@example.com commit -qm 'Say hello'
01-first-version/build.sh "$project/dist" 'Hello'
start_daemon
cat <<TEXT

Left running, until you press Ctrl-C:
  the local Versions API   $api/client/v4
  the watched directory    $work/builds/hello/dist
  try                      examples/01-first-version/build.sh $work/builds/hello/dist 'Hi'
                           $bin/rolloutctl mark --git $work/builds/hello/dist
  the daemon's story       (below)
TEXT
tail -n +1 -f "$work/daemon.log"
