// Hides what a caller may not see in an answer (api.v1.field_class).
#pragma once

#include <google/protobuf/message.h>

#include "libs/rights/scope.h"

namespace tonghu::rpc {

// Masks each field of a class that the scope does not show of the child that the message is about: a text
// keeps a hint at most (王**), anything else is taken away. A message is about the child that its field
// `child`, or `name`, names, or else about the child of the message that holds it. Types without such fields
// are found out once and then cost nothing.
void Mask(const rights::Scope& scope, google::protobuf::Message& message);

// Whether a request sets a field of a class that the scope does not show: a filter by what is hidden would
// tell it.
bool AsksForHidden(const rights::Scope& scope, const google::protobuf::Message& request);

}  // namespace tonghu::rpc
