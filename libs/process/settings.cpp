#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "libs/process/process.h"
#include "libs/status/macros.h"

namespace tonghu::process {
namespace {

constexpr int kShardsDefault = 8;
constexpr int kShardsMax = 64;
constexpr size_t kNameMax = 63;
constexpr int kPortMax = 65535;
constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warn", "error"};

absl::Status Bad(std::string_view key, std::string_view wanted, std::string_view found) {
  return absl::InvalidArgumentError(fmt::format("{} must be {}, not \"{}\"", key, wanted, found));
}

// Checks a name, which goes into log lines, metrics and names of durable consumers on the bus: no dots,
// blanks or wildcards.
absl::Status CheckName(std::string_view key, std::string_view name) {
  const bool good =
      name.size() <= kNameMax && absl::ascii_isalpha(static_cast<unsigned char>(name.front())) &&
      std::all_of(name.begin(), name.end(),
                  [](unsigned char c) { return absl::ascii_isalnum(c) || c == '_' || c == '-'; });
  if (good) return absl::OkStatus();
  return Bad(key, "at most 63 letters, digits, '_' or '-', a letter first", name);
}

// Whether the text is host:port, with a port of at least `lowest_port`.
bool IsAddress(std::string_view address, int lowest_port) {
  const size_t colon = address.rfind(':');
  int port = 0;
  return colon != std::string_view::npos && colon > 0 &&
         absl::SimpleAtoi(std::string(address.substr(colon + 1)), &port) && port >= lowest_port &&
         port <= kPortMax;
}

// Port 0 lets the system choose a port, which is fine to listen on; CheckPeers refuses it, since nobody can
// call it.
absl::Status CheckListen(std::string_view key, std::string_view address) {
  return IsAddress(address, 0) ? absl::OkStatus() : Bad(key, "host:port", address);
}

absl::Status CheckPeers(std::string_view key, const std::string& addresses) {
  for (const std::string& address : std::vector<std::string>(absl::StrSplit(addresses, ','))) {
    if (!IsAddress(address, 1)) return Bad(key, "host:port or several separated by commas", addresses);
  }
  return absl::OkStatus();
}

absl::Status CheckLevel(std::string_view level) {
  if (std::find(kLevels.begin(), kLevels.end(), level) != kLevels.end()) return absl::OkStatus();
  return Bad("log_level", fmt::format("{}", fmt::join(kLevels, ", ")), level);
}

absl::Status CheckClock(std::string_view clock) {
  constexpr std::string_view kVirtual = "virtual:";
  if (clock == "system" || (clock.starts_with(kVirtual) && clock.size() > kVirtual.size()))
    return absl::OkStatus();
  return Bad("clock", "\"system\" or \"virtual:<path>\"", clock);
}

// Half of the settings for TLS would be a mistake that opens the service to anybody.
absl::Status CheckTls(const Settings& settings) {
  const bool none = settings.tls_ca.empty() && settings.tls_certificate.empty();
  const bool all = !settings.tls_ca.empty() && !settings.tls_certificate.empty();
  if (settings.insecure ? none : all) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "tls.ca and tls.certificate are needed: the PEM files by which services know each other "
      "(insecure = true, without them, is for tests)");
}

// Checks what the settings' types do not. Gives the first error.
absl::Status Check(const Settings& settings) {
  absl::Status status = CheckName("service", settings.service);
  // Update keeps the first error.
  status.Update(CheckName("replica", settings.replica));
  status.Update(CheckListen("listen", settings.listen));
  status.Update(CheckListen("admin_listen", settings.admin_listen));
  status.Update(CheckClock(settings.clock));
  status.Update(CheckLevel(settings.log_level));
  status.Update(CheckTls(settings));
  for (const auto& [peer, addresses] : settings.peers) {
    status.Update(CheckPeers("peers." + peer, addresses));
  }
  return status;
}

}  // namespace

absl::StatusOr<Settings> ReadSettings(config::Reader& reader, Record record) {
  Settings settings;
  settings.service = reader.String("service");
  settings.replica = reader.String("replica");
  settings.listen = reader.String("listen");
  settings.admin_listen = reader.String("admin_listen");
  settings.ready_file = reader.String("ready_file", "");
  settings.clock = reader.String("clock", "system");
  settings.reflection = reader.Bool("reflection", false);
  settings.shards = static_cast<int>(reader.Int("shards", kShardsDefault, 1, kShardsMax));
  if (record == Record::kKept) {
    settings.postgres = reader.String("postgres.conninfo");
    settings.nats_url = reader.String("nats.url");
  }
  settings.redis_socket = reader.String("redis.socket", "");
  settings.log_level = reader.String("log_level", "info");
  settings.tls_ca = reader.String("tls.ca", "");
  settings.tls_certificate = reader.String("tls.certificate", "");
  settings.insecure = reader.Bool("insecure", false);
  settings.identity_keys = reader.String("identity.public_keys", "");
  for (const std::string& peer : reader.Keys("peers")) {
    settings.peers[peer] = reader.String("peers." + peer);
  }
  RETURN_IF_ERROR(reader.Fault());
  RETURN_IF_ERROR(Check(settings));
  return settings;
}

}  // namespace tonghu::process
