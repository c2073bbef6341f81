#include "services/gateway/config.h"

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "libs/status/macros.h"

namespace tonghu::gateway {
namespace {

std::vector<std::string> Words(const std::string& text) {
  std::vector<std::string> words;
  for (absl::string_view word : absl::StrSplit(text, ',', absl::SkipWhitespace()))
    words.emplace_back(absl::StripAsciiWhitespace(word));
  return words;
}

std::chrono::seconds Seconds(config::Reader& reader, std::string_view key, std::chrono::seconds otherwise) {
  const absl::Duration time =
      reader.Duration(key, absl::Seconds(otherwise.count()), absl::Seconds(1), absl::Hours(1));
  return std::chrono::seconds(absl::ToInt64Seconds(time));
}

Limits ReadLimits(config::Reader& reader) {
  Limits limits;
  const auto size = [&reader](std::string_view key, size_t otherwise, int64_t most = 64 << 20) {
    return static_cast<size_t>(reader.Int(key, static_cast<int64_t>(otherwise), 1 << 10, most));
  };
  limits.header_bytes = size("limits.header_bytes", limits.header_bytes);
  limits.message_bytes = size("limits.message_bytes", limits.message_bytes);
  limits.body_bytes = size("limits.body_bytes", limits.body_bytes);
  limits.upload_bytes = size("limits.upload_bytes", limits.upload_bytes, 1 << 30);
  limits.connections = static_cast<int>(reader.Int("limits.connections", limits.connections, 1, 1'000'000));
  limits.connections_per_address = static_cast<int>(
      reader.Int("limits.connections_per_address", limits.connections_per_address, 1, 1'000'000));
  limits.idle_time = Seconds(reader, "limits.idle_time", limits.idle_time);
  limits.header_time = Seconds(reader, "limits.header_time", limits.header_time);
  limits.body_time = Seconds(reader, "limits.body_time", limits.body_time);
  limits.write_time = Seconds(reader, "limits.write_time", limits.write_time);
  limits.unary_time = Seconds(reader, "limits.unary_time", limits.unary_time);
  limits.upload_time = Seconds(reader, "limits.upload_time", limits.upload_time);
  return limits;
}

// Errors: INVALID_ARGUMENT naming the key.
absl::Status Check(const SsoSettings& sso, const std::string& mode) {
  const auto wrong = [](const char* what) { return absl::InvalidArgumentError(what); };
  if (sso.socket[0] != '/') return wrong("sso.socket: must be an absolute path");
  if (mode.size() != 4 || mode[0] != '0' || mode.find_first_not_of("01234567") != std::string::npos)
    return wrong("sso.socket_mode: must be four octal digits, as 0660");
  // Whoever writes to the socket may say to be anybody.
  if ((sso.socket_mode & 07) != 0) return wrong("sso.socket_mode: must give others nothing");
  if (sso.issuer.empty() || sso.issuer.size() > 255) return wrong("sso.issuer: must have 1 to 255 bytes");
  if (!IsSsoPath(sso.path)) return wrong("sso.path: must be a path as /sso, not one of the pages'");
  if (sso.subject_header.empty() || sso.acr_header.empty()) return wrong("sso: headers must have names");
  const bool odd = sso.sign_out.find_first_of(" \"'<>\\") != std::string::npos;
  const bool address = sso.sign_out.starts_with("https://") || sso.sign_out.starts_with("http://");
  if (odd || !(sso.sign_out.empty() || address)) return wrong("sso.sign_out: must be an address, https://…");
  return absl::OkStatus();
}

absl::StatusOr<SsoSettings> ReadSso(config::Reader& reader) {
  SsoSettings sso;
  sso.socket = reader.String("sso.socket", "");
  const std::string mode = reader.String("sso.socket_mode", "0660");
  sso.socket_mode = static_cast<unsigned>(std::strtoul(mode.c_str(), nullptr, 8));
  sso.path = reader.String("sso.path", sso.path);
  sso.issuer = reader.String("sso.issuer", "");
  sso.subject_header = reader.String("sso.subject_header", sso.subject_header);
  sso.acr_header = reader.String("sso.acr_header", sso.acr_header);
  sso.acr = Words(reader.String("sso.acr", ""));
  sso.sign_out = reader.String("sso.sign_out", "");
  RETURN_IF_ERROR(reader.Fault());
  if (!sso.socket.empty()) RETURN_IF_ERROR(Check(sso, mode));
  return sso;
}

}  // namespace

absl::StatusOr<Config> ReadConfig(config::Reader& reader) {
  Config config;
  config.descriptor_set = reader.String("descriptor_set");
  config.console = reader.String("console", "");
  config.api = reader.String("api", "");
  config.threads = static_cast<int>(reader.Int("threads", config.threads, 1, 64));
  config.limits = ReadLimits(reader);
  Manners& manners = config.manners;
  manners.open = reader.Bool("open", false);
  manners.secure_cookie = reader.Bool("secure_cookie", true);
  manners.origins = Words(reader.String("origins", ""));
  manners.calls_per_account =
      static_cast<int>(reader.Int("calls_per_account", manners.calls_per_account, 0, 1'000'000));
  manners.calls_per_address =
      static_cast<int>(reader.Int("calls_per_address", manners.calls_per_address, 0, 1'000'000));
  manners.ask_again = Seconds(reader, "ask_again", manners.ask_again);
  manners.passing.everything = manners.open;
  manners.passing.requests = {"tonghu-after"};
  manners.passing.answers = {"tonghu-position"};
  const std::string proxies = reader.String("proxies", "");
  RETURN_IF_ERROR(reader.Fault());
  ASSIGN_OR_RETURN(manners.proxies, Networks::Parse(proxies));
  ASSIGN_OR_RETURN(config.sso, ReadSso(reader));
  if (!config.sso.socket.empty()) {
    manners.sso_path = config.sso.path;
    manners.sso_sign_out = config.sso.sign_out;
  }
  return config;
}

}  // namespace tonghu::gateway
