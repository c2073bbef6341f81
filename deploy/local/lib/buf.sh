# buf, the schema checker, from npm into node_modules. It is not in Debian.

buf_install() {
  local log
  buf_installed && return
  type -P npm > /dev/null || fail "npm is missing; run deploy/local/install test"
  say "installing buf from npm"
  log=$(mktemp "${TMPDIR:-/tmp}/tonghu-npm.XXXXXX")
  buf_npm_ci > "$log" 2>&1 || fail "npm could not install buf: $(buf_npm_reason "$log") (all of npm's words: $log)"
  rm -f "$log"
  buf_installed || fail "buf was installed but does not run on this machine"
}

# buf_npm_ci: with the certificates the machine trusts, which a mirror of one's own may need and Node leaves out.
buf_npm_ci() (
  cd "$root"
  if [[ -z ${NODE_EXTRA_CA_CERTS:-} && -r /etc/ssl/certs/ca-certificates.crt ]]; then
    export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
  fi
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-timeout=60000 < /dev/null
)

buf_npm_reason() {
  { grep -m 1 'reason:' "$1" || grep -m 1 -i 'err' "$1" || true; } | sed 's/^npm [Ee][Rr][Rr]\(or\)\?!\? *//'
}

buf_installed() {
  local marker=$root/node_modules/.package-lock.json
  [[ -f $marker && ! $root/package-lock.json -nt $marker && -x $root/node_modules/.bin/buf ]] || return 1
  "$root/node_modules/.bin/buf" --version > /dev/null 2>&1
}
