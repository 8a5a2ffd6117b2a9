#!/usr/bin/env bash
# Writes a seed for the local Versions API: twelve versions, a week apart, three of them special.
set -euo pipefail
now=$(date +%s)
at() { date -u -d "@$((now - $1 * 86400))" +%Y-%m-%dT%H:%M:%SZ; }

versions=
for number in $(seq 12); do
  digest=$(printf 'example build %d' "$number" | sha256sum | cut -d ' ' -f 1)
  tag=v1.$number
  [ "$number" -ne 2 ] || tag=keep-audit
  message="Release $number"
  # Version 4 was made by hand: it has no identity of ours, and so it is not ours to delete.
  [ "$number" -eq 4 ] || message="$message\nrolloutd: build=sha256:$digest policy=release"
  versions+="${versions:+,}{\"number\":$number,\"created_on\":\"$(at $(((12 - number) * 7 + 1)))\",
    \"annotations\":{\"workers/tag\":\"$tag\",\"workers/message\":\"$message\"}}"
done
cat <<JSON
{ "workers": [ { "name": "shop", "versions": [ $versions ],
  "deployments": [
    { "created_on": "$(at 40)", "versions": [ { "number": 6, "percentage": 100 } ] },
    { "created_on": "$(at 20)", "versions": [ { "number": 8, "percentage": 100 } ] } ] } ] }
JSON
