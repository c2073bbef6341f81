# buf, the schema checker, from npm into node_modules. It is not in Debian.

buf_install() {
  buf_installed && return
  npm_ci "$root" buf
  buf_installed || fail "buf was installed but does not run on this machine"
}

buf_installed() {
  npm_installed "$root" && [[ -x $root/node_modules/.bin/buf ]] || return 1
  "$root/node_modules/.bin/buf" --version > /dev/null 2>&1
}
