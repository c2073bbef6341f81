#include "absl/strings/str_cat.h"
#include "libs/calendar/calendar.h"
#include "libs/clock/clock.h"
#include "libs/clock/duration.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/app/duties.h"
#include "services/pairing/app/messages.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/postgres/policy_store.h"

namespace tonghu::pairing {
namespace {

// The versions of the county's policy for a kind, as a caller gave the kind, with those to come. Errors:
// DUTY_KIND_MISSING for no kind.
absl::StatusOr<std::vector<DutyPolicy>> ReadVersions(postgres::Connection& db, const std::string& county,
                                                     int kind, std::string_view field) {
  const DutyRule* rule = FindRule(kind);
  if (rule == nullptr) return DutyKindMissing(field);
  ASSIGN_OR_RETURN(const auto policies, LoadPolicies(db, {county}));
  const Versions versions = policies.Of(county, rule->kind);
  return std::vector<DutyPolicy>(versions.begin(), versions.end());
}

// Sets what a request gives; the rest stays. Errors: refusals.
absl::Status Change(const v1::DutyPolicy& given, absl::CivilDay today, DutyPolicy& policy) {
  if (given.has_report_grace()) policy.report_grace = clock::ToDuration(given.report_grace());
  if (given.has_late_report_after()) policy.late_report_after = clock::ToDuration(given.late_report_after());
  if (given.has_cadence()) {
    const v1::Cadence& cadence = given.cadence();
    policy.cadence = {Period{cadence.period()}, cadence.every() == 0 ? 1 : cadence.every(), cadence.times()};
    // Who writes only that nothing is owed need not say in which period.
    if (cadence.times() == 0 && cadence.period() == v1::CADENCE_PERIOD_UNSPECIFIED)
      policy.cadence = Cadence();
  }
  if (!given.owed_by().empty()) policy.owed_by.clear();
  for (int i = 0; i < given.owed_by_size(); ++i) {
    const int role = given.owed_by(i);
    if (role <= 0 || !v1::PairingRole_IsValid(role)) {
      return refusal::Invalid("PAIRING_ROLE_MISSING", absl::StrCat("policy.owed_by[", i, "]"),
                              "a role of pairings is needed",
                              "请填写结对身份（如班主任、帮扶教师、代理家长）");
    }
    if (!IsOwedBy(policy, PairingRole{role})) policy.owed_by.push_back(PairingRole{role});
  }
  policy.effective_from = today + 1;
  if (!given.effective_from().empty()) {
    auto day = calendar::ParseDay(given.effective_from());
    if (!day.ok()) {
      return refusal::Invalid("EFFECTIVE_FROM_OUT_OF_RANGE", "policy.effective_from",
                              "a day is written YYYY-MM-DD", "生效日期的格式为 2026-09-01");
    }
    policy.effective_from = *day;
  }
  return CheckPolicy(policy, today);
}

// Sets one policy; fields that are not given stay as in the version before.
absl::StatusOr<v1::DutyPolicy> PutOne(journal::ShardTransaction& transaction, const std::string& county,
                                      const v1::DutyPolicy& given) {
  ASSIGN_OR_RETURN(auto versions, ReadVersions(transaction.db(), county, given.kind(), "policy.kind"));
  DutyPolicy policy = std::move(versions.back());
  RETURN_IF_ERROR(Change(given, clock::DayOf(transaction.now()), policy));
  const DutyKind kind{given.kind()};
  ASSIGN_OR_RETURN(policy.version, PutPolicy(transaction.db(), county, kind, policy));
  // Duties of windows that have not begun follow the new version; a sweep plans them, as a county has many.
  RETURN_IF_ERROR(BeginReplanning(transaction.db(), transaction.shard(), county, transaction.now()));
  return MessageOf(county, kind, policy);
}

}  // namespace

absl::Status PutPolicies(journal::ShardTransaction& transaction, PutPolicyCommandHandler::Commands commands) {
  for (const auto& command : commands) {
    auto put = PutOne(transaction, *command.county, command.request->policy());
    if (!put.ok() && !refusal::IsRefusal(put.status())) return put.status();
    *command.reply = std::move(put);
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::DutyPolicy> GetPolicy(postgres::Connection& db, const std::string& county, int kind,
                                         absl::Time now) {
  ASSIGN_OR_RETURN(const auto versions, ReadVersions(db, county, kind, "kind"));
  return MessageOf(county, DutyKind{kind}, VersionAt(versions, now));
}

absl::StatusOr<v1::ListDutyPoliciesResponse> ListPolicies(postgres::Connection& db, const std::string& county,
                                                          absl::Time now) {
  ASSIGN_OR_RETURN(const auto policies, LoadPolicies(db, {county}));
  v1::ListDutyPoliciesResponse response;
  for (const DutyRule& rule : DutyRules()) {
    const Versions versions = policies.Of(county, rule.kind);
    for (const DutyPolicy* one = &VersionAt(versions, now); one != versions.end(); ++one)
      *response.add_policies() = MessageOf(county, rule.kind, *one);
  }
  return response;
}

}  // namespace tonghu::pairing
