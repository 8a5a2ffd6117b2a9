#!/usr/bin/env bash
# usage: run.sh BIN_DIR
set -euo pipefail
cd "$(dirname "$0")"
BIN=$1
. ../lib.sh

say '1. A Worker with twelve versions, a week apart; version 8 serves, version 6 served before it'
./make-history.sh >"$work/history.json"
start_emulator --seed "$work/history.json"
configure rolloutd.yaml
cp example.yaml "$work/etc/policies/"
ctl versions list --worker shop

say '2. What the policy would do, before anything is done'
ctl plan --local shop

say '3. rolloutd does it: one at a time, oldest first, the deployments read again before each'
start_daemon
await prune.deleted 5

say '4. Why each that stayed is kept'
for version in v2 v4 v6 v8 v12; do ctl explain version "$version"; done

say '5. And where version 3 is gone'
ctl explain version v3

left=$(ctl versions list --worker shop -o json | jq -c '[.result[].number] | sort')
[ "$left" = '[2,4,6,8,10,11,12]' ] || { echo "expected 2,4,6,8,10,11,12; left: $left" >&2; exit 1; }
