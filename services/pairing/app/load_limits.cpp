#include "services/pairing/app/load_limits.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/division/county.h"
#include "libs/ids/names.h"
#include "libs/ids/references.h"
#include "libs/paging/paging.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/app/answer.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/postgres/calendar_store.h"
#include "services/pairing/postgres/load_store.h"

namespace tonghu::pairing {
namespace {

v1::LoadLimit MessageOf(const LoadLimitRow& row) {
  v1::LoadLimit message;
  message.set_parent(absl::StrCat("counties/", row.county));
  message.set_role(static_cast<v1::PairingRole>(row.role));
  message.set_school(ids::NameOf(row.county, "schools", row.school_id));
  message.set_max_children(row.most);
  return message;
}

// The key of a limit that a request gives; `prefix` leads to its fields. Errors: refusals.
absl::StatusOr<LoadLimitRow> KeyOf(const std::string& county, const std::string& school, int role,
                                   const std::string& prefix) {
  if (role <= 0 || !v1::PairingRole_IsValid(role)) return RoleMissing(absl::StrCat(prefix, "role"));
  LoadLimitRow row{.county = county, .role = static_cast<PairingRole>(role)};
  ASSIGN_OR_RETURN(row.school_id,
                   ids::OptionalIdIn(county, school, "schools", absl::StrCat(prefix, "school")));
  return row;
}

absl::StatusOr<v1::LoadLimit> PutOne(journal::ShardTransaction& transaction, const std::string& county,
                                     const v1::LoadLimit& given) {
  ASSIGN_OR_RETURN(LoadLimitRow row, KeyOf(county, given.school(), given.role(), "load_limit."));
  if (given.max_children() < 1 || given.max_children() > kMostChildren) {
    return refusal::Invalid("LOAD_LIMIT_OUT_OF_RANGE", "load_limit.max_children",
                            "a limit is 1 to 1000 children",
                            "结对上限应为1至1000名儿童；要取消限制，请删除本县（校）的上限。");
  }
  row.most = given.max_children();
  if (!row.school_id.empty()) {
    ASSIGN_OR_RETURN(const bool known, IsSchool(transaction.db(), {.county = county, .id = row.school_id}));
    if (!known) return UnknownSchool("load_limit.school");
  }
  RETURN_IF_ERROR(PutLoadLimit(transaction.db(), row));
  return MessageOf(row);
}

absl::StatusOr<v1::DeleteLoadLimitResponse> DeleteOne(journal::ShardTransaction& transaction,
                                                      const std::string& county,
                                                      const v1::DeleteLoadLimitRequest& request) {
  ASSIGN_OR_RETURN(const LoadLimitRow row, KeyOf(county, request.school(), request.role(), ""));
  ASSIGN_OR_RETURN(const bool deleted, DeleteLoadLimit(transaction.db(), row));
  if (!deleted) {
    return refusal::NotFound("LOAD_LIMIT_NOT_FOUND", "role",
                             "no such limit was put; the built-in one can't be deleted",
                             "没有设置过该上限；系统自带的上限不能删除，可另设一个上限代替。");
  }
  return v1::DeleteLoadLimitResponse();
}

}  // namespace

absl::Status PutLoadLimits(journal::ShardTransaction& transaction,
                           PutLoadLimitCommandHandler::Commands commands) {
  for (const auto& command : commands)
    RETURN_IF_ERROR(Answer(command, PutOne(transaction, *command.county, command.request->load_limit())));
  return absl::OkStatus();
}

absl::Status DeleteLoadLimits(journal::ShardTransaction& transaction,
                              DeleteLoadLimitCommandHandler::Commands commands) {
  for (const auto& command : commands)
    RETURN_IF_ERROR(Answer(command, DeleteOne(transaction, *command.county, *command.request)));
  return absl::OkStatus();
}

absl::StatusOr<v1::ListLoadLimitsResponse> ListLoadLimits(postgres::Connection& db,
                                                          const v1::ListLoadLimitsRequest& request) {
  ASSIGN_OR_RETURN(const auto county, division::ParseCounty(request.parent(), "parent"));
  ASSIGN_OR_RETURN(const auto put, ListLoadLimits(db, county));
  std::map<std::pair<std::string, PairingRole>, v1::LoadLimit> limits;
  for (const LoadLimitRow& row : put) limits[{row.school_id, row.role}] = MessageOf(row);
  for (const auto& [role, most] : BuiltInLimits()) {
    const auto [place, fresh] = limits.try_emplace({"", role}, MessageOf({county, "", role, most}));
    if (fresh) place->second.set_built_in(true);
  }
  v1::ListLoadLimitsResponse response;
  for (auto& [key, limit] : limits) *response.add_load_limits() = std::move(limit);
  return response;
}

absl::StatusOr<v1::ListOverloadedHelpersResponse> ListOverloadedHelpers(
    postgres::Connection& db, const rights::Scope& scope, const v1::ListOverloadedHelpersRequest& request) {
  ASSIGN_OR_RETURN(const auto county, division::ParseCounty(request.parent(), "parent"));
  ASSIGN_OR_RETURN(const auto page, paging::PageIn("", request.page_size(), "", 1000));
  ASSIGN_OR_RETURN(const auto rows, ListOverloaded(db, {county, page.size, scope.filter()}));
  v1::ListOverloadedHelpersResponse response;
  for (const HelperLoad& row : rows) {
    v1::OverloadedHelper& helper = *response.add_overloaded_helpers();
    helper.set_helper(ids::NameOf(county, "staffMembers", row.helper_id));
    helper.set_role(static_cast<v1::PairingRole>(row.role));
    helper.set_children(row.load.children);
    helper.set_max_children(row.load.most);
  }
  response.set_total_size(rows.empty() ? 0 : static_cast<int>(rows.front().total));
  return response;
}

}  // namespace tonghu::pairing
