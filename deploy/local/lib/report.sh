# Telling people (status) and programs (endpoints.json) where everything is.

endpoints_write() {
  local service first=1
  {
    printf '{\n'
    for service in $all_services; do
      settings_wants "$service" || continue
      printf '  "%s": "127.0.0.1:%s",\n' "$service" "${PORTS[$service-1]}"
    done
    settings_wants nats && printf '  "nats": "%s",\n  "nats_monitor": "http://127.0.0.1:%s",\n' \
      "$(nats_url)" "${PORTS[nats-monitor]}"
    settings_wants postgres && printf '  "postgres": %s,\n' "$(quoted "$(postgres_conninfo tonghu_admin)")"
    settings_wants redis && printf '  "redis": %s,\n' "$(quoted "$(redis_socket)")"
    printf '  "replicas": {'
    for service in $all_services; do
      settings_wants "$service" || continue
      ((first)) || printf ','
      first=0
      printf '\n    "%s": ["%s"]' "$service" "$(service_addresses "$service" | sed 's/,/", "/g')"
    done
    printf '\n  },\n  "clock": %s\n}\n' "$(quoted "$(clock_setting)")"
  } > "$RUN/endpoints.json.new"
  mv "$RUN/endpoints.json.new" "$RUN/endpoints.json"
}

# address_of NAME: prints the address at which NAME is reached.
address_of() {
  case $1 in
    postgres) postgres_conninfo tonghu_admin ;;
    nats) printf '%s  (monitoring http://127.0.0.1:%s)' "$(nats_url)" "${PORTS[nats-monitor]}" ;;
    redis) redis_socket ;;
    *) printf '127.0.0.1:%s  (metrics http://127.0.0.1:%s/metrics)' "${PORTS[$1]}" "${PORTS[$1-admin]}" ;;
  esac
}

# status_print: prints a table of what runs where; fails when something that belongs to the stack does not
# run.
status_print() {
  local name state missing=0
  printf '%-14s %-8s %-9s %s\n' NAME PID STATE ADDRESS
  for name in $(server_names) $(service_names); do
    if process_pid "$name"; then
      state=running
    else
      state=stopped
      missing=1
      if [[ $name == *-* && ! -x $(service_program "$name") ]]; then state="not built"; fi
    fi
    printf '%-14s %-8s %-9s %s\n' "$name" "${process_pid_is:--}" "$state" "$(address_of "$name")"
  done
  printf '\nstate directory %s, clock %s, addresses for programs in %s\n' "$STATE" "$(clock_setting)" "$RUN/endpoints.json"
  return "$missing"
}
