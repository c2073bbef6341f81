# The commands of deploy/local/stack.

# up_settings: takes the settings remembered from an earlier `up` and lays the flags of this one over them.
# Replicas, clock and build can change only while no service runs, since every process of a stack must have
# the same.
up_settings() {
  settings_load
  local same=1
  [[ -z $new_build || -z $BUILD || $new_build == "$BUILD" ]] || same=0
  [[ -z $new_replicas || -z $REPLICAS || $new_replicas == "$REPLICAS" ]] || same=0
  [[ -z $new_clock || -z $CLOCK || $new_clock == "$CLOCK" ]] || same=0
  [[ -z $new_start_time ]] || same=0
  ((same)) || services_are_still || fail "the stack in $STATE runs with other settings; stop it first with 'stack down'"
  BUILD=${new_build:-${BUILD:-$root/build/release}}
  REPLICAS=${new_replicas:-${REPLICAS:-1}}
  CLOCK=${new_clock:-${CLOCK:-system}}
  # Naming parts adds them to what runs; naming none means everything.
  if [[ -n $ONLY && -n $new_only ]] && ! stack_is_still; then ONLY=$ONLY,$new_only; else ONLY=$new_only; fi
}

services_are_still() {
  local file
  for file in "$RUN"/*-*.pid; do
    [[ -e $file ]] || continue
    file=${file##*/}
    if process_runs "${file%.pid}"; then return 1; fi
  done
}

# up_clock: makes the virtual clock's file: 8 bytes, microseconds since 1970, little-endian, which every
# service maps. The file is written beside and moved, so that a service never maps half of it.
up_clock() {
  [[ $CLOCK == virtual ]] || return 0
  if [[ -z $new_start_time && -s $RUN/clock ]]; then return 0; fi
  local micros byte index
  micros=$(date -u -d "${new_start_time:-now}" +%s%6N 2>/dev/null) || fail "--start-time '$new_start_time' is not an RFC 3339 time"
  for ((index = 0; index < 8; index++)); do
    printf -v byte '\\x%02x' $(((micros >> (8 * index)) & 255))
    printf "$byte"
  done > "$RUN/clock.new"
  mv "$RUN/clock.new" "$RUN/clock"
}

command_up() {
  local one running=1
  mkdir -p "$STATE" "$RUN" "$LOG" 2>/dev/null || fail "the state directory $STATE cannot be written by this user"
  [[ -w $RUN ]] || fail "the state directory $STATE cannot be written by this user"
  lock 8 "$RUN/lock" -x
  up_settings
  if [[ -n $(service_names) ]]; then tls_ensure; fi
  for one in $(server_names) $(service_names); do
    if [[ $one == *-* ]] && ! service_built "$one"; then continue; fi
    process_runs "$one" || running=0
  done
  if ((running)); then
    say "already running"
    command_status
    return
  fi
  settings_sockets
  if settings_wants postgres; then postgres_bin; postgres_user_prefix; postgres_place; fi
  settings_ports
  up_clock
  settings_save
  for one in $(service_names); do process_runs "$one" || service_configure "$one"; done
  endpoints_write
  # shellcheck disable=SC2046
  start_together $(server_names)
  # shellcheck disable=SC2046
  start_together $(service_names)
  status_print || true
}

command_down() {
  local name services=() file
  if ! settings_exist; then
    say "no stack in $STATE"
    return 0
  fi
  settings_load
  [[ -w $RUN ]] || fail "the stack in $STATE belongs to another user"
  lock 8 "$RUN/lock" -x
  # Services are found by their pid files rather than by the settings, so that nothing of an earlier `up` is
  # left behind.
  for file in "$RUN"/*-*.pid; do
    [[ -e $file ]] || continue
    file=${file##*/}
    services+=("${file%.pid}")
  done
  if ((${#services[@]})); then stop_some "${services[@]}"; fi
  for name in nats redis postgres; do stop_some "$name"; done
  postgres_await_leftovers
  if ((purge)); then down_purge; fi
  say "stopped: $STATE"
}

# down_purge: removes what the stack made. What others keep in the state directory stays.
down_purge() {
  local name place
  place=$(readlink -f "$STATE/pg" || true)
  [[ -L $STATE/pg && $place == /var/tmp/tonghu-pg.* ]] && rm -rf "$place"
  [[ $SOCKETS == /tmp/tonghu.* ]] && rm -rf "$SOCKETS"
  for name in "${!PORTS[@]}"; do port_release "${PORTS[$name]}"; done
  rm -rf "$STATE/pg" "$STATE/nats" "$LOG" "$RUN"
  rmdir "$STATE" 2>/dev/null || true
}

command_status() {
  need_stack
  status_print || exit 3
}

command_logs() {
  local files=() names one
  need_stack
  if [[ -n $name ]]; then
    names=$(expand "$name")
    for one in $names; do files+=("$LOG/$one.log"); done
  else
    for one in "$LOG"/*.log; do files+=("$one"); done
  fi
  for one in "${files[@]}"; do [[ -e $one ]] || fail "no log ${one##*/} yet"; done
  if ((follow)); then exec tail -n 20 -F "${files[@]}"; fi
  tail -n 50 "${files[@]}"
}

command_pid() {
  local names one
  need_stack
  names=$(expand "$name")
  for one in $names; do
    process_pid "$one" || fail "$one does not run"
    say "$process_pid_is"
  done
}

# command_certs renew: turns certificates, authority and signing key over while services run.
command_certs() {
  [[ $name == renew ]] || usage_error "'certs' takes 'renew'"
  need_stack
  lock 8 "$RUN/lock" -x
  tls_renew
  tls_report
}

command_psql() {
  need_stack
  postgres_shell "${rest[@]}"
}

# command_one start|stop|restart|kill: on one server or service, or on all replicas of one.
command_one() {
  local names one
  need_stack
  names=$(expand "$name")
  # A kill takes no lock: tests kill in the middle of a start or stop, which holds the lock.
  [[ $1 == kill ]] || lock 8 "$RUN/lock" -s
  for one in $names; do
    [[ $1 == kill ]] || lock 9 "$RUN/$one.lock" -x
    case $1 in
      kill) process_kill "$one" ;;
      stop) stop_some "$one" ;;
      start) start_one "$one" ;;
      restart)
        stop_some "$one"
        start_one "$one" ;;
    esac
  done
}
