# What the examples share. Source it with BIN set to the folder of the built programs.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

work=$(mktemp -d "${TMPDIR:-/tmp}/rolloutd-example.XXXXXX")
export ACCOUNT=0123456789abcdef0123456789abcdef
daemon_pid=
emulator_pid=

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

stop_all() {
  [ -z "$daemon_pid" ] || kill "$daemon_pid" 2>/dev/null || true
  [ -z "$emulator_pid" ] || kill "$emulator_pid" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap stop_all EXIT

# start_emulator [OPTION...]: the local Versions API on a free port; sets `api`.
start_emulator() {
  printf 'example-token\n' >"$work/token"
  chmod 600 "$work/token"
  "$BIN/rollout-emulator" --listen 127.0.0.1:0 --port-file "$work/port" --token example-token \
    --account "$ACCOUNT" "$@" >"$work/emulator.log" 2>&1 &
  emulator_pid=$!
  until [ -s "$work/port" ]; do
    kill -0 "$emulator_pid" || { cat "$work/emulator.log" >&2; exit 1; }
    read -rt 0.05 <> <(:) || true
  done
  api="http://127.0.0.1:$(cat "$work/port")"
}

# configure FILE: copies an example's configuration, with this run's paths and port filled in.
configure() {
  mkdir -p "$work/etc/policies" "$work/state" "$work/builds"
  sed -e "s|@WORK@|$work|g" -e "s|@API@|$api|g" "$1" >"$work/etc/rolloutd.yaml"
}

ctl() { "$BIN/rolloutctl" -c "$work/etc/rolloutd.yaml" --socket "$work/control.sock" "$@"; }

# start_daemon: rolloutd in the background, its story in $work/daemon.log.
start_daemon() {
  : >"$work/daemon.log"
  "$BIN/rolloutd" -c "$work/etc/rolloutd.yaml" 2>"$work/daemon.log" &
  daemon_pid=$!
  await daemon.started
}

# await EVENT [COUNT]: until the daemon has told of it that often; prints what it said.
await() {
  local lines
  lines=$(timeout 20 grep -m "${2:-1}" -F "\"$1\"" <(tail -n +1 -f "$work/daemon.log")) || {
    echo "no $1 within 20 seconds; the daemon said:" >&2
    cat "$work/daemon.log" >&2
    exit 1
  }
  jq -r '"  \(.event): \(.message)"' <<<"$lines"
}
