#include "services/pairing/domain/duty_kind.h"

#include <algorithm>

#include "libs/calendar/calendar.h"
#include "libs/clock/clock.h"
#include "libs/refusal/refusal.h"

namespace tonghu::pairing {

absl::Span<const DutyRule> DutyRules() {
  // A talk is owed every school week; its report may take two days after the week and counts as late after
  // one day. The table is never destroyed, as threads may ask for a rule while the process ends.
  static const auto& rules = *new std::vector<DutyRule>{
      {DutyKind::kTalk,
       "talk",
       Cadence::kWeek,
       {PairingRole::kClassTeacher, PairingRole::kHelperTeacher, PairingRole::kProxyParent,
        PairingRole::kSchoolLeader},
       {ContactKind::kTalk},
       {0, absl::Hours(48), absl::Hours(24)}},
  };
  return rules;
}

const DutyRule* FindRule(int kind) {
  for (const DutyRule& rule : DutyRules()) {
    if (static_cast<int>(rule.kind) == kind) return &rule;
  }
  return nullptr;
}

// Kinds from outside go by FindRule, so this one is in the table.
const DutyRule& RuleOf(DutyKind kind) { return *FindRule(static_cast<int>(kind)); }

bool IsOwedBy(const DutyRule& rule, PairingRole role) {
  return std::find(rule.owed_by.begin(), rule.owed_by.end(), role) != rule.owed_by.end();
}

bool OwesDuties(PairingRole role) {
  const auto rules = DutyRules();
  return std::any_of(rules.begin(), rules.end(),
                     [role](const DutyRule& rule) { return IsOwedBy(rule, role); });
}

std::vector<PairingRole> OwingRoles() {
  std::vector<PairingRole> roles;
  for (const DutyRule& rule : DutyRules()) {
    for (const PairingRole role : rule.owed_by) {
      if (std::find(roles.begin(), roles.end(), role) == roles.end()) roles.push_back(role);
    }
  }
  return roles;
}

std::optional<DutyKind> FulfilledBy(ContactKind kind) {
  for (const DutyRule& rule : DutyRules()) {
    const auto& by = rule.fulfilled_by;
    if (std::find(by.begin(), by.end(), kind) != by.end()) return rule.kind;
  }
  return std::nullopt;
}

std::vector<int64_t> FulfillingKinds() {
  std::vector<int64_t> kinds;
  for (const DutyRule& rule : DutyRules()) {
    for (const ContactKind kind : rule.fulfilled_by) kinds.push_back(static_cast<int64_t>(kind));
  }
  return kinds;
}

Window WindowAt(DutyKind kind, absl::Time time) {
  // A cadence that is added without its window is a warning of the compiler (-Wswitch).
  switch (RuleOf(kind).cadence) {
    case Cadence::kWeek:
      break;
  }
  const absl::CivilDay monday = calendar::MondayOf(clock::DayOf(time));
  return {clock::StartOf(monday), clock::StartOf(monday + 7)};
}

absl::Time OldestWindowStart(absl::Time now) {
  absl::Time oldest = now;
  for (const DutyRule& rule : DutyRules()) oldest = std::min(oldest, WindowAt(rule.kind, now).start);
  return oldest;
}

const DutyPolicy& Policies::Of(const std::string& county, DutyKind kind) const {
  const auto found = set_.find(std::pair(county, kind));
  return found == set_.end() ? RuleOf(kind).built_in : found->second;
}

absl::Status CheckPolicy(const DutyPolicy& policy) {
  if (policy.report_grace < absl::ZeroDuration() || policy.report_grace > absl::Hours(24 * 14)) {
    return refusal::Invalid("POLICY_OUT_OF_RANGE", "policy.report_grace",
                            "report_grace must be 0 s to 14 days", "补报宽限期应为0至14天");
  }
  if (policy.late_report_after < absl::Hours(1) || policy.late_report_after > absl::Hours(24 * 14)) {
    return refusal::Invalid("POLICY_OUT_OF_RANGE", "policy.late_report_after",
                            "late_report_after must be 1 hour to 14 days", "迟报时限应为1小时至14天");
  }
  return absl::OkStatus();
}

}  // namespace tonghu::pairing
