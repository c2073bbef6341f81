// What a request names and what must lie inside its caller's scope (api.v1.MethodRule.targets).
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/rights/scope.h"
#include "libs/rpc/caller.h"
#include "libs/rpc/path.h"
#include "libs/rpc/places.h"
#include "tonghu/api/v1/method.pb.h"

namespace tonghu::rpc {

// PERMISSION_DENIED, reason NOT_PERMITTED: the one refusal for whatever a caller may not do or see, so that
// it tells nothing of what exists.
absl::Status NotPermitted();

// The caller and what they may reach with the method's permission in the call's county.
struct Reach {
  const Caller& caller;
  const rights::Scope& scope;
  const std::string& county;
};

// The targets of one method. Immutable.
class Targets {
 public:
  // Reads them from the rule. Errors: FAILED_PRECONDITION for a kind that is not given, and a field that the
  // request does not have or that is no string. A stream has no targets that must be looked up.
  static absl::StatusOr<Targets> Of(const google::protobuf::MethodDescriptor& method,
                                    const api::v1::MethodRule& rule);

  // Whether all targets of the request lie inside. What can't be told without a lookup is added to `sought`,
  // and counts as inside until then. Errors: NOT_PERMITTED; NAME_MALFORMED for a text that names nothing.
  absl::Status Check(const google::protobuf::Message& request, const Reach& reach, Sought& sought) const;
  // The same with what was found: what was not found lies outside.
  absl::Status Check(const google::protobuf::Message& request, const Reach& reach, const Found& found) const;

 private:
  struct Target {
    api::v1::TargetKind kind;
    std::string field;
    Path path;
    const google::protobuf::FieldDescriptor* grade = nullptr;  // of a class, beside the field
    const google::protobuf::FieldDescriptor* class_number = nullptr;
  };
  class Judge;

  absl::Status CheckAll(const google::protobuf::Message& request, const Judge& judge) const;

  std::vector<Target> targets_;
  std::string collection_;  // of TARGET_KIND_RESOURCE
  bool accounts_ = false;   // whether a target is an account, which a wide scope alone does not open
};

}  // namespace tonghu::rpc
