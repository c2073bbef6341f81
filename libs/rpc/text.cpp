#include "libs/rpc/text.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <unicode/utf8.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/server.h"
#include "libs/rpc/text_fields.h"

namespace tonghu::rpc {
namespace {

using google::protobuf::Message;

bool IsText(std::string_view text) { return text.find('\0') == std::string_view::npos && IsUtf8(text); }

std::string BadField(const Message& message, const TextFields& text);

// The path below value `index` of the field of the first string that is no text; "" is the value itself.
std::optional<std::string> BadBelow(const Message& message, const TextFields::Field& one, int index) {
  const auto* reflection = message.GetReflection();
  const bool repeated = one.field->is_repeated();
  if (one.below != nullptr) {
    // The depth is bounded: protobuf parses no message that is nested more than 100 deep.
    std::string bad = BadField(repeated ? reflection->GetRepeatedMessage(message, one.field, index)
                                        : reflection->GetMessage(message, one.field),
                               *one.below);
    return bad.empty() ? std::nullopt : std::optional(absl::StrCat(".", bad));
  }
  std::string scratch;
  const std::string& value = repeated
                                 ? reflection->GetRepeatedStringReference(message, one.field, index, &scratch)
                                 : reflection->GetStringReference(message, one.field, &scratch);
  return IsText(value) ? std::nullopt : std::optional<std::string>("");
}

// The path of the first string below `message` that is no text; empty when all are. Map entries are numbered,
// not named: their keys are the caller's data and must not go into an error text.
std::string BadField(const Message& message, const TextFields& text) {
  const auto* reflection = message.GetReflection();
  for (const TextFields::Field& one : text.fields) {
    const bool repeated = one.field->is_repeated();
    int count = repeated ? reflection->FieldSize(message, one.field) : 1;
    // A message that is not set reads as an empty one: below a type that holds itself there would be no end.
    if (!repeated && one.below != nullptr && !reflection->HasField(message, one.field)) count = 0;
    for (int i = 0; i < count; ++i) {
      const std::optional<std::string> bad = BadBelow(message, one, i);
      if (!bad.has_value()) continue;
      return absl::StrCat(one.field->name(), repeated ? absl::StrCat("[", i, "]") : "", *bad);
    }
  }
  return "";
}

}  // namespace

bool IsUtf8(std::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  UChar32 character = 0;
  // U8_NEXT gives a negative character for malformed bytes, overlong forms and surrogates among them.
  for (size_t at = 0; at < text.size() && character >= 0;) U8_NEXT(bytes, at, text.size(), character);
  return character >= 0;
}

std::string CleanText(std::string_view text, size_t max) {
  std::string clean(text);
  if (!IsUtf8(text)) {
    for (char& c : clean) c = static_cast<unsigned char>(c) < 0x80 ? c : '?';
  }
  if (clean.size() <= max) return clean;
  // Bytes 10xxxxxx continue a character.
  while (max > 0 && (static_cast<unsigned char>(clean[max]) & 0xc0) == 0x80) --max;
  clean.resize(max);
  return clean;
}

absl::Status CheckText(const Message& request) {
  const std::string field = BadField(request, TextFieldsOf(request.GetDescriptor()));
  if (field.empty()) return absl::OkStatus();
  return refusal::Invalid("TEXT_MALFORMED", field,
                          absl::StrCat(field, " must be UTF-8 text without NUL characters"),
                          absl::StrCat("字段 ", field, " 含有无法识别的字符，请删除后重新输入。"));
}

}  // namespace tonghu::rpc
