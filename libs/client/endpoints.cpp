#include "libs/client/endpoints.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/str_join.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"

namespace tonghu::client {
namespace {

// Opens what "tls" names: {"ca": "…", "certificate": "…"}.
absl::StatusOr<std::shared_ptr<const rpc::Tls>> OpenTls(const nlohmann::json& tls) {
  const auto path = [&tls](const char* key) {
    const auto found = tls.find(key);
    return found != tls.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  auto opened = rpc::Tls::Open({path("ca"), path("certificate")});
  if (opened.ok()) return opened;
  return refusal::Make(
      {absl::StatusCode::kPermissionDenied, "CERTIFICATE_UNUSABLE", "",
       fmt::format("the operator's certificate can't be used ({}): run this as the user who started the "
                   "stack, or start the stack again (make up)",
                   std::string(opened.status().message())),
       "无法使用操作员证书：请以启动系统的用户身份运行，或重新启动系统（make up）。"});
}

}  // namespace

absl::StatusOr<std::string> Endpoints::AddressesOf(std::string_view service) const {
  const auto found = replicas.find(std::string(service));
  if (found != replicas.end()) return absl::StrJoin(found->second, ",");
  return absl::UnavailableError(fmt::format("this stack runs no service '{}'", service));
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Endpoints::Dial(const std::string& service,
                                                               std::shared_ptr<rpc::Positions> seen) const {
  ASSIGN_OR_RETURN(const auto addresses, AddressesOf(service));
  return rpc::Dial(addresses, {.tls = tls, .service = service, .seen = std::move(seen)});
}

absl::StatusOr<Endpoints> ParseEndpoints(std::string_view json, std::string_view origin) {
  const nlohmann::json root = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!root.is_object()) return absl::InvalidArgumentError(fmt::format("{} is not a JSON object", origin));
  Endpoints endpoints;
  const nlohmann::json services = root.value("replicas", nlohmann::json());
  // An array has items too; it is refused below.
  for (const auto& [service, addresses] : services.items()) {
    for (const auto& address : addresses) {
      if (address.is_string()) endpoints.replicas[service].push_back(address.get<std::string>());
    }
  }
  if (!services.is_object() || endpoints.replicas.empty())
    return absl::InvalidArgumentError(fmt::format("{} names no service", origin));
  if (const auto clock = root.find("clock"); clock != root.end() && clock->is_string()) {
    endpoints.clock = clock->get<std::string>();
  }
  if (const auto tls = root.find("tls"); tls != root.end()) {
    ASSIGN_OR_RETURN(endpoints.tls, OpenTls(*tls));
  }
  return endpoints;
}

absl::StatusOr<Endpoints> ReadEndpoints(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return refusal::Make(
        {absl::StatusCode::kUnavailable, "STACK_NOT_FOUND", "",
         fmt::format("can't read {}: start the stack (make up), or say --state DIR or --endpoints FILE",
                     path),
         "没有找到运行中的系统：请先启动（make up），或用 --state、--endpoints 指明其位置。"});
  }
  std::ostringstream text;
  text << file.rdbuf();
  return ParseEndpoints(text.str(), path);
}

}  // namespace tonghu::client
