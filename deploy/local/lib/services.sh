# Tonghu's own services: their settings files, starting them and knowing when they are ready.

# quoted TEXT: as a basic string, the same in TOML, JSON and the NATS configuration.
quoted() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

service_of() { printf '%s' "${1%-*}"; }

service_program() { printf '%s' "$BUILD/bin/tonghu-$(service_of "$1")"; }

service_built() { [[ -x $(service_program "$1") ]]; }

# service_keeps_record SERVICE: true when the service has a journal; the gateway keeps nothing.
service_keeps_record() { [[ $1 != gateway ]]; }

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

# settings_of_stores SERVICE: where a service's record and the bus are; for the gateway, what it shows.
settings_of_stores() {
  if ! service_keeps_record "$1"; then
    # The stack has no TLS in front of browsers, so that the cookie travels without.
    printf 'console = %s\napi = %s\ndescriptor_set = %s\nsecure_cookie = false' "$(quoted "$BUILD/console")" \
      "$(quoted "$BUILD/api")" "$(quoted "$BUILD/gen/tonghu.protoset")"
    return
  fi
  cat << EOF

[postgres]
conninfo = $(quoted "$(postgres_conninfo "tonghu_$1")")

[nats]
url = "$(nats_url)"
EOF
}

# settings_of_trust SERVICE: by what a service is known, and how it knows others.
settings_of_trust() {
  cat << EOF

[tls]
ca = $(quoted "$RUN/tls/ca.pem")
certificate = $(quoted "$RUN/tls/$1.pem")

[identity]
public_keys = $(quoted "$RUN/keys/public")
EOF
  if [[ $1 == access ]]; then
    printf 'private_key = %s\n\n[secrets]\nkey = %s\n' \
      "$(quoted "$RUN/keys/identity.pem")" "$(quoted "$RUN/keys/secrets.key")"
  fi
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
$(settings_of_stores "$service")

[redis]
socket = $(quoted "$(redis_socket)")

[peers]
EOF
    {
      for peer in $all_services; do
        if [[ $peer == gateway ]] || ! settings_wants "$peer"; then continue; fi
        printf '%s = "%s"\n' "$peer" "$(service_addresses "$peer")"
      done
      settings_of_trust "$service"
      if [[ $service == alerts ]]; then
        printf '\n[webhook]\nurl = %s\nsecret = %s\n' \
          "$(quoted "${TONGHU_WEBHOOK_URL:-}")" "$(quoted "${TONGHU_WEBHOOK_SECRET:-}")"
      fi
    } >> "$file"
  )
}

# service_start NAME: starts a service and waits until it is ready. A service that is not built yet is passed
# over, so that a half-built system can be tried.
service_start() {
  local name=$1 program
  program=$(service_program "$name")
  if ! service_built "$name"; then
    say "$name is passed over: $program is not built"
    return 0
  fi
  rm -f "$RUN/$name.ready"
  process_launch "$name" "$program" --config "$RUN/$name.toml"
  process_await "$name" 30 service_ready "$name"
}

service_ready() { [[ -e $RUN/$1.ready ]] && tcp_answers "${PORTS[$1]}"; }
