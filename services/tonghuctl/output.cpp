#include "services/tonghuctl/output.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <cstdio>
#include <nlohmann/json.hpp>

namespace tonghu::tonghuctl {
namespace {

void Write(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  // A reader of a pipe sees each message as it comes (alerts watch).
  std::fflush(stdout);
}

}  // namespace

std::string ToJson(const google::protobuf::Message& message, bool one_line) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = !one_line;
  // A script must find every field, also those with their default values.
  options.always_print_primitive_fields = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) json = "{}";
  if (json.empty() || json.back() != '\n') json += '\n';
  return json;
}

nlohmann::ordered_json ToDocument(const google::protobuf::Message& message) {
  return nlohmann::ordered_json::parse(ToJson(message, true), nullptr, /*allow_exceptions=*/false);
}

void Output::Show(const google::protobuf::Message& message, const std::function<std::string()>& text) const {
  Write(json_ ? ToJson(message) : text());
}

void Output::Show(const nlohmann::ordered_json& document, const std::function<std::string()>& text) const {
  Write(json_ ? document.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"
              : text());
}

void Output::ShowLine(const google::protobuf::Message& message,
                      const std::function<std::string()>& text) const {
  Write(json_ ? ToJson(message, true) : text());
}

void Output::Remark(std::string_view text) const { fmt::print(stderr, "{}\n", text); }

}  // namespace tonghu::tonghuctl
