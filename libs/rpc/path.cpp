#include "libs/rpc/path.h"

#include "absl/strings/str_split.h"

namespace tonghu::rpc {
namespace {

using google::protobuf::Message;

void Walk(const Message& message, const Path& path, size_t at, const Look& look) {
  const auto* field = path[at];
  const auto* reflection = message.GetReflection();
  const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
  std::string scratch;
  for (int i = 0; i < count; ++i) {
    if (at + 1 < path.size()) {
      Walk(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                : reflection->GetMessage(message, field),
           path, at + 1, look);
    } else {
      look(message, field->is_repeated() ? reflection->GetRepeatedStringReference(message, field, i, &scratch)
                                         : reflection->GetStringReference(message, field, &scratch));
    }
  }
}

}  // namespace

Path PathOf(const google::protobuf::Descriptor& message, const std::string& text, bool many) {
  Path path;
  const google::protobuf::Descriptor* in = &message;
  for (const std::string& part : std::vector<std::string>(absl::StrSplit(text, '.'))) {
    const auto* field = in == nullptr ? nullptr : in->FindFieldByName(part);
    if (field == nullptr || (field->is_repeated() && !many) || field->is_map()) return {};
    path.push_back(field);
    in = field->message_type();
  }
  return path;
}

void ForEachText(const Message& message, const Path& path, const Look& look) { Walk(message, path, 0, look); }

}  // namespace tonghu::rpc
