# Getting nats-server from Debian's trixie suite, as one file in a private place: the machine's apt configuration,
# package lists and services stay as they are, and no other package of that suite can come along.

# debian_sources: prints the machine's own Debian archives as lines `URI SIGNED-BY`, from both formats apt reads.
debian_sources() {
  local codename file
  codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [[ -r $file ]] || continue
    awk -v suite="$codename" '
      $1 == "deb" {
        key = ""; i = 2
        if ($2 ~ /^\[/) {
          for (; i <= NF; i++) {
            option = $i; gsub(/[][]/, "", option)
            if (option ~ /^signed-by=/) key = substr(option, 11)
            if ($i ~ /\]$/) { i++; break }
          }
        }
        if ($(i + 1) == suite) print $i, key
      }' "$file"
  done
  for file in /etc/apt/sources.list.d/*.sources; do
    [[ -r $file ]] || continue
    # Paragraphs are separated by empty lines; comment lines are no part of them.
    awk -v suite="$codename" '
      function flush() {
        if (enabled != "no" && (" " types " ") ~ / deb / && index(" " suites " ", " " suite " "))
          { n = split(uris, u, " "); for (j = 1; j <= n; j++) print u[j], key }
        types = uris = suites = key = enabled = ""
      }
      /^#/ { next }
      /^[ \t]*$/ { flush(); next }
      tolower($1) == "types:" { sub(/^[^:]*:[ \t]*/, ""); types = $0; next }
      tolower($1) == "uris:" { sub(/^[^:]*:[ \t]*/, ""); uris = $0; next }
      tolower($1) == "suites:" { sub(/^[^:]*:[ \t]*/, ""); suites = $0; next }
      tolower($1) == "signed-by:" { sub(/^[^:]*:[ \t]*/, ""); if ($0 ~ /^\//) key = $0; next }
      tolower($1) == "enabled:" { enabled = tolower($2); next }
      END { flush() }' "$file"
  done
}

# nats_install: puts nats-server into build/tools.
nats_install() {
  local work uri key sources failure
  sources=$(debian_sources)
  [[ -n $sources ]] || fail "no Debian archive found in this machine's apt sources to take nats-server from"
  work=$(mktemp -d)
  # apt drops to its own user to download, which must be able to reach the place.
  chmod 755 "$work"
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/deb" "$root/build/tools"
  say "downloading nats-server (Debian trixie's package, into build/tools)"
  failure="nats-server could not be downloaded from this machine's Debian mirror; check the network and try again"
  while read -r uri key; do
    printf 'deb [%s] %s trixie main\n' "arch=$(dpkg --print-architecture)${key:+ signed-by=$key}" "$uri" > "$work/trixie.list"
    if nats_download "$work" > "$work/log" 2>&1 && dpkg-deb -x "$work"/deb/nats-server_*.deb "$work/unpacked"; then
      failure=""
      break
    fi
  done <<< "$sources"
  if [[ -z $failure ]]; then
    install -m 755 "$work"/unpacked/usr/*bin/nats-server "$root/build/tools/nats-server.new"
    mv "$root/build/tools/nats-server.new" "$root/build/tools/nats-server"
    nats_find || failure="the downloaded nats-server is older than $nats_minimum or does not run here"
  else
    failure+=$(grep -m 1 '^E:' "$work/log" | sed 's/^E: */ (apt: /; s/$/)/' || true)
  fi
  rm -rf "$work"
  [[ -z $failure ]] || fail "$failure"
}

nats_download() {
  local options=(
    -o "Dir::Etc::SourceList=$1/trixie.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$1/lists" -o "Dir::Cache=$1/cache" -o Acquire::Languages=none
    -o Acquire::Retries=3 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30
    -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null
    -o APT::Default-Release=
  )
  apt-get "${options[@]}" update --error-on=any && cd "$1/deb" && apt-get "${options[@]}" download nats-server
}
