# The private Redis: a unix socket, no port, nothing kept on disk.

redis_socket() { printf '%s' "$SOCKETS/redis.sock"; }

# redis_start: starts a server that forgets: nothing is saved, and the oldest keys go when memory is full. No
# service may depend on what Redis holds.
redis_start() {
  local program
  program=$(type -P redis-server) || fail "Redis is not installed; run deploy/local/install"
  cat > "$RUN/redis.conf" << EOF
# Written by deploy/local/stack at every start.
port 0
unixsocket "$(redis_socket)"
unixsocketperm 700
daemonize no
save ""
appendonly no
maxmemory 64mb
maxmemory-policy allkeys-lru
EOF
  rm -f "$(redis_socket)"
  process_launch redis "$program" "$RUN/redis.conf"
  process_await redis 30 redis_ready
}

redis_ready() { [[ -S $(redis_socket) ]]; }
