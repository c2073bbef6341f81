#include "services/pairing/domain/duty_kind.h"

#include <algorithm>

namespace tonghu::pairing {
namespace {

// The reports of all kinds may take two days after the window, and count as late after one day.
DutyRule Rule(DutyKind kind, const char* word, ContactKind fulfilled_by, Cadence cadence,
              std::vector<PairingRole> owed_by) {
  return {kind,
          word,
          {.cadence = cadence,
           .owed_by = std::move(owed_by),
           .fulfilled_by = {fulfilled_by},
           .report_grace = absl::Hours(48),
           .late_report_after = absl::Hours(24)}};
}

}  // namespace

absl::Span<const DutyRule> DutyRules() {
  using enum PairingRole;
  // Places differ in everything but the talk, so that a county says itself what else it wants. Who usually
  // does what: the working papers of schools and counties. The table is never destroyed, as threads may ask
  // for a rule while the process ends.
  constexpr Cadence kNotOwed;
  static const auto& rules = *new std::vector<DutyRule>{
      Rule(DutyKind::kTalk, "talk", ContactKind::kTalk, {Period::kWeek, 1, 1},
           {kClassTeacher, kHelperTeacher, kProxyParent, kSchoolLeader}),
      Rule(DutyKind::kHomeVisit, "home_visit", ContactKind::kHomeVisit, kNotOwed,
           {kClassTeacher, kHelperTeacher}),
      Rule(DutyKind::kParentCall, "parent_call", ContactKind::kParentCall, kNotOwed,
           {kHelperTeacher, kProxyParent}),
      Rule(DutyKind::kGuardianVisit, "guardian_visit", ContactKind::kGuardianVisit, kNotOwed,
           {kClassTeacher}),
      Rule(DutyKind::kFamilyCall, "family_call", ContactKind::kFamilyCall, kNotOwed, {kClassTeacher}),
      Rule(DutyKind::kLetter, "letter", ContactKind::kLetter, kNotOwed, {kClassTeacher, kProxyParent}),
      Rule(DutyKind::kCounselling, "counselling", ContactKind::kCounselling, kNotOwed, {kCounsellor}),
      Rule(DutyKind::kHomeworkHelp, "homework_help", ContactKind::kHomeworkHelp, kNotOwed,
           {kHelperTeacher, kVolunteer}),
      Rule(DutyKind::kMeeting, "meeting", ContactKind::kMeeting, kNotOwed, {kClassTeacher}),
      Rule(DutyKind::kParentsHome, "parents_home", ContactKind::kParentsHome, kNotOwed, {kClassTeacher}),
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

const std::vector<PairingRole>& RolesThatLookAfter() {
  static const auto& roles =
      *new std::vector<PairingRole>{PairingRole::kClassTeacher, PairingRole::kHelperTeacher,
                                    PairingRole::kProxyParent, PairingRole::kSchoolLeader};
  return roles;
}

bool LooksAfter(PairingRole role) {
  const std::vector<PairingRole>& roles = RolesThatLookAfter();
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

std::optional<DutyKind> FulfilledBy(ContactKind kind) {
  for (const DutyRule& rule : DutyRules()) {
    if (Counts(rule.built_in, kind)) return rule.kind;
  }
  return std::nullopt;
}

bool Counts(const DutyPolicy& policy, ContactKind kind) {
  return std::find(policy.fulfilled_by.begin(), policy.fulfilled_by.end(), kind) != policy.fulfilled_by.end();
}

}  // namespace tonghu::pairing
