# What a stack was told at `up`, remembered in RUN/settings for the commands and restarts that follow.

readonly all_services="registry pairing alerts reporting access gateway"
readonly all_servers="postgres nats redis"

# The settings of this run; `settings_load` fills them in.
BUILD="" REPLICAS="" CLOCK="" ONLY="" SOCKETS=""
declare -A PORTS=()  # nats, nats-monitor, <service>-<n> (gRPC; HTTP for the gateway), <service>-<n>-admin

settings_paths() {
  RUN=$STATE/run
  LOG=$STATE/log
  SETTINGS=$RUN/settings
}

settings_exist() { [[ -f $SETTINGS ]]; }

# settings_load: takes over what an earlier `up` remembered. The file is read line by line, never run.
settings_load() {
  local key value
  settings_exist || return 0
  [[ -r $SETTINGS ]] || fail "$SETTINGS cannot be read by this user; the stack was started by another one"
  while IFS='=' read -r key value; do
    case $key in
      BUILD | REPLICAS | CLOCK | ONLY | SOCKETS) printf -v "$key" '%s' "$value" ;;
      PORT.*) PORTS[${key#PORT.}]=$value ;;
    esac
  done < "$SETTINGS"
}

settings_save() {
  local name
  {
    printf '%s\n' "BUILD=$BUILD" "REPLICAS=$REPLICAS" "CLOCK=$CLOCK" "ONLY=$ONLY" "SOCKETS=$SOCKETS"
    for name in "${!PORTS[@]}"; do printf 'PORT.%s=%s\n' "$name" "${PORTS[$name]}"; done | sort
  } > "$SETTINGS.new"
  mv "$SETTINGS.new" "$SETTINGS"
}

# settings_wants NAME: true when the server or service belongs to this stack (--only).
settings_wants() { [[ -z $ONLY || ",$ONLY," == *",$1,"* ]]; }

# service_names: prints every replica, `registry-1 registry-2 pairing-1 ...`.
service_names() {
  local service number
  for service in $all_services; do
    settings_wants "$service" || continue
    for ((number = 1; number <= REPLICAS; number++)); do printf '%s-%s ' "$service" "$number"; done
  done
}

server_names() {
  local server
  for server in $all_servers; do
    if settings_wants "$server"; then printf '%s ' "$server"; fi
  done
}

# settings_ports: keeps the remembered ports, chooses those that are missing or that a stranger has taken.
settings_ports() {
  local wanted=() name owner
  if settings_wants nats; then wanted+=(nats nats-monitor); fi
  for name in $(service_names); do wanted+=("$name" "$name-admin"); done
  ports_refresh
  for name in "${wanted[@]}"; do
    if [[ -n ${PORTS[$name]:-} ]]; then
      owner=${name%-admin}
      owner=${owner%-monitor}
      if process_runs "$owner" || ! port_in_use "${PORTS[$name]}"; then
        port_reserve "${PORTS[$name]}" && continue
      fi
      stack_is_still || fail "port ${PORTS[$name]} of $owner is in use by another program; run 'stack down' and 'stack up' to move"
    fi
    port_choose
    PORTS[$name]=$port_chosen
  done
}

# stack_is_still: true when no process of this stack runs.
stack_is_still() {
  local file
  for file in "$RUN"/*.pid; do
    [[ -e $file ]] || continue
    file=${file##*/}
    if process_runs "${file%.pid}"; then return 1; fi
  done
}

# settings_sockets: chooses the directory for the unix sockets. The path of a socket may have 107 bytes
# (sun_path), and connection strings break on odd characters, so a long or unusual state directory gets a
# short directory elsewhere.
settings_sockets() {
  if [[ -n $SOCKETS && -d $SOCKETS ]]; then return; fi
  SOCKETS=$RUN
  if ((${#RUN} > 80)) || [[ $RUN == *[!A-Za-z0-9_./+@:-]* ]]; then
    SOCKETS=$(mktemp -d /tmp/tonghu.XXXXXXXX)
    chmod 711 "$SOCKETS"
  fi
}
