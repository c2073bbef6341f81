// Words of enumerations: as one types them ("home_visit") and as an officer reads them ("家访", the proto's
// word option).
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/generated_enum_reflection.h>

#include <string>
#include <string_view>
#include <vector>

namespace tonghu::forms {

// The typed form of a value, "home_visit" for CONTACT_KIND_HOME_VISIT; empty for the unspecified value.
std::string TypedValue(const google::protobuf::EnumValueDescriptor& value);

// The typed forms of all values but the unspecified one.
std::vector<std::string> TypedValues(const google::protobuf::EnumDescriptor& type);

// The number of a typed value or of its Chinese label; 0 when there is no such value.
int ParseValue(const google::protobuf::EnumDescriptor& type, std::string_view typed);

// The Chinese label; "" for the unspecified value, the number for an unknown one.
std::string Label(const google::protobuf::EnumDescriptor& type, int value);

// The labels of all values but the unspecified one: "谈心、家访、联系家长".
std::string Labels(const google::protobuf::EnumDescriptor& type);

template <class Enum>
Enum ParseEnum(std::string_view typed) {
  return static_cast<Enum>(ParseValue(*google::protobuf::GetEnumDescriptor<Enum>(), typed));
}

template <class Enum>
std::string Label(Enum value) {
  return Label(*google::protobuf::GetEnumDescriptor<Enum>(), static_cast<int>(value));
}

template <class Enum>
std::string Labels() {
  return Labels(*google::protobuf::GetEnumDescriptor<Enum>());
}

}  // namespace tonghu::forms
