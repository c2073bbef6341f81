#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/clock/timestamp.h"
#include "libs/ids/references.h"
#include "libs/paging/paging.h"
#include "libs/refusal/characters.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/access/app/actor_names.h"
#include "services/access/app/grants.h"
#include "services/access/events/publish.h"
#include "services/access/postgres/account_store.h"
#include "services/access/postgres/audit_store.h"
#include "services/access/postgres/rights_store.h"
#include "tonghu/access/v1/audit_service.pb.h"

namespace tonghu::access {
namespace {

constexpr int kUsualHours = 4;
constexpr int kMostHours = 24;
constexpr size_t kShortestReason = 10;  // characters
constexpr size_t kLongestReason = 500;  // characters

v1::GlassBreaking MessageOf(const BreakingRow& row) {
  v1::GlassBreaking message;
  message.set_name(ids::NameOf(row.county, "glassBreakings", row.breaking_id));
  message.set_child(ids::NameOf(row.county, "children", row.child_id));
  message.set_actor(row.actor);
  message.set_reason(row.reason);
  clock::SetTime(row.create_time, message.mutable_create_time());
  clock::SetTime(row.end_time, message.mutable_end_time());
  return message;
}

absl::Status Check(const v1::BreakGlassRequest& request) {
  const std::string reason(absl::StripAsciiWhitespace(request.reason()));
  if (refusal::CharactersOf(reason) < kShortestReason || refusal::CharactersOf(reason) > kLongestReason) {
    return refusal::Invalid("GLASS_REASON_SHORT", "reason", "a reason of 10 to 500 characters is needed",
                            "请写明紧急查阅的理由，10至500个字");
  }
  if (request.hours() < 0 || request.hours() > kMostHours) {
    return refusal::Invalid("GLASS_HOURS", "hours", "hours must be 1 to 24", "查阅时长应为1至24小时");
  }
  return absl::OkStatus();
}

// Whether the caller may break the glass at all: people who are no administrators. The operator at the
// machine has no account.
absl::Status CheckCaller(postgres::Connection& db, const std::string& actor, absl::Time now) {
  auto name = ids::ParseName(actor, "accounts", "");
  if (!name.ok()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto account, LoadAccount(db, {name->county, name->id}));
  bool may = account.has_value() && account->kind == AccountKind::kPerson;
  if (may) {
    ASSIGN_OR_RETURN(auto sources, LoadSources(db, *account, now));
    const auto rights = RightsFrom(std::move(sources));
    may = std::none_of(rights.begin(), rights.end(),
                       [](const Right& one) { return IsAdministrator(one.role); });
  }
  if (may) return absl::OkStatus();
  return refusal::Precondition("GLASS_NOT_FOR_CALLER", "", "administrators and programs open no child's file",
                               "管理员账号和程序账号不能申请紧急查阅，请由业务人员办理");
}

absl::StatusOr<v1::GlassBreaking> BreakOne(const Context& context, journal::ShardTransaction& transaction,
                                           const v1::BreakGlassRequest& request, const std::string& actor) {
  RETURN_IF_ERROR(Check(request));
  ASSIGN_OR_RETURN(auto child, ids::ParseName(request.child(), "children", "child"));
  const absl::Time now = context.clock.Now();
  RETURN_IF_ERROR(CheckCaller(transaction.db(), actor, now));
  ASSIGN_OR_RETURN(auto known, HasChild(transaction.db(), child.county, child.id));
  if (!known) {
    return refusal::OwnedBy("registry", refusal::NotFound("CHILD_NOT_FOUND", "child",
                                                          "no such child in this county; register it first",
                                                          "本县没有该儿童的档案，请先建档"));
  }
  BreakingRow row{child.county, context.ids.Next(now), child.id, actor,
                  std::string(absl::StripAsciiWhitespace(request.reason()))};
  row.create_time = now;
  row.end_time = now + absl::Hours(request.hours() == 0 ? kUsualHours : request.hours());
  RETURN_IF_ERROR(InsertBreaking(transaction.db(), row));
  PublishGlassBroken(transaction, row);
  // The service does not consume its own journal, so that the audit is told here.
  const AuditRow audited{.county = row.county,
                         .time = transaction.now(),
                         .producer = "access",
                         .shard = transaction.shard(),
                         .seq = transaction.position(),
                         .child_id = row.child_id,
                         .action = v1::AUDIT_ACTION_CHANGED,
                         .actor = actor,
                         .what = "glass_broken"};
  RETURN_IF_ERROR(InsertAudit(transaction.db(), {&audited, 1}));
  return MessageOf(row);
}

}  // namespace

absl::Status BreakGlass(const Context& context, journal::ShardTransaction& transaction,
                        CommandsOf<v1::BreakGlassRequest, v1::GlassBreaking> commands) {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(PutReply(command, BreakOne(context, transaction, *command.request, *command.actor)));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ListGlassBreakingsResponse> ListGlassBreakings(
    postgres::Connection& db, const rights::Scope& scope, const v1::ListGlassBreakingsRequest& request) {
  ASSIGN_OR_RETURN(auto county, ids::ParseParent(request.parent(), "parent"));
  ASSIGN_OR_RETURN(auto child, ids::OptionalIdIn(county, request.child(), "children", "child"));
  ASSIGN_OR_RETURN(auto page, paging::PageOf(request, scope.Fingerprint()));
  ASSIGN_OR_RETURN(auto rows,
                   ListBreakings(db, BreakingPage{county, child, page.after, page.size + 1, scope.filter()}));
  v1::ListGlassBreakingsResponse response;
  response.set_next_page_token(page.Cut(rows, [](const BreakingRow& row) { return row.breaking_id; }));
  std::vector<std::string> actors;
  for (const BreakingRow& row : rows) {
    *response.add_glass_breakings() = MessageOf(row);
    actors.push_back(row.actor);
  }
  ASSIGN_OR_RETURN(auto names, ActorNames(db, actors));
  for (v1::GlassBreaking& one : *response.mutable_glass_breakings()) one.set_actor_name(names[one.actor()]);
  return response;
}

}  // namespace tonghu::access
