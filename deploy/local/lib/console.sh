# What the console is built with: packages from npm in services/console/node_modules, and a Node that is new enough.

# Vite 8 needs it; Debian 12 has 18.
readonly node_minimum=20.19.0

console_install() {
  local console=$root/services/console
  node_find || node_install
  npm_installed "$console" || npm_ci "$console" "what the console is built with"
}

# node_find: sets the global node_program to a Node that is new enough, or fails quietly.
node_find() {
  local candidate
  for candidate in "$root/build/tools/node" "$(type -P node || true)"; do
    node_new_enough "$candidate" || continue
    node_program=$candidate
    return 0
  done
  return 1
}

node_new_enough() {
  local version
  [[ -x ${1:-} ]] || return 1
  version=$("$1" --version 2>/dev/null) || return 1
  [[ $(printf '%s\n%s\n' "$node_minimum" "${version#v}" | sort -V | head -n 1) == "$node_minimum" ]]
}

# node_install: puts Node into build/tools, out of the package that npm has for this kind of machine.
node_install() {
  local package
  npm_ci "$root/deploy/local/node" "Node $node_minimum or newer"
  mkdir -p "$root/build/tools"
  for package in "$root"/deploy/local/node/node_modules/node-linux-*; do
    if [[ -x $package/bin/node ]]; then cp "$package/bin/node" "$root/build/tools/node"; fi
  done
  rm -rf "$root/deploy/local/node/node_modules"
  node_find || fail "Node was installed but does not run on this machine"
}
