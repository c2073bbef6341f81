// The children whom a message names.
#pragma once

#include <google/protobuf/message.h>

#include <set>
#include <string>

namespace tonghu::rpc {

// Adds the ids of all children whose names (counties/{county}/children/{id}) stand anywhere in the message,
// each as a whole string.
void AddChildren(const google::protobuf::Message& message, std::set<std::string>& ids);

}  // namespace tonghu::rpc
