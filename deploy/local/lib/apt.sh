# Installing Debian packages without anything starting, now or at the next boot.

# need_root: sets the global as_root to what becomes root: nothing, or sudo.
need_root() {
  as_root=()
  ((EUID == 0)) && return
  type -P sudo > /dev/null || fail "these packages are missing and installing them needs root or sudo: ${missing_packages[*]}"
  as_root=(sudo)
  sudo -v || fail "sudo refused; these packages are missing: ${missing_packages[*]}"
}

# as_root_apt WHAT ARGS...: runs apt-get as root, its output kept in a file; a failure prints one sentence
# with WHAT and apt's first error.
as_root_apt() {
  local what=$1 reason
  shift
  if "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
    -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
    "$@" < /dev/null > "$apt_log" 2>&1; then
    return 0
  fi
  reason=$(grep -m 1 '^E:' "$apt_log" | sed 's/^E: *//' || true)
  fail "$what failed${reason:+: $reason} (all of apt's words: $apt_log)"
}

# apt_install PACKAGE...: installs those that are missing.
apt_install() {
  local kept fresh_redis=0 wants_postgres=0
  packages_missing "$@"
  ((${#missing_packages[@]})) || return 0
  need_root
  apt_log=$(mktemp "${TMPDIR:-/tmp}/tonghu-install.XXXXXX")
  say "installing missing packages, which takes some minutes: ${missing_packages[*]}"
  trap apt_tidy EXIT
  as_root_apt "reading the package lists" --error-on=any update
  [[ " ${missing_packages[*]} " == *" redis-server "* ]] && fresh_redis=1
  [[ " ${missing_packages[*]} " == *" postgresql "* ]] && wants_postgres=1
  apt_hold_servers
  if ((wants_postgres)); then
    # The server package asks this file whether to make a system-wide cluster; it comes with postgresql-common.
    as_root_apt "installing postgresql-common" install --no-install-recommends postgresql-common
    apt_hold_cluster
  fi
  kept=("${missing_packages[@]}")
  as_root_apt "installing packages" install --no-install-recommends "${kept[@]}"
  # Redis's package would start a system-wide server at the next boot.
  if ((fresh_redis)); then
    "${as_root[@]}" deb-systemd-helper disable redis-server.service >> "$apt_log" 2>&1 || true
    "${as_root[@]}" update-rc.d redis-server disable >> "$apt_log" 2>&1 || true
  fi
  apt_tidy
  trap - EXIT
  packages_missing "$@"
  ((${#missing_packages[@]} == 0)) || fail "still missing after installing: ${missing_packages[*]}"
  rm -f "$apt_log"
}

# apt_hold_servers: while we install, packages may not start their servers (unless this machine has a policy already).
apt_policy=/usr/sbin/policy-rc.d
apt_policy_ours=0
apt_cluster_conf=/etc/postgresql-common/createcluster.conf
apt_cluster_kept=""

apt_hold_servers() {
  [[ ! -e $apt_policy ]] || return 0
  apt_policy_ours=1
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$apt_policy" > /dev/null
  "${as_root[@]}" chmod 755 "$apt_policy"
}

apt_hold_cluster() {
  [[ -f $apt_cluster_conf ]] || return 0
  apt_cluster_kept=$apt_cluster_conf.tonghu-install
  "${as_root[@]}" cp -a "$apt_cluster_conf" "$apt_cluster_kept"
  printf '\ncreate_main_cluster = false\n' | "${as_root[@]}" tee -a "$apt_cluster_conf" > /dev/null
}

# apt_tidy: puts back what apt_hold_servers changed.
apt_tidy() {
  if ((apt_policy_ours)); then "${as_root[@]}" rm -f "$apt_policy"; fi
  apt_policy_ours=0
  if [[ -n $apt_cluster_kept ]]; then "${as_root[@]}" mv "$apt_cluster_kept" "$apt_cluster_conf"; fi
  apt_cluster_kept=""
}
