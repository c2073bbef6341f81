# Starting and ending the stack's own processes, and no others.
#
# RUN/<name>.pid holds the process id; RUN/<name>.born holds when the kernel started it (clock ticks since boot),
# so that a number the kernel has given to another program since is never mistaken for ours.

# process_born PID: prints when the process started; fails when it has ended (a zombie has ended).
process_born() {
  local line rest
  read -r line 2>/dev/null < "/proc/$1/stat" || return 1
  rest=${line##*) }
  # shellcheck disable=SC2086
  set -- $rest
  [[ $1 != [ZX] ]] || return 1
  process_born_at=${20}
}

# process_pid NAME: sets the global process_pid_is to the living process of that name, or fails.
process_pid() {
  local pid="" born=""
  process_pid_is=""
  read -r pid 2>/dev/null < "$RUN/$1.pid" || return 1
  read -r born 2>/dev/null < "$RUN/$1.born" || return 1
  process_born "$pid" && [[ $process_born_at == "$born" ]] || return 1
  process_pid_is=$pid
}

process_runs() { process_pid "$1"; }

# process_launch NAME COMMAND...: starts it in a session of its own, its output appended to LOG/NAME.log.
process_launch() {
  local name=$1 pid
  shift
  (
    # What the caller had open (locks, a test runner's pipes) is not the new process's business.
    for fd in "/proc/$BASHPID/fd"/*; do
      fd=${fd##*/}
      ((fd > 2 && fd != 255)) && eval "exec $fd>&-" 2>/dev/null
    done
    ulimit -Sn "$(processes_descriptors)" 2>/dev/null || true
    cd /
    exec setsid "$@" < /dev/null >> "$LOG/$name.log" 2>&1
  ) &
  pid=$!
  process_born "$pid" || fail "$name ended as soon as it was started; see $LOG/$name.log"
  printf '%s\n' "$process_born_at" > "$RUN/$name.born"
  printf '%s\n' "$pid" > "$RUN/$name.pid"
}

processes_descriptors() {
  local hard
  hard=$(ulimit -Hn)
  if [[ $hard == unlimited ]] || ((hard > 65536)); then hard=65536; fi
  printf '%s' "$hard"
}

process_signal() {
  process_pid "$2" || return 0
  kill "-$1" "$process_pid_is" 2>/dev/null || true
}

# process_await_end SECONDS NAME...: waits until all have ended; fails when one has not.
process_await_end() {
  local limit=$((SECONDS + $1)) name
  shift
  for name in "$@"; do
    while process_runs "$name"; do
      ((SECONDS <= limit)) || return 1
      sleep 0.03
    done
  done
}

# process_end SIGNAL NAME...: asks all to end by SIGNAL, and kills those that have not ended within 10
# seconds.
process_end() {
  local signal=$1 name
  shift
  for name in "$@"; do
    process_signal "$signal" "$name"
    process_signal CONT "$name"  # A frozen process cannot stop.
  done
  if ! process_await_end 10 "$@"; then
    for name in "$@"; do
      process_runs "$name" || continue
      say "$name did not stop within 10 seconds and was killed"
      process_kill "$name"
    done
    process_await_end 10 "$@" || fail "a process could not be ended: $*"
  fi
  for name in "$@"; do rm -f "$RUN/$name.pid" "$RUN/$name.born" "$RUN/$name.ready"; done
}

# process_kill NAME: SIGKILL, for PostgreSQL to its children too, as a machine losing power would.
process_kill() {
  local children="" pid
  process_pid "$1" || return 0
  pid=$process_pid_is
  [[ $1 == postgres ]] && children=$(process_children "$pid")
  # shellcheck disable=SC2086
  kill -KILL "$pid" $children 2>/dev/null || true
  process_await_end 10 "$1" || fail "$1 (process $pid) survives SIGKILL"
  rm -f "$RUN/$1.ready"
}

process_children() {
  local file line rest
  for file in /proc/[0-9]*/stat; do
    read -r line 2>/dev/null < "$file" || continue
    rest=${line##*) }
    # shellcheck disable=SC2086
    set -- $1 $rest
    [[ $3 == "$1" ]] && printf '%s ' "${line%% *}"
  done
  return 0
}

# process_await NAME SECONDS CHECK...: waits until CHECK succeeds; fails with the log's last lines when the process
# ends first or the time is up.
process_await() {
  local name=$1 limit=$((SECONDS + $2)) seconds=$2
  shift 2
  until "$@"; do
    if ! process_runs "$name"; then
      process_show_log "$name"
      fail "$name ended while starting; its log is $LOG/$name.log"
    fi
    if ((SECONDS > limit)); then
      process_show_log "$name"
      fail "$name was not ready within $seconds seconds; its log is $LOG/$name.log"
    fi
    sleep 0.03
  done
}

process_show_log() {
  [[ -s $LOG/$1.log ]] || return 0
  printf -- '--- the last lines of %s\n' "$LOG/$1.log" >&2
  tail -n 15 "$LOG/$1.log" >&2
  printf -- '---\n' >&2
}

# tcp_answers PORT: true when something on the loopback address accepts.
tcp_answers() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
