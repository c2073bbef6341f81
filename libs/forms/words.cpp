#include "libs/forms/words.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tonghu/api/v1/word.pb.h"

namespace tonghu::forms {
namespace {

// The prefix of an enumeration's values: "CONTACT_KIND_" for ContactKind.
std::string Prefix(const google::protobuf::EnumDescriptor& type) {
  std::string prefix;
  for (const char letter : type.name()) {
    if (absl::ascii_isupper(letter) && !prefix.empty()) prefix += '_';
    prefix += absl::ascii_toupper(letter);
  }
  return prefix + "_";
}

// The value's Chinese word, or its own name when it has none.
const std::string& LabelOf(const google::protobuf::EnumValueDescriptor& value) {
  const std::string& word = value.options().GetExtension(api::v1::word);
  return word.empty() ? value.name() : word;
}

}  // namespace

// CONTACT_KIND_HOME_VISIT is typed "home_visit".
std::string TypedValue(const google::protobuf::EnumValueDescriptor& value) {
  if (value.number() == 0) return "";
  return absl::AsciiStrToLower(value.name().substr(Prefix(*value.type()).size()));
}

std::vector<std::string> TypedValues(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> values;
  for (int i = 0; i < type.value_count(); ++i) {
    if (std::string typed = TypedValue(*type.value(i)); !typed.empty()) values.push_back(std::move(typed));
  }
  return values;
}

int ParseValue(const google::protobuf::EnumDescriptor& type, std::string_view typed) {
  for (int i = 0; i < type.value_count(); ++i) {
    const auto& value = *type.value(i);
    // Both the word of scripts and the Chinese one of tables are taken.
    if (value.number() != 0 && (typed == TypedValue(value) || typed == LabelOf(value))) return value.number();
  }
  return 0;
}

std::string Label(const google::protobuf::EnumDescriptor& type, int value) {
  if (value == 0) return "";
  const auto* found = type.FindValueByNumber(value);
  return found == nullptr ? absl::StrCat(value) : LabelOf(*found);
}

std::string Labels(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> labels;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0) labels.push_back(LabelOf(*type.value(i)));
  }
  return absl::StrJoin(labels, "、");
}

}  // namespace tonghu::forms
