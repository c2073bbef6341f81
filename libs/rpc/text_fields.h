// The strings of a message, found by its type.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"

namespace tonghu::rpc {

// The fields of a type of message that are strings or may hold strings. Which these are is found out once a
// type, since every request is looked through.
struct TextFields {
  struct Field {
    const google::protobuf::FieldDescriptor* field;
    const TextFields* below;  // of the message that the field holds; nullptr: the field is a string
  };
  std::vector<Field> fields;
};

// Gives those of a type; they stay valid. Thread-safe.
const TextFields& TextFieldsOf(const google::protobuf::Descriptor* type);

// Calls `visit` with every string in the message, however deep.
void ForEachString(const google::protobuf::Message& message,
                   absl::FunctionRef<void(const std::string&)> visit);

}  // namespace tonghu::rpc
