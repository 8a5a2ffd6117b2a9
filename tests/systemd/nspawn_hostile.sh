# Part of nspawn_test.sh: what a hostile build, and a daemon that was taken over, get from the unit.
# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: Apache-2.0
# // Promise 10: nothing outside the build root is ever read.

# first_record FIELD=VALUE...: the text of the first record with all of them, or nothing.
first_record() {
  inside timeout 20 journalctl -f --no-pager -n all -o cat -u rolloutd "$@" | head -n 1 || true
}

# rejects REASON PATH COMMAND...: after the command, run in the container, the build is rejected for
# that reason and the path is named.
rejects() {
  local reason=$1 path=$2 told
  shift 2
  inside "$@" || fail "$* cannot be done"
  told=$(first_record MESSAGE_ID=9d9c4a1e94aa4ff6b400bb25a3ce13fb "ROLLOUTD_REASON=$reason")
  [[ $told == *"\`$path\`"* ]] || fail "no build is rejected as $reason for $path: $told"
}

hostile_builds() {
  inside sh -c 'mkdir /srv/other && echo secret >/srv/other/secret.txt'
  rejects SymlinkInBuild secret.txt ln -s /srv/other/secret.txt /srv/builds/shop/secret.txt
  inside rm /srv/builds/shop/secret.txt
  rejects NotARegularFile pipe mkfifo /srv/builds/shop/pipe
  inside rm /srv/builds/shop/pipe
  rejects OtherDevice mounted sh -c \
    'mkdir /srv/builds/shop/mounted && mount --bind /srv/other /srv/builds/shop/mounted &&
     touch /srv/builds/shop/index.js'
  inside umount /srv/builds/shop/mounted
  inside rmdir /srv/builds/shop/mounted
  # The daemon goes on where it stood.
  inside sh -c 'echo "export default {};" >/srv/builds/shop/index.js'
  inside rolloutctl mark /srv/builds/shop >/dev/null || fail 'rolloutctl mark'
  [ -n "$(first_record MESSAGE_ID=ce3a6e5ed3ba43c28f66245968c7fc15 ROLLOUTD_VERSION_NUMBER=2)" ] ||
    fail 'after hostile builds there is no version of a good one'
  hard_linked_build
}

# A hard link is a file of the build, as `cp -l` and `rsync --link-dest` make it. What is written
# through its other name is no longer what was marked.
hard_linked_build() {
  inside sh -c 'echo "export default { n: 3 };" >/srv/other/index.js &&
    ln -f /srv/other/index.js /srv/builds/shop/index.js'
  inside rolloutctl mark /srv/builds/shop >/dev/null || fail 'rolloutctl mark of a hard link'
  [ -n "$(first_record MESSAGE_ID=ce3a6e5ed3ba43c28f66245968c7fc15 ROLLOUTD_VERSION_NUMBER=3)" ] ||
    fail 'there is no version of a build with a hard link'
  rejects MarkerMismatch index.js sh -c \
    'echo "export default { n: 4 };" >/srv/other/index.js && rolloutctl reconcile shop >/dev/null'
}

# The probe runs under every setting of the unit; what belongs to a daemon alone is taken out.
forbidden_things() {
  cp "$build/tests/unit_probe" "$work/root/usr/lib/rolloutd-probe"
  inside sh -c 'mkdir -m 1777 /srv/open; mkdir -p -m 755 /home/ana; echo hello >/home/ana/letter'
  sed -E -e 's,^Type=.*,Type=oneshot,' -e 's,^ExecStart=.*,ExecStart=/usr/lib/rolloutd-probe,' \
    -e '/^(NotifyAccess|ExecReload|Restart|RestartSec|RestartPrevent.*|WatchdogSec)=/d' \
    "$source/systemd/rolloutd.service" >"$work/root/etc/systemd/system/probe.service"
  inside systemctl daemon-reload
  inside systemctl start probe || fail "the probe: $(inside journalctl --no-pager -o cat -u probe)"
  local under free
  under=$(inside journalctl --no-pager -o cat -u probe | grep -E '^(allowed|refused) ')
  [ "$(grep -c . <<<"$under")" -gt 10 ] || fail "the probe said $under"
  [ "$(grep '^allowed' <<<"$under")" = 'allowed own-state' ] || fail "under the unit: $under"
  # Without the unit the same user may do most of it: it is the unit that refuses.
  free=$(inside runuser -u rolloutd -- /usr/lib/rolloutd-probe)
  for name in write-elsewhere read-home run-a-shell be-traced netlink-socket set-user-id \
    write-and-execute execute-data file-in-memory kernel-tunables processes-of-others personality; do
    grep -q "^allowed $name " <<<"$free" || fail "the probe of $name proves nothing: $free"
  done
}
