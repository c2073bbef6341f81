# Telling people (status) and programs (endpoints.json) where everything is.

endpoints_write() {
  local service name first=1 services=()
  # Programs wait for every service that is named here, so what is not built is not.
  for service in $all_services; do
    if settings_wants "$service" && service_built "$service-1"; then services+=("$service"); fi
  done
  {
    printf '{\n'
    for service in "${services[@]}"; do
      name=$service
      if [[ $service == gateway ]]; then name=gateway_http; fi
      printf '  "%s": %s,\n' "$name" "$(quoted "$(service_url "$service-1")")"
    done
    settings_wants nats && printf '  "nats": "%s",\n  "nats_monitor": "http://127.0.0.1:%s",\n' \
      "$(nats_url)" "${PORTS[nats-monitor]}"
    settings_wants postgres && printf '  "postgres": %s,\n' "$(quoted "$(postgres_conninfo tonghu_admin)")"
    settings_wants redis && printf '  "redis": %s,\n' "$(quoted "$(redis_socket)")"
    if [[ -n $(service_names) ]]; then
      printf '  "tls": {"ca": %s, "certificate": %s},\n' "$(quoted "$RUN/tls/ca.pem")" \
        "$(quoted "$RUN/tls/operator.pem")"
    fi
    printf '  "replicas": {'
    for service in "${services[@]}"; do
      [[ $service != gateway ]] || continue
      ((first)) || printf ','
      first=0
      printf '\n    "%s": ["%s"]' "$service" "$(service_addresses "$service" | sed 's/,/", "/g')"
    done
    printf '\n  },\n  "clock": %s\n}\n' "$(quoted "$(clock_setting)")"
  } > "$RUN/endpoints.json.new"
  mv "$RUN/endpoints.json.new" "$RUN/endpoints.json"
}

# service_url NAME: what one types to reach a replica.
service_url() {
  if [[ $1 == gateway-* ]]; then printf 'http://'; fi
  printf '127.0.0.1:%s' "${PORTS[$1]}"
}

# address_of NAME: prints the address at which NAME is reached.
address_of() {
  case $1 in
    postgres) postgres_conninfo tonghu_admin ;;
    nats) printf '%s  (monitoring http://127.0.0.1:%s)' "$(nats_url)" "${PORTS[nats-monitor]}" ;;
    redis) redis_socket ;;
    *) printf '%s  (metrics http://127.0.0.1:%s/metrics)' "$(service_url "$1")" "${PORTS[$1-admin]}" ;;
  esac
}

# status_print: prints a table of what runs where; fails when something that is built does not run.
status_print() {
  local name state missing=0
  printf '%-14s %-8s %-9s %s\n' NAME PID STATE ADDRESS
  for name in $(server_names) $(service_names); do
    if process_pid "$name"; then
      state=running
    elif [[ $name == *-* ]] && ! service_built "$name"; then
      state="not built"
    else
      state=stopped
      missing=1
    fi
    printf '%-14s %-8s %-9s %s\n' "$name" "${process_pid_is:--}" "$state" "$(address_of "$name")"
  done
  printf '\nstate directory %s, clock %s, addresses for programs in %s\n' "$STATE" "$(clock_setting)" "$RUN/endpoints.json"
  if [[ -n $(service_names) ]]; then tls_report; fi
  return "$missing"
}
