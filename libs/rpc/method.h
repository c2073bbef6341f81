// A method of the API and its rule, as the proto says it (tonghu/api/v1/method.proto).
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>

#include "absl/status/statusor.h"
#include "libs/rights/table.h"
#include "libs/rpc/path.h"
#include "libs/rpc/performer.h"
#include "libs/rpc/targets.h"
#include "tonghu/api/v1/method.pb.h"

namespace tonghu::rpc {

// The subject of a call, as its request says it.
struct Subject {
  std::string county;    // six digits; empty: the call is about no county
  std::string resource;  // the id in the name that says the county; empty for other forms
};

// A method with its rule. Immutable.
class Method {
 public:
  // Reads the rule. Errors: FAILED_PRECONDITION when the rule is missing, names a field that the request does
  // not have, lacks a kind or resource, names a permission that libs/rights does not have, or says of a call
  // about a county neither targets nor `narrowed` nor a session's change: such a call would be checked by
  // nobody.
  static absl::StatusOr<Method> Of(const google::protobuf::MethodDescriptor& descriptor);

  const std::string& name() const { return descriptor_->name(); }  // "CreateContact"
  const std::string& path() const { return path_; }  // "/tonghu.pairing.v1.ContactService/CreateContact"
  const api::v1::MethodRule& rule() const { return rule_; }
  bool IsStream() const { return descriptor_->server_streaming(); }  // of answers
  bool IsQuery() const { return rule_.kind() == api::v1::METHOD_KIND_QUERY; }
  // Whether anybody may call: the request itself names the session that is changed.
  bool IsOfSession() const { return rule_.session() != api::v1::SESSION_EFFECT_UNSPECIFIED; }
  // The roles that have the method's permission.
  rights::RoleSet roles() const { return roles_; }
  // What must lie inside the caller's scope.
  const Targets& targets() const { return targets_; }
  // Whose deed the request records.
  const PerformerField& performer() const { return performer_; }

  // Reads the field that says the county. A code (COUNTY_FORM_CODE) that does not begin with a county's is
  // left to the method to refuse. Errors: INVALID_ARGUMENT, reasons NAME_MALFORMED and COUNTY_NOT_FOUND,
  // naming the field.
  absl::StatusOr<Subject> SubjectOf(const google::protobuf::Message& request) const;

 private:
  Method(const google::protobuf::MethodDescriptor& descriptor, api::v1::MethodRule rule);

  const google::protobuf::MethodDescriptor* descriptor_;
  std::string path_;
  api::v1::MethodRule rule_;
  Path county_path_;  // empty: the call is about no county
  rights::RoleSet roles_;
  Targets targets_;
  PerformerField performer_;
};

}  // namespace tonghu::rpc
