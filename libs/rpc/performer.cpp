#include "libs/rpc/performer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "libs/rights/scope.h"

namespace tonghu::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

absl::Status NotYours(const std::string& field) {
  return refusal::Make(
      {absl::StatusCode::kPermissionDenied, "STAFF_MEMBER_NOT_YOURS", field,
       "the caller is not this staff member, and does not record for others here",
       "只能以本人名义登记或处置。请以本人账号办理；需代他人补录的，请交由县级工作人员登记。"});
}

absl::Status Nobodys(const std::string& field) {
  return refusal::Precondition("ACCOUNT_WITHOUT_STAFF_MEMBER", field,
                               "the caller's account is no staff member's, so that nobody is named",
                               "您的账号未关联工作人员，不能以本人名义登记或处置，请联系系统管理员关联。");
}

// Calls `settle` with every message that holds the last field of the path; one that is not set is made.
template <class Settle>
absl::Status ForEachHolder(Message& message, const Path& path, size_t at, const Settle& settle) {
  if (at + 1 == path.size()) return settle(message);
  const FieldDescriptor* field = path[at];
  const auto* reflection = message.GetReflection();
  if (!field->is_repeated())
    return ForEachHolder(*reflection->MutableMessage(&message, field), path, at + 1, settle);
  absl::Status status;
  for (int i = 0; i < reflection->FieldSize(message, field) && status.ok(); ++i)
    status = ForEachHolder(*reflection->MutableRepeatedMessage(&message, field, i), path, at + 1, settle);
  return status;
}

}  // namespace

absl::StatusOr<PerformerField> PerformerField::Of(const google::protobuf::MethodDescriptor& method,
                                                  const api::v1::MethodRule& rule) {
  PerformerField performer;
  if (!rule.has_performer()) return performer;
  performer.field_ = rule.performer().field();
  performer.path_ = PathOf(*method.input_type(), performer.field_, true);
  const auto roles = rights::RolesWith(rule.performer().for_others());
  if (performer.path_.empty() || performer.path_.back()->type() != FieldDescriptor::TYPE_STRING ||
      performer.path_.back()->is_repeated() || !roles.has_value())
    return absl::FailedPreconditionError(
        absl::StrCat(method.full_name(), ": no performer can be ", performer.field_));
  performer.for_others_ = *roles;
  return performer;
}

absl::Status PerformerField::Settle(const Caller& caller, std::string_view county, Message& request) const {
  if (path_.empty()) return absl::OkStatus();
  const bool for_others = !rights::Scope::Of(caller.rights, for_others_, county).empty();
  return ForEachHolder(request, path_, 0, [&](Message& holder) {
    const auto* reflection = holder.GetReflection();
    std::string scratch;
    const std::string& named = reflection->GetStringReference(holder, path_.back(), &scratch);
    if (!named.empty())
      return named == caller.staff_member || for_others ? absl::OkStatus() : NotYours(field_);
    if (!caller.staff_member.empty()) reflection->SetString(&holder, path_.back(), caller.staff_member);
    return caller.staff_member.empty() && !for_others ? Nobodys(field_) : absl::OkStatus();
  });
}

}  // namespace tonghu::rpc
