// Whose deed a request records (tonghu.api.v1.Performer): the caller's own, unless the caller records for
// others.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/rights/table.h"
#include "libs/rpc/caller.h"
#include "libs/rpc/path.h"
#include "tonghu/api/v1/method.pb.h"

namespace tonghu::rpc {

// The performer's field of a method. Immutable.
class PerformerField {
 public:
  // Of a method that records nobody's deed.
  PerformerField() = default;
  // Reads the rule. Errors: FAILED_PRECONDITION when the rule names a field that the request does not have or
  // that is no single string, or a permission that libs/rights does not have.
  static absl::StatusOr<PerformerField> Of(const google::protobuf::MethodDescriptor& method,
                                           const api::v1::MethodRule& rule);

  // Fills the caller's own staff member in where the request names nobody. Errors: PERMISSION_DENIED
  // STAFF_MEMBER_NOT_YOURS when it names another and the caller does not record for others in the county;
  // FAILED_PRECONDITION ACCOUNT_WITHOUT_STAFF_MEMBER when the caller is nobody's account and names nobody.
  absl::Status Settle(const Caller& caller, std::string_view county,
                      google::protobuf::Message& request) const;

 private:
  std::string field_;
  Path path_;  // empty: none
  rights::RoleSet for_others_;
};

}  // namespace tonghu::rpc
