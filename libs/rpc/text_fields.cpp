#include "libs/rpc/text_fields.h"

#include <google/protobuf/descriptor.h>

#include <map>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace tonghu::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Thread-safe. What Of gives stays valid.
class TextFieldsByType {
 public:
  const TextFields& Of(const Descriptor* type) {
    absl::MutexLock lock(&mutex_);
    return Find(type);
  }

 private:
  const TextFields& Find(const Descriptor* type) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto [place, fresh] = types_.try_emplace(type);
    TextFields& found = place->second;
    // A type that holds itself is found here, while its fields are still being listed.
    if (!fresh) return found;
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        found.fields.push_back({field, &Find(field->message_type())});
      } else if (field->type() == FieldDescriptor::TYPE_STRING) {
        found.fields.push_back({field, nullptr});
      }
    }
    return found;
  }

  absl::Mutex mutex_;
  std::map<const Descriptor*, TextFields> types_ ABSL_GUARDED_BY(mutex_);
};

void Visit(const Message& message, const TextFields& text,
           absl::FunctionRef<void(const std::string&)> visit) {
  const auto* reflection = message.GetReflection();
  std::string scratch;
  for (const auto& [field, below] : text.fields) {
    const bool repeated = field->is_repeated();
    int count = repeated ? reflection->FieldSize(message, field) : 1;
    // A message that is not set reads as an empty one: below a type that holds itself there would be no end.
    if (!repeated && below != nullptr && !reflection->HasField(message, field)) count = 0;
    for (int i = 0; i < count; ++i) {
      if (below != nullptr) {
        Visit(repeated ? reflection->GetRepeatedMessage(message, field, i)
                       : reflection->GetMessage(message, field),
              *below, visit);
      } else {
        visit(repeated ? reflection->GetRepeatedStringReference(message, field, i, &scratch)
                       : reflection->GetStringReference(message, field, &scratch));
      }
    }
  }
}

}  // namespace

const TextFields& TextFieldsOf(const Descriptor* type) {
  static auto& types = *new TextFieldsByType;
  return types.Of(type);
}

void ForEachString(const Message& message, absl::FunctionRef<void(const std::string&)> visit) {
  Visit(message, TextFieldsOf(message.GetDescriptor()), visit);
}

}  // namespace tonghu::rpc
