# The private nats-server: JetStream under DIR/nats, one loopback port for clients and one for monitoring.

# Debian 12's own 2.9 loses data; see deploy/local/README.md.
readonly nats_minimum=2.10.27

# nats_find: sets the global nats_program to a nats-server that is new enough, or fails quietly.
nats_find() {
  local candidate
  for candidate in "$root/build/tools/nats-server" "$(type -P nats-server || true)" /usr/sbin/nats-server; do
    nats_new_enough "$candidate" || continue
    nats_program=$candidate
    return 0
  done
  return 1
}

nats_new_enough() {
  local version
  [[ -x ${1:-} ]] || return 1
  version=$("$1" --version 2>/dev/null) || return 1
  version=${version##*v}
  [[ $(printf '%s\n%s\n' "$nats_minimum" "$version" | sort -V | head -n 1) == "$nats_minimum" ]]
}

nats_url() { printf 'nats://127.0.0.1:%s' "${PORTS[nats]}"; }

# nats_start: starts the server with a sync every 200 ms. A sync for each message would slow asynchronous
# publishing to a crawl; what a power loss takes from the stream, consumers read from the producer's journal.
nats_start() {
  nats_find || fail "nats-server $nats_minimum or newer is not installed; run deploy/local/install"
  mkdir -p "$STATE/nats"
  cat > "$RUN/nats.conf" << EOF
# Written by deploy/local/stack at every start.
server_name: tonghu-local
listen: "127.0.0.1:${PORTS[nats]}"
http: "127.0.0.1:${PORTS[nats-monitor]}"
max_payload: 1MB
jetstream {
  store_dir: $(quoted "$STATE/nats")
  max_file_store: 4GB
  max_memory_store: 64MB
  sync_interval: "200ms"
}
EOF
  process_launch nats "$nats_program" -c "$RUN/nats.conf"
  process_await nats 30 nats_ready
}

nats_ready() { tcp_answers "${PORTS[nats]}"; }
