# The stack's certificate authority, the certificates by which services know each other, and the keys by which
# `access` signs who calls. docs/adr/2026-11-26-services-know-each-other-by-certificates.md says why.
#
# RUN/tls/ca.pem is what everybody trusts; RUN/tls/<name>.pem is what a process shows, the certificate and its key: a
# service, or `operator`, which is tonghuctl, the demonstration, the tests and the benchmarks. They are one file, so that
# whoever reads while they turn over has both of one pair.

readonly tls_days=90
readonly tls_authority_days=3650
readonly tls_least_days=7      # `up` makes anew what lasts no longer
readonly tls_reread_seconds=8  # a running process has read a changed file by then (libs/rpc/tls.cpp: every second), also on a busy machine

tls_names() { printf '%s operator' "$all_services"; }

# tls_openssl ARGS: openssl, with what it says in a log.
tls_openssl() {
  openssl "$@" >> "$LOG/tls.log" 2>&1 || fail "openssl failed; see $LOG/tls.log"
}

# tls_configure DNS: writes openssl's configuration, for a certificate of a server of that name.
tls_configure() {
  cat > "$RUN/tls/openssl.conf" << EOF
# Written by deploy/local/stack.
[ca]
default_ca = stack
[stack]
database = $RUN/tls/issued
new_certs_dir = $RUN/tls
rand_serial = yes
unique_subject = no
default_md = sha256
policy = names
[names]
commonName = supplied
[req]
distinguished_name = none
[none]
[authority]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[service]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = DNS:$1
authorityKeyIdentifier = keyid
[operator]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
authorityKeyIdentifier = keyid
EOF
  : > "$RUN/tls/issued"
}

# tls_request FILE COMMON_NAME DNS: a new key FILE.key, and a request FILE.csr.
tls_request() {
  tls_configure "$3"
  tls_openssl req -new -config "$RUN/tls/openssl.conf" -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -subj "/CN=${2//\//\\/}" -keyout "$1.key" -out "$1.csr"
}

# tls_sign FILE DAYS EXTENSIONS ARGS: makes the certificate FILE.pem of FILE.csr. The certificate holds from
# yesterday on, so that a machine whose clock is some hours slow accepts it.
tls_sign() {
  local file=$1 days=$2 extensions=$3
  shift 3
  tls_openssl ca -batch -notext -config "$RUN/tls/openssl.conf" -extensions "$extensions" \
    -startdate "$(date -u -d '1 day ago' +%Y%m%d%H%M%SZ)" -enddate "$(date -u -d "$days days" +%Y%m%d%H%M%SZ)" \
    -in "$file.csr" -out "$file.pem" "$@"
  rm -f "$file.csr" "$RUN/tls"/issued.* "$RUN/tls"/[0-9A-F]*.pem
}

# tls_make_authority FILE: FILE.key and FILE.pem. The name holds the time: two that are trusted at once have two
# names.
tls_make_authority() {
  tls_request "$1" "tonghu stack $(date -u +%Y%m%dT%H%M%S.%N)" none
  tls_sign "$1" "$tls_authority_days" authority -selfsign -keyfile "$1.key"
}

# tls_issue FILE COMMON_NAME DNS DAYS EXTENSIONS: a new certificate FILE.pem of the authority in force, with its key in
# the same file.
tls_issue() {
  tls_request "$1" "$2" "$3"
  tls_sign "$1" "$4" "$5" -cert "$RUN/tls/authority.pem" -keyfile "$RUN/tls/authority.key"
  cat "$1.key" >> "$1.pem"
  rm "$1.key"
}

# tls_make NAME: a new certificate in RUN/tls/new.
tls_make() {
  local name=$1 file=$RUN/tls/new/$1 extensions=service subject=services/$1
  mkdir -p "$RUN/tls/new"
  if [[ $name == operator ]]; then extensions=operator subject=operators/local; fi
  tls_issue "$file" "$subject" "$name.tonghu" "$tls_days" "$extensions"
}

# tls_take: puts what was made into force, each file at once.
tls_take() {
  [[ -d $RUN/tls/new ]] || return 0
  mv -t "$RUN/tls" "$RUN/tls/new"/*
  rmdir "$RUN/tls/new"
}

# tls_lasts NAME: true when the certificate is of the authority in force and lasts longer than `tls_least_days`.
tls_lasts() {
  openssl verify -CAfile "$RUN/tls/authority.pem" -attime "$(date -d "$tls_least_days days" +%s)" \
    "$RUN/tls/$1.pem" > /dev/null 2>&1
}

# tls_trust NAME...: the authorities that everybody trusts from now on.
tls_trust() {
  local name
  for name in "$@"; do cat "$RUN/tls/$name.pem"; done > "$RUN/tls/ca.pem.new"
  mv "$RUN/tls/ca.pem.new" "$RUN/tls/ca.pem"
}

# tls_ensure: makes what is missing or lasts no longer than a week.
tls_ensure() (
  umask 077
  rm -rf "$RUN/tls/new"
  type -P openssl > /dev/null || fail "openssl is not installed; run deploy/local/install"
  mkdir -p "$RUN/tls"
  tls_lasts authority || tls_make_authority "$RUN/tls/authority"
  tls_trust authority
  for name in $(tls_names); do tls_lasts "$name" || tls_make "$name"; done
  tls_take
  [[ -s $RUN/keys/identity.pem ]] || identity_make
  # The key by which access seals what its database holds of people's second factors; without it they enrol anew.
  [[ -s $RUN/keys/secrets.key ]] || openssl rand -hex 32 > "$RUN/keys/secrets.key"
)

# tls_renew: turns everything over while services run. Each wait lets every process read its files: both
# authorities are trusted while certificates change, at the end the new one alone.
tls_renew() (
  umask 077
  tls_make_authority "$RUN/tls/authority-new"
  tls_trust authority-new authority
  sleep "$tls_reread_seconds"
  mv "$RUN/tls/authority-new.key" "$RUN/tls/authority.key"
  mv "$RUN/tls/authority-new.pem" "$RUN/tls/authority.pem"
  for name in $(tls_names); do tls_make "$name"; done
  tls_take
  sleep "$tls_reread_seconds"
  tls_trust authority
  identity_make
)

# identity_make: a new Ed25519 key pair, by which `access` signs who calls. The public half of the pair before stays
# until the next renewal, so that what was signed with that pair is good until it runs out, some minutes later; then it
# goes to `past`, where it is kept for ever for the heads of journals that it signed. The wait lets every verifier have
# the new public half before anything is signed with the other.
identity_make() {
  local file=$RUN/keys/new.pem old
  mkdir -p "$RUN/keys/public/past"
  tls_openssl genpkey -algorithm ed25519 -out "$file"
  # The names are the times from which the keys sign (libs/principal/head.h): the last one is the key in force.
  for old in $(cd "$RUN/keys/public" && ls | grep '[.]pem$' | head -n -1); do
    mv "$RUN/keys/public/$old" "$RUN/keys/public/past/$old"
  done
  tls_openssl pkey -in "$file" -pubout -out "$RUN/keys/public.new"
  mv "$RUN/keys/public.new" "$RUN/keys/public/$(date -u +%Y%m%dT%H%M%S.%N).pem"
  if [[ -s $RUN/keys/identity.pem ]]; then sleep "$tls_reread_seconds"; fi
  mv "$file" "$RUN/keys/identity.pem"
}

# tls_report: prints until when the certificates last, and what to do when that is soon.
tls_report() {
  local name end first=""
  for name in $(tls_names); do
    end=$(openssl x509 -noout -enddate -in "$RUN/tls/$name.pem" 2> /dev/null) || continue
    end=$(date -u -d "${end#notAfter=}" +%s)
    if [[ -z $first ]] || ((end < first)); then first=$end; fi
  done
  [[ -n $first ]] || return 0
  printf 'certificates last until %s' "$(date -u -d "@$first" '+%F %H:%M UTC')"
  if ((first - $(date +%s) <= tls_least_days * 86400)); then printf ": turn them over by 'stack certs renew'"; fi
  printf '\n'
}
