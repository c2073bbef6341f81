# Debian packages, by what needs them. The names are the same on Debian 12 and 13.

packages_demo=(
  # building
  make g++ cmake ninja-build ccache pkg-config
  libgrpc++-dev protobuf-compiler-grpc protobuf-compiler libprotobuf-dev libabsl-dev libfmt-dev libspdlog-dev
  libnats-dev libhiredis-dev libpq-dev libcurl4-openssl-dev libssl-dev prometheus-cpp-dev
  libtomlplusplus-dev libcli11-dev libcsv-dev libicu-dev libjemalloc-dev nlohmann-json3-dev libsodium-dev liboath-dev
  zlib1g-dev liblemon-dev
  golang-github-gogo-googleapis-dev # google/rpc/*.proto
  # the configuration of a release build includes the tests
  librapidcheck-dev libgtest-dev libgmock-dev libbenchmark-dev
  # running
  postgresql redis-server openssl jq ca-certificates
)

# The gateway's coroutines need a newer Boost than Debian 12's default one.
if grep -q '^VERSION_ID="12"' /etc/os-release; then packages_demo+=(libboost1.81-dev); else packages_demo+=(libboost-dev); fi

packages_test=(
  clang # checks who holds which lock; the builds are g++'s
  chromium fonts-noto-cjk # the console's tests
  nginx-light # in front of the gateway
  apache2-bin libapache2-mod-auth-openidc libapache2-mod-auth-cas # single sign-on
)

packages_lint=(clang-format)

# packages_missing PACKAGE...: sets the global missing_packages.
packages_missing() {
  local package state
  declare -A installed=()
  while read -r package state; do
    [[ $state == installed ]] && installed[${package%%:*}]=1
  done < <(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
  missing_packages=()
  for package in "$@"; do [[ -n ${installed[$package]:-} ]] || missing_packages+=("$package"); done
}
