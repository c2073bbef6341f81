#include "services/pairing/app/policy_draft.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/calendar.h"
#include "libs/clock/duration.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/postgres/policy_store.h"

namespace tonghu::pairing {

absl::StatusOr<std::vector<DutyPolicy>> ReadVersions(postgres::Connection& db, const std::string& county,
                                                     int kind, std::string_view field) {
  const DutyRule* rule = FindRule(kind);
  if (rule == nullptr) return DutyKindMissing(field);
  ASSIGN_OR_RETURN(const auto policies, LoadPolicies(db, {county}));
  const Versions versions = policies.Of(county, rule->kind);
  return std::vector<DutyPolicy>(versions.begin(), versions.end());
}

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

}  // namespace tonghu::pairing
