# Packages from npm, by their lock files: the schema checker, and what the console is built with.

# npm_ci FOLDER WHAT: installs what FOLDER's lock file names, or fails with npm's own reason.
npm_ci() {
  local folder=$1 what=$2 log
  type -P npm > /dev/null || fail "npm is missing; run deploy/local/install"
  say "installing $what from npm"
  log=$(mktemp "${TMPDIR:-/tmp}/tonghu-npm.XXXXXX")
  npm_ci_quietly "$folder" > "$log" 2>&1 || fail "npm could not install $what: $(npm_reason "$log") (all of npm's words: $log)"
  rm -f "$log"
}

# npm_ci_quietly FOLDER: with the certificates the machine trusts, which a mirror of one's own may need and Node leaves out.
npm_ci_quietly() (
  cd "$1"
  if [[ -z ${NODE_EXTRA_CA_CERTS:-} && -r /etc/ssl/certs/ca-certificates.crt ]]; then
    export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
  fi
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-timeout=60000 < /dev/null
)

npm_reason() {
  { grep -m 1 'reason:' "$1" || grep -m 1 -i 'err' "$1" || true; } | sed 's/^npm [Ee][Rr][Rr]\(or\)\?!\? *//'
}

# npm_installed FOLDER: whether FOLDER has what its lock file names.
npm_installed() {
  local marker=$1/node_modules/.package-lock.json
  [[ -f $marker && ! $1/package-lock.json -nt $marker ]]
}
