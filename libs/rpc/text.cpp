#include "libs/rpc/text.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <unicode/utf8.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/server.h"

namespace tonghu::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsText(std::string_view text) { return text.find('\0') == std::string_view::npos && IsUtf8(text); }

// The path of the first string below `message` that is no text; empty when all are. Map entries are numbered,
// not named: their keys are the caller's data and must not go into an error text.
std::string BadField(const Message& message);

// The same for one value of a field; `index` counts where the field is repeated.
std::string BadValue(const Message& message, const FieldDescriptor* field, int index) {
  const auto* reflection = message.GetReflection();
  const bool repeated = field->is_repeated();
  const std::string path = repeated ? absl::StrCat(field->name(), "[", index, "]") : field->name();
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    const Message& below = repeated ? reflection->GetRepeatedMessage(message, field, index)
                                    : reflection->GetMessage(message, field);
    // The depth is bounded: protobuf parses no message that is nested more than 100 deep.
    const std::string bad = BadField(below);
    return bad.empty() ? bad : absl::StrCat(path, ".", bad);
  }
  std::string scratch;
  const std::string& value = repeated
                                 ? reflection->GetRepeatedStringReference(message, field, index, &scratch)
                                 : reflection->GetStringReference(message, field, &scratch);
  return IsText(value) ? std::string() : path;
}

std::string BadField(const Message& message) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE &&
        field->type() != FieldDescriptor::TYPE_STRING)
      continue;
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (std::string bad = BadValue(message, field, i); !bad.empty()) return bad;
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
  const std::string field = BadField(request);
  if (field.empty()) return absl::OkStatus();
  return refusal::Invalid("TEXT_MALFORMED", field,
                          absl::StrCat(field, " must be UTF-8 text without NUL characters"),
                          absl::StrCat("字段 ", field, " 含有无法识别的字符，请删除后重新输入。"));
}

}  // namespace tonghu::rpc
