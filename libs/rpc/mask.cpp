#include "libs/rpc/mask.h"

#include <google/protobuf/descriptor.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "tonghu/api/v1/method.pb.h"

namespace tonghu::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using rights::FieldClass;

constexpr std::string_view kChildren = "/children/";
constexpr size_t kResidentNumber = 18, kPhone = 11, kHint = 4;

// The fields of a type of message that are of a class, or hold messages with such fields.
struct ClassedFields {
  struct Field {
    const FieldDescriptor* field;
    FieldClass of;               // kUnspecified: `below` is meant
    const ClassedFields* below;  // of the message that the field holds
  };
  bool any = false;  // whether a field of a class is here or below
  const FieldDescriptor* child = nullptr;
  const FieldDescriptor* name = nullptr;
  std::vector<Field> fields;
};

const FieldDescriptor* TextField(const Descriptor* type, const char* name) {
  const FieldDescriptor* field = type->FindFieldByName(name);
  return field != nullptr && !field->is_repeated() && field->type() == FieldDescriptor::TYPE_STRING ? field
                                                                                                    : nullptr;
}

// Thread-safe. What Of gives stays valid.
class ClassedFieldsByType {
 public:
  const ClassedFields& Of(const Descriptor* type) {
    absl::MutexLock lock(&mutex_);
    return Find(type);
  }

 private:
  ClassedFields& Find(const Descriptor* type) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto [place, fresh] = types_.try_emplace(type);
    ClassedFields& found = place->second;
    if (!fresh) return found;
    found.child = TextField(type, "child");
    found.name = TextField(type, "name");
    // Until a type that holds itself is known, it counts as one that has something to hide.
    found.any = true;
    bool any = false;
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      const auto of = static_cast<FieldClass>(field->options().GetExtension(api::v1::field_class));
      if (of != FieldClass::kUnspecified) {
        found.fields.push_back({field, of, nullptr});
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_map()) {
        const ClassedFields& below = Find(field->message_type());
        if (!below.any) continue;
        found.fields.push_back({field, of, &below});
      } else {
        continue;
      }
      any = true;
    }
    found.any = any;
    return found;
  }

  absl::Mutex mutex_;
  std::map<const Descriptor*, ClassedFields> types_ ABSL_GUARDED_BY(mutex_);
};

const ClassedFields& FieldsOf(const Message& message) {
  static auto& types = *new ClassedFieldsByType;
  return types.Of(message.GetDescriptor());
}

// The id of the child that a name names; empty for other names.
std::string_view ChildIn(std::string_view name) {
  const size_t at = name.find(kChildren);
  return at == std::string_view::npos ? std::string_view() : name.substr(at + kChildren.size());
}

// The child that the message is about by its own fields.
std::string ChildOf(const Message& message, const ClassedFields& fields) {
  std::string scratch;
  for (const FieldDescriptor* field : {fields.child, fields.name}) {
    if (field == nullptr) continue;
    const std::string_view child =
        ChildIn(message.GetReflection()->GetStringReference(message, field, &scratch));
    if (!child.empty()) return std::string(child);
  }
  return "";
}

std::string Hint(const std::string& text, FieldClass of) {
  if (text.empty()) return "";
  if (of == FieldClass::kName) {
    size_t first = 1;
    // Bytes 10xxxxxx continue a character.
    while (first < text.size() && (static_cast<unsigned char>(text[first]) & 0xc0) == 0x80) ++first;
    return absl::StrCat(text.substr(0, first), "**");
  }
  // A number of another length may be all end.
  const bool number = (of == FieldClass::kIdNumber && text.size() == kResidentNumber) ||
                      (of == FieldClass::kPhone && text.size() == kPhone);
  if (number) return std::string(text.size() - kHint, '*') + text.substr(text.size() - kHint);
  return "**";
}

void MaskField(Message& message, const FieldDescriptor* field, FieldClass of) {
  const auto* reflection = message.GetReflection();
  if (field->type() != FieldDescriptor::TYPE_STRING) return reflection->ClearField(&message, field);
  std::string scratch;
  if (!field->is_repeated()) {
    const std::string& text = reflection->GetStringReference(message, field, &scratch);
    if (!text.empty()) reflection->SetString(&message, field, Hint(text, of));
    return;
  }
  for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
    const std::string& text = reflection->GetRepeatedStringReference(message, field, i, &scratch);
    reflection->SetRepeatedString(&message, field, i, Hint(text, of));
  }
}

// `outer` is the child that the message is about unless it says another.
void MaskBelow(const rights::Scope& scope, const ClassedFields& fields, const std::string& outer,
               Message& message) {
  const auto* reflection = message.GetReflection();
  const std::string own = ChildOf(message, fields);
  const std::string& child = own.empty() ? outer : own;
  const rights::FieldClassSet shown = scope.Shows(child);
  for (const ClassedFields::Field& one : fields.fields) {
    if (one.below == nullptr) {
      if (!shown.Has(one.of)) MaskField(message, one.field, one.of);
    } else if (one.field->is_repeated()) {
      for (int i = 0; i < reflection->FieldSize(message, one.field); ++i)
        MaskBelow(scope, *one.below, child, *reflection->MutableRepeatedMessage(&message, one.field, i));
    } else if (reflection->HasField(message, one.field)) {
      MaskBelow(scope, *one.below, child, *reflection->MutableMessage(&message, one.field));
    }
  }
}

bool Asks(const rights::FieldClassSet shown, const ClassedFields& fields, const Message& message) {
  const auto* reflection = message.GetReflection();
  for (const ClassedFields::Field& one : fields.fields) {
    const int count = one.field->is_repeated() ? reflection->FieldSize(message, one.field)
                                               : (reflection->HasField(message, one.field) ? 1 : 0);
    if (count > 0 && one.below == nullptr && !shown.Has(one.of)) return true;
    for (int i = 0; i < count && one.below != nullptr; ++i) {
      if (Asks(shown, *one.below,
               one.field->is_repeated() ? reflection->GetRepeatedMessage(message, one.field, i)
                                        : reflection->GetMessage(message, one.field)))
        return true;
    }
  }
  return false;
}

}  // namespace

void Mask(const rights::Scope& scope, Message& message) {
  if (scope.ShowsAll()) return;
  const ClassedFields& fields = FieldsOf(message);
  if (fields.any) MaskBelow(scope, fields, "", message);
}

bool AsksForHidden(const rights::Scope& scope, const Message& request) {
  if (scope.ShowsAll()) return false;
  const ClassedFields& fields = FieldsOf(request);
  return fields.any && Asks(scope.Shows(""), fields, request);
}

}  // namespace tonghu::rpc
