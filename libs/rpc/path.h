// Fields of messages by their paths: "child.name", "requests.contact.child".
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <functional>
#include <string>
#include <vector>

namespace tonghu::rpc {

// The fields of a path, the outermost first. Empty: none.
using Path = std::vector<const google::protobuf::FieldDescriptor*>;

// Reads a path. Empty when a field of that name is missing, a field before the last is no message, or, unless
// `many`, a field is repeated.
Path PathOf(const google::protobuf::Descriptor& message, const std::string& text, bool many);

// Calls `look` with the message that holds the last field, and that field's value, once for each value that
// the path leads to. The last field is a string. A message that is not set reads as an empty one.
using Look = std::function<void(const google::protobuf::Message& holder, const std::string& value)>;
void ForEachText(const google::protobuf::Message& message, const Path& path, const Look& look);

}  // namespace tonghu::rpc
