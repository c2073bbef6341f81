# Tonghu's own services: their settings files, starting them and knowing when they are ready.

# quoted TEXT: as a basic string, the same in TOML, JSON and the NATS configuration.
quoted() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

service_of() { printf '%s' "${1%-*}"; }

service_program() { printf '%s' "$BUILD/bin/tonghu-$(service_of "$1")"; }

# service_addresses SERVICE: its replicas' gRPC addresses, separated by commas.
service_addresses() {
  local number addresses=""
  for ((number = 1; number <= REPLICAS; number++)); do
    addresses+="${addresses:+,}127.0.0.1:${PORTS[$1-$number]:-0}"
  done
  printf '%s' "$addresses"
}

clock_setting() {
  if [[ $CLOCK == virtual ]]; then printf 'virtual:%s' "$RUN/clock"; else printf 'system'; fi
}

# service_configure NAME: writes RUN/NAME.toml, readable by its owner only: it may hold the webhook's secret.
service_configure() {
  local name=$1 service peer file
  service=$(service_of "$1")
  file=$RUN/$name.toml
  (
    umask 077
    cat > "$file" << EOF
service = "$service"
replica = "$name"
listen = "127.0.0.1:${PORTS[$name]}"
admin_listen = "127.0.0.1:${PORTS[$name-admin]}"
ready_file = $(quoted "$RUN/$name.ready")
clock = $(quoted "$(clock_setting)")
reflection = true
shards = 8

[postgres]
conninfo = $(quoted "$(postgres_conninfo "tonghu_$service")")

[nats]
url = "$(nats_url)"

[redis]
socket = $(quoted "$(redis_socket)")

[peers]
EOF
    for peer in $all_services; do
      settings_wants "$peer" && printf '%s = "%s"\n' "$peer" "$(service_addresses "$peer")"
    done >> "$file" || true
    if [[ $service == alerts ]]; then
      printf '\n[webhook]\nurl = %s\nsecret = %s\n' \
        "$(quoted "${TONGHU_WEBHOOK_URL:-}")" "$(quoted "${TONGHU_WEBHOOK_SECRET:-}")" >> "$file"
    fi
  )
}

# service_start NAME: starts a service and waits until it is ready. A service that is not built yet is passed
# over, so that a half-built system can be tried.
service_start() {
  local name=$1 program
  program=$(service_program "$name")
  if [[ ! -x $program ]]; then
    say "$name is passed over: $program is not built"
    return 0
  fi
  rm -f "$RUN/$name.ready"
  process_launch "$name" "$program" --config "$RUN/$name.toml"
  process_await "$name" 30 service_ready "$name"
}

service_ready() { [[ -e $RUN/$1.ready ]] && tcp_answers "${PORTS[$1]}"; }
