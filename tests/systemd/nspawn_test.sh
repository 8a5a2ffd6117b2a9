#!/usr/bin/env bash
# Boots the shipped unit for real, in a container over a copy-on-write view of this host: a fresh
# install idles, a build becomes a version, a reload tells the truth, a stop is quick, the token is
# nowhere.
# usage: nspawn_test.sh SOURCE_DIR BUILD_DIR
# SPDX-License-Identifier: Apache-2.0
# // Promise 23: the token is in no log, status or process list of the running service.
# // Promise 25: the daemon works inside the shipped unit.
# // Promise 26: SIGTERM ends within a second.
set -euo pipefail

source=$(realpath "$1") build=$(realpath "$2")
readonly source build
readonly token=canary-4f1d0c7e9b-token machine=rolloutd-test-$$

if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo 'this test boots a container: it needs root' >&2; exit 1; }
  exec sudo "$0" "$@"
fi

work=$(mktemp -d) container= leader=
readonly work

clean_up() {
  # The container's own init first: with nspawn alone gone it would live on.
  [ -z "$leader" ] || kill -KILL "$leader" 2>/dev/null || true
  [ -z "$container" ] || kill -TERM "$container" 2>/dev/null || true
  wait 2>/dev/null || true
  umount -R "$work/root" 2>/dev/null || true
  umount "$work" 2>/dev/null || true
  rmdir "$work" 2>/dev/null || true
  # What nspawn leaves of a container that has no unit of its own.
  local hierarchy
  for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
    find "$hierarchy/payload" "$hierarchy/supervisor" -depth -type d -exec rmdir {} \; \
      2>/dev/null || true
  done
}
trap clean_up EXIT
# shellcheck source=tests/systemd/nspawn_hostile.sh
. "$source/tests/systemd/nspawn_hostile.sh"

fail() {
  printf 'FAIL: %s\n' "$*" >&2
  [ -z "$leader" ] || inside journalctl --no-pager -n 40 -u rolloutd -u emulator >&2 || true
  exit 1
}

inside() { nsenter -t "$leader" -a "$@"; }

property() { inside systemctl show -P "$1" rolloutd; }

# until_true SECONDS COMMAND...: polls without ever waiting for longer than needed.
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    read -rt 0.05 <> <(:) || true
  done
}

# await MESSAGE_ID: the first record of that kind, as JSON.
await() {
  local found
  found=$(inside timeout 20 journalctl -f --no-pager -n all -o json -u rolloutd "MESSAGE_ID=$1" |
    head -n 1) || true
  [ -n "$found" ] || fail "no record with MESSAGE_ID $1"
  printf '%s' "$found"
}

mount -t tmpfs -o size=1g tmpfs "$work"
mkdir "$work/upper" "$work/work" "$work/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$work/root"
# Of the host's services none is started, and its machine id is not ours.
rm -rf "$work"/root/etc/systemd/system/*.wants "$work"/root/etc/rolloutd
: >"$work/root/etc/machine-id"
DESTDIR="$work/root" cmake --install "$build" --prefix /usr >"$work/install.log"

# nspawn's own filter refuses to lock memory, which the unit's allows.
systemd-nspawn -q -b -D "$work/root" --machine="$machine" --register=no --keep-unit \
  --private-network --system-call-filter=@memlock --console=pipe --kill-signal=SIGRTMIN+4 \
  systemd.unit=multi-user.target </dev/null >"$work/boot.log" 2>&1 &
container=$!
up() {
  leader=$(pgrep -P "$container" | head -n 1) && [ -n "$leader" ] &&
    [[ $(inside systemctl is-system-running) =~ ^(running|degraded)$ ]]
}
until_true 30 up || { cat "$work/boot.log" >&2; leader=; fail 'the container did not boot'; }

inside systemd-sysusers
inside systemd-tmpfiles --create rolloutd.conf
inside journalctl --update-catalog

echo '1. A fresh install idles and is ready'
inside systemctl start rolloutd || fail 'a fresh install does not start'
[ "$(property StatusText)" = 'no workers configured' ] || fail "status: $(property StatusText)"
pid=$(property MainPID)
grep -q '^NoNewPrivs:[[:space:]]1$' <(inside cat "/proc/$pid/status") || fail 'NoNewPrivileges'
grep -q '^Seccomp:[[:space:]]2$' <(inside cat "/proc/$pid/status") || fail 'SystemCallFilter'
grep -q '^CapEff:[[:space:]]0*$' <(inside cat "/proc/$pid/status") || fail 'capabilities'
[ "$(inside stat -c '%a %U:%G' /run/rolloutd/control.sock)" = '660 rolloutd:rolloutd' ] ||
  fail "the control socket is $(inside stat -c '%a %U:%G' /run/rolloutd/control.sock)"
inside runuser -u nobody -- rolloutctl status >/dev/null 2>&1 && fail 'nobody may ask'
inside rolloutctl status >/dev/null || fail 'rolloutctl status'

echo '2. With a token and a Worker it is ready again'
inside systemd-run -q --unit=emulator /usr/bin/rollout-emulator --listen 127.0.0.1:8787 \
  --token "$token" --account 0123456789abcdef0123456789abcdef --worker shop
until_true 10 inside curl -s -o /dev/null http://127.0.0.1:8787/ || fail 'the emulator is silent'
printf '%s\n' "$token" >"$work/root/etc/rolloutd/credentials/cloudflare-token"
cp "$source/policies/digest.yaml" "$work/root/etc/rolloutd/policies/"
cat >"$work/root/etc/rolloutd/rolloutd.yaml" <<'YAML'
version: 1
mode: enforce
accounts:
  main:
    account_id: 0123456789abcdef0123456789abcdef
    token: { credential: cloudflare-token }
    api: http://127.0.0.1:8787/client/v4
workers:
  - name: shop
    account: main
    build: { path: /srv/builds/shop }
    version: { compatibility_date: 2026-11-01 }
    tagging: digest
YAML
chmod 644 "$work/root/etc/rolloutd/rolloutd.yaml" "$work"/root/etc/rolloutd/policies/*
inside mkdir -p /srv/builds/shop
inside systemctl restart rolloutd || fail 'it does not start with a Worker'

echo '3. A build becomes a version, and the journal has the fields'
echo 'export default { fetch() { return new Response("hello"); } };' |
  inside tee /srv/builds/shop/index.js >/dev/null
inside rolloutctl mark /srv/builds/shop >/dev/null || fail 'rolloutctl mark'
record=$(await ce3a6e5ed3ba43c28f66245968c7fc15)
jq -e '.PRIORITY == "5" and .SYSLOG_IDENTIFIER == "rolloutd" and
  .ROLLOUTD_EVENT == "version.created" and .ROLLOUTD_WORKER == "shop" and
  .ROLLOUTD_VERSION_NUMBER == "1" and (.ROLLOUTD_BUILD | length == 64) and
  (.MESSAGE | startswith("shop: created v1 "))' <<<"$record" >/dev/null || fail "record: $record"
explained=$(inside journalctl --no-pager -x -u rolloutd MESSAGE_ID=ce3a6e5ed3ba43c28f66245968c7fc15)
[[ $explained == *'What you can do:'* ]] || fail 'the catalog is not read'

echo '4. A build that reaches out is rejected'
hostile_builds

echo '5. A reload tells whether it succeeded'
inside systemctl reload rolloutd || fail 'a good configuration is refused'
echo 'nonsense: 1' >>"$work/root/etc/rolloutd/rolloutd.yaml"
inside systemctl reload rolloutd 2>/dev/null && fail 'a broken configuration is taken'
await 39560a9679f84b94a4f1ba5f6cacf3cb >/dev/null
[ "$(property ActiveState)" = active ] || fail 'a refused reload ends the service'
[[ $(property StatusText) == *rolloutd.yaml:* ]] || fail "status: $(property StatusText)"
sed -i '/^nonsense/d' "$work/root/etc/rolloutd/rolloutd.yaml"
inside systemctl reload rolloutd || fail 'a mended configuration is refused'

echo '6. The token is nowhere'
pid=$(property MainPID)
# no_token WHERE COMMAND...: what the command prints is something, and not the token.
no_token() {
  local where=$1 text
  shift
  text=$(inside "$@" | tr '\0' '\n') || fail "$where cannot be read"
  [ -n "$text" ] || fail "$where is empty"
  [[ $text != *"$token"* ]] || fail "the token is in $where"
}
no_token 'the journal' journalctl --no-pager -o json -u rolloutd
no_token "the service's status" systemctl show rolloutd
no_token 'its environment' cat "/proc/$pid/environ"
no_token 'its command line' cat "/proc/$pid/cmdline"
for page in healthz readyz?verbose metrics api/v1/status; do
  no_token "/$page" curl -sS "http://127.0.0.1:9747/$page"
done
no_token 'its state' sh -c 'cat /var/lib/rolloutd/*'

echo '7. A stop is quick and clean'
before=$(date +%s%N)
inside systemctl stop rolloutd
took=$((($(date +%s%N) - before) / 1000000))
[ "$took" -lt 2000 ] || fail "stopping took $took ms"
[ "$(property Result)" = success ] || fail "it ended with $(property Result)"
[ "$(property NRestarts)" = 0 ] || fail "it was restarted $(property NRestarts) times"
[ ! -e "$work/root/run/rolloutd/control.sock" ] || fail 'the control socket stayed'

echo '8. The unit refuses what nobody needs'
forbidden_things

echo "all is well; the stop took $took ms"
