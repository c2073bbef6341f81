# Free TCP ports on the loopback address, chosen so that stacks running at the same time never meet.
#
# Ports come from 15000-31999, below Linux's ephemeral range, so that no outgoing connection takes one while a
# killed service is away. A file named after the port in a directory shared by the machine's users says which
# state directory holds it; `down --purge` gives it back.

readonly ports_reservations=/tmp/tonghu-ports

# ports_refresh: sets the global ports_in_use to " p1 p2 ... ", every local port on which a socket of this
# machine listens.
ports_refresh() {
  local files=() file
  for file in /proc/net/tcp /proc/net/tcp6; do
    [[ -r $file ]] && files+=("$file")
  done
  ports_in_use=" "
  ((${#files[@]})) || return 0
  local hex
  while read -r hex; do
    ports_in_use+="$((16#$hex)) "
  done < <(awk 'FNR > 1 && $4 == "0A" { n = split($2, a, ":"); print a[n] }' "${files[@]}" | sort -u)
}

port_in_use() { [[ $ports_in_use == *" $1 "* ]]; }

# port_reserve PORT: true when this state directory now holds the port.
port_reserve() {
  local file="$ports_reservations/$1" owner=""
  [[ -d $ports_reservations ]] || mkdir -m 1777 "$ports_reservations" 2>/dev/null || true
  if (set -o noclobber; printf '%s\n' "$STATE" > "$file") 2>/dev/null; then return 0; fi
  [[ -e $file ]] || return 0  # No reservations can be made here: the check of what is in use has to do.
  read -r owner < "$file" 2>/dev/null || true
  [[ $owner == "$STATE" ]] && return 0
  # A state directory removed by hand no longer needs its ports.
  [[ -n $owner && ! -d $owner ]] && rm -f "$file" 2>/dev/null && port_reserve "$1"
}

port_release() {
  local file="$ports_reservations/$1" owner=""
  read -r owner < "$file" 2>/dev/null || return 0
  [[ $owner == "$STATE" ]] && rm -f "$file"
  return 0
}

# port_choose: reserves a free port and sets the global port_chosen to it.
port_choose() {
  local attempt candidate
  for ((attempt = 0; attempt < 500; attempt++)); do
    candidate=$((15000 + SRANDOM % 17000))
    port_in_use "$candidate" && continue
    port_reserve "$candidate" || continue
    ports_in_use+="$candidate "
    port_chosen=$candidate
    return 0
  done
  fail "no free port found between 15000 and 31999 on this machine"
}
