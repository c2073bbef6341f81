# The private PostgreSQL cluster: DIR/pg, reached by a unix socket only.
#
# Making a cluster takes a second or two, so the first one is kept under the build directory and copied from then on.

# postgres_bin: sets the global postgres_bin_dir to the newest installed server's programs.
postgres_bin() {
  local dir
  postgres_bin_dir=""
  for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V); do
    [[ -x $dir/initdb && -x $dir/postgres ]] && postgres_bin_dir=$dir
  done
  [[ -n $postgres_bin_dir ]] || fail "PostgreSQL is not installed; run deploy/local/install"
}

# postgres_user COMMAND...: PostgreSQL refuses to run as root, so root hands it to the user postgres.
postgres_user_prefix() {
  postgres_prefix=()
  ((EUID == 0)) || return 0
  id postgres > /dev/null 2>&1 || fail "the user postgres does not exist; run deploy/local/install"
  postgres_prefix=(setpriv --reuid postgres --regid postgres --init-groups --)
}

postgres_socket_dir() { printf '%s' "$SOCKETS/pg"; }

postgres_conninfo() { printf 'host=%s port=5432 dbname=tonghu user=%s' "$(postgres_socket_dir)" "$1"; }

# postgres_place: makes sure DIR/pg exists for the server's user, as a link to a place of its own when that user cannot
# reach DIR (a clone inside somebody's private home directory).
postgres_place() {
  local place
  if ((EUID != 0)); then
    mkdir -p "$STATE/pg" "$SOCKETS/pg"
    chmod 700 "$STATE/pg" "$SOCKETS/pg"
    return
  fi
  if [[ ! -e $STATE/pg ]]; then
    rm -f "$STATE/pg"  # A link whose target is gone.
    if "${postgres_prefix[@]}" test -x "$STATE"; then
      install -d -o postgres -g postgres -m 700 "$STATE/pg"
    else
      place=$(mktemp -d /var/tmp/tonghu-pg.XXXXXXXX)
      chown postgres:postgres "$place"
      ln -s "$place" "$STATE/pg"
    fi
  fi
  if [[ $SOCKETS == "$RUN" ]] && ! "${postgres_prefix[@]}" test -x "$RUN"; then
    SOCKETS=$(mktemp -d /tmp/tonghu.XXXXXXXX)
    chmod 711 "$SOCKETS"
  fi
  install -d -o postgres -g postgres -m 700 "$SOCKETS/pg"
}

# postgres_create: a cluster with the database, a role and a schema for each service.
postgres_create() {
  local data template key
  data=$(readlink -f "$STATE/pg")
  [[ -f $data/PG_VERSION ]] && return
  key=$("$postgres_bin_dir/postgres" --version | cut -d" " -f3)-$(id -u)-$({ declare -f postgres_create; postgres_roles; postgres_schemas; } | cksum | cut -d" " -f1)
  template=$BUILD/postgres-template-$key
  if [[ -d $template ]] && cp -a "$template/." "$data/" 2>/dev/null; then return; fi
  find "$data" -mindepth 1 -delete
  (
    cd /
    "${postgres_prefix[@]}" "$postgres_bin_dir/initdb" -D "$data" --username=tonghu_admin --auth=trust \
      --encoding=UTF8 --locale=C --no-sync --no-instructions
    postgres_roles | "${postgres_prefix[@]}" "$postgres_bin_dir/postgres" --single -j -D "$data" postgres
    postgres_schemas | "${postgres_prefix[@]}" "$postgres_bin_dir/postgres" --single -j -D "$data" tonghu
    printf "include 'tonghu.conf'\n" >> "$data/postgresql.conf"
  ) > "$LOG/postgres-create.log" 2>&1 || fail "the PostgreSQL cluster could not be made; see $LOG/postgres-create.log"
  if grep -q 'ERROR:\|FATAL:' "$LOG/postgres-create.log"; then
    fail "the PostgreSQL roles could not be made; see $LOG/postgres-create.log"
  fi
  # The template is copied beside and moved, so that two stacks made at once cannot mix. Where there is no
  # room, there is no template.
  local fresh
  if [[ -d $BUILD ]] && fresh=$(mktemp -d "$BUILD/postgres-template-new.XXXXXX" 2>/dev/null); then
    if cp -a "$data/." "$fresh/" && mv -T "$fresh" "$template" 2>/dev/null; then return; fi
    rm -rf "$fresh"
  fi
}

# Single-user mode with -j reads statements ended by a semicolon and an empty line.
postgres_roles() {
  local service
  printf 'CREATE DATABASE tonghu;\n\n'
  for service in $all_services; do
    if service_keeps_record "$service"; then printf 'CREATE ROLE tonghu_%s LOGIN;\n\n' "$service"; fi
  done
}

postgres_schemas() {
  local service
  for service in $all_services; do
    service_keeps_record "$service" || continue
    printf 'CREATE SCHEMA %s AUTHORIZATION tonghu_%s;\n\n' "$service" "$service"
    printf 'ALTER ROLE tonghu_%s IN DATABASE tonghu SET search_path = %s;\n\n' "$service" "$service"
  done
}

# postgres_shared_buffers: an eighth of the machine's memory, from 128 MB to 2 GB; PostgreSQL takes what it fills only.
postgres_shared_buffers() {
  local memory
  memory=$(awk '$1 == "MemTotal:" {print int($2 / 1024 / 8)}' /proc/meminfo)
  printf '%dMB' $((memory < 128 ? 128 : memory > 2048 ? 2048 : memory))
}

# postgres_configure: writes the server's settings. Commits are durable (fsync, synchronous_commit), since the
# journal in PostgreSQL is the record. Errors of statements are not logged (log_min_messages): each goes to
# the service that sent the statement, and in this log it would leave a child's name, and a line for every
# request that somebody sends twice. Checkpoints come by time: a million duties falling due at once write more than
# the usual max_wal_size, and a checkpoint in the middle has every page logged whole again.
postgres_configure() {
  local data
  data=$(readlink -f "$STATE/pg")
  cat > "$data/tonghu.conf" << EOF
# Written by deploy/local/stack at every start.
listen_addresses = ''
unix_socket_directories = '$(postgres_socket_dir)'
unix_socket_permissions = 0700
port = 5432
max_connections = 300
shared_buffers = $(postgres_shared_buffers)
work_mem = 16MB
maintenance_work_mem = 128MB
synchronous_commit = on
fsync = on
wal_compression = lz4
max_wal_size = 16GB
checkpoint_timeout = 15min
checkpoint_completion_target = 0.9
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_destination = 'stderr'
log_line_prefix = '%m [%p] %q%u '
log_min_messages = log
log_error_verbosity = terse
EOF
  if ((EUID == 0)); then chown postgres:postgres "$data/tonghu.conf"; fi
}

postgres_ready() { "$postgres_bin_dir/pg_isready" -q -h "$(postgres_socket_dir)" -p 5432 -d postgres -U tonghu_admin; }

# What a statement has freed stays with its session: glibc would give the pages back, and the next batch would have
# the kernel clear them again (mallopt(3)). Debian's packages take the same lines in their `environment` file.
readonly postgres_memory=(MALLOC_TRIM_THRESHOLD_=67108864 MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TOP_PAD_=4194304)

postgres_start() {
  postgres_bin
  postgres_user_prefix
  postgres_place
  postgres_create
  postgres_configure
  : >> "$LOG/postgres.log"
  postgres_await_leftovers
  process_launch postgres "${postgres_prefix[@]}" env "${postgres_memory[@]}" "$postgres_bin_dir/postgres" -D "$(readlink -f "$STATE/pg")"
  process_await postgres 60 postgres_ready
}

# postgres_await_leftovers: waits until no process of a killed server is left, then removes its lock files. A
# dead server's children leave within moments, except one that sleeps on a lock whose holder is dead; that one
# is killed after 3 seconds. A new server refuses to start while a child still holds the shared memory. The
# lock files must go too: where no init process reaps orphans, the dead server stays a zombie, which
# PostgreSQL would take for a living one.
postgres_await_leftovers() {
  local data start=$SECONDS process title
  data=$(readlink -f "$STATE/pg")
  while ((SECONDS <= start + 10)); do
    for process in /proc/[0-9]*; do
      [[ $process/cwd -ef $data ]] || continue
      read -r -d '' title 2>/dev/null < "$process/cmdline" || true
      [[ $title == "postgres: "* ]] || fail "another PostgreSQL server is using $STATE/pg"
      ((SECONDS <= start + 3)) || kill -KILL "${process#/proc/}" 2>/dev/null || true
      sleep 0.05
      continue 2
    done
    rm -f "$data/postmaster.pid" "$(postgres_socket_dir)"/.s.PGSQL.5432{,.lock}
    return 0
  done
  fail "children of a PostgreSQL server that was killed still use $STATE/pg"
}

# postgres_shell ARGS...: psql as the administrator.
postgres_shell() {
  postgres_bin
  exec "$postgres_bin_dir/psql" -h "$(postgres_socket_dir)" -p 5432 -U tonghu_admin -d tonghu "$@"
}
