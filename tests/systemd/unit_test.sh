#!/usr/bin/env bash
# The unit is valid, says nothing that systemd ignores, and is as closed as it claims to be.
# SPDX-License-Identifier: Apache-2.0
# // Promise 25: the shipped unit scores 1.5 or less.
set -euo pipefail

units=$(realpath "$1")
readonly units
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  printf 'FAIL: %s\n' "$*" >&2
  exit 1
}

# The programs are not installed on the host that tests.
sed -E 's#^(Exec(Start|Reload)=)[^ ]+#\1/bin/true#' "$units/rolloutd.service" >"$work/rolloutd.service"
[ "$(grep -c '=/bin/true' "$work/rolloutd.service")" = 2 ] || fail 'the unit lost a program'

said=$(systemd-analyze verify --man=no "$work/rolloutd.service" 2>&1) || fail "verify: $said"
[ -z "$said" ] || fail "verify: $said"

systemd-analyze security --offline=yes --threshold=15 --no-pager "$units/rolloutd.service" \
  >"$work/score" || fail "$(tail -1 "$work/score")"
tail -1 "$work/score"

# The score does not see the order of these lines: a deny list first makes the whole one.
first=$(grep -m1 '^SystemCallFilter=' "$units/rolloutd.service")
[ "$first" = 'SystemCallFilter=@system-service' ] || fail "the first filter is $first"

systemd-sysusers --dry-run "$units/rolloutd.sysusers" >/dev/null
mkdir "$work/root"
systemd-tmpfiles --create --root="$work/root" "$units/rolloutd.tmpfiles"
[ "$(stat -c %a "$work/root/etc/rolloutd/credentials")" = 700 ] || fail 'credentials are open'

# systemd reads the catalog; a broken entry would be left out.
mkdir -p "$work/root/usr/lib/systemd/catalog" "$work/root/var/lib/systemd/catalog"
cp "$units/rolloutd.catalog" "$work/root/usr/lib/systemd/catalog/"
journalctl --root="$work/root" --update-catalog
listed=$(journalctl --root="$work/root" --list-catalog | wc -l)
[ "$listed" = "$(grep -c '^-- ' "$units/rolloutd.catalog")" ] || fail "$listed entries are known"
