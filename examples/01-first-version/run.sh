#!/usr/bin/env bash
# usage: run.sh BIN_DIR
set -euo pipefail
cd "$(dirname "$0")"
BIN=$1
. ../lib.sh

say '1. The local Versions API and rolloutd, watching a build directory'
start_emulator --worker hello
configure rolloutd.yaml
cp ../../policies/release.yaml "$work/etc/policies/"
project=$work/builds/hello
mkdir -p "$project"
git -C "$project" init -q -b main
printf '{ "name": "hello", "version": "1.0.0" }\n' >"$project/package.json"
start_daemon

say '2. A build that is not marked stays what it is: perhaps half-written'
./build.sh "$project/dist" 'Hello, world!'
git -C "$project" add package.json
git -C "$project" -c user.name=Example -c user.email=example@example.com commit -qm 'Say hello'
ctl reconcile hello --wait

say '3. `rolloutctl mark` says that it is finished: it becomes a version'
ctl mark --git "$project/dist"
await version.created

say '4. The same bytes again make nothing; other bytes do'
ctl mark --git "$project/dist"
ctl reconcile hello --wait
./build.sh "$project/dist" 'Hello again!'
printf '{ "name": "hello", "version": "1.1.0" }\n' >"$project/package.json"
ctl mark --git "$project/dist"
await version.created 2

say '5. Two builds, two versions, each with its tag, message and identity'
ctl versions list --worker hello
count=$(ctl versions list --worker hello -o json | jq '.result | length')
[ "$count" -eq 2 ] || { echo "expected 2 versions, found $count" >&2; exit 1; }
