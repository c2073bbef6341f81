#include "services/gateway/app/errors.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <map>
#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/strip.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/gateway/domain/codes.h"

namespace tonghu::gateway {
namespace {

using Json = nlohmann::ordered_json;

std::string Base64(const std::string& bytes) {
  std::string text = absl::Base64Escape(bytes);
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

Json DetailJson(const google::protobuf::Any& detail) {
  const std::string type = detail.type_url().substr(detail.type_url().rfind('/') + 1);
  Json json{{"type", type}, {"value", Base64(detail.value())}};
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  if (descriptor == nullptr) return json;
  std::unique_ptr<google::protobuf::Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
  std::string text;
  if (message->ParseFromString(detail.value()) &&
      google::protobuf::util::MessageToJsonString(*message, &text).ok()) {
    Json debug = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!debug.is_discarded()) json["debug"] = std::move(debug);
  }
  return json;
}

Json ToJson(const CallError& error) {
  Json json{{"code", std::string(ConnectCode(error.code))}};
  if (!error.message.empty()) json["message"] = error.message;
  google::rpc::Status rich;
  // Details that can't be read cost the details, not the error.
  if (!error.details.empty() && rich.ParseFromString(error.details)) {
    for (const auto& detail : rich.details()) json["details"].push_back(DetailJson(detail));
  }
  return json;
}

// Text that is not UTF-8 is shown with replacement characters.
std::string Text(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

absl::Status TooLarge(absl::string_view message, size_t most_bytes) {
  const bool large = most_bytes >= 1 << 20;
  const std::string most = fmt::format("{} {}", most_bytes >> (large ? 20 : 10), large ? "MiB" : "KiB");
  return refusal::Make({absl::StatusCode::kResourceExhausted, "REQUEST_TOO_LARGE", "", std::string(message),
                        fmt::format("提交的内容超过{}，请减少内容，或分成几次提交。", most)});
}

std::string ErrorJson(const CallError& error) { return Text(ToJson(error)); }

std::string EndOfStreamJson(const CallError* error, const Headers& metadata) {
  Json json = Json::object();
  if (error != nullptr) json["error"] = ToJson(*error);
  for (const auto& [name, value] : metadata) json["metadata"][name].push_back(value);
  return Text(json);
}

}  // namespace tonghu::gateway
