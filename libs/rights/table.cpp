#include "libs/rights/table.h"

#include <algorithm>

namespace tonghu::rights {
namespace {

constexpr RoleSet kOperator{Role::kLocalOperator};
// Those who work at a level, each with all above. Only these are told of children.
constexpr RoleSet kProvince = RoleSet{Role::kProvinceOfficer} | kOperator;
constexpr RoleSet kCounty = RoleSet{Role::kCountyOfficer} | kProvince;
constexpr RoleSet kTownship = RoleSet{Role::kTownshipSupervisor} | kCounty;
constexpr RoleSet kSchool = RoleSet{Role::kSchoolHead} | kTownship;
constexpr RoleSet kCare = RoleSet{Role::kClassTeacher, Role::kHelper} | kSchool;
// Those who see the file of a child.
constexpr RoleSet kFile = RoleSet{Role::kGlassBreaker} | kCare;
// A school's terms are the school's and the county's; a township has none.
constexpr RoleSet kTerms = RoleSet{Role::kSchoolHead} | kCounty;
// A school's contacts are looked into by its head and the county: not by colleagues, who are ranked beside
// it.
constexpr RoleSet kJudges = RoleSet{Role::kSchoolHead} | kCounty;
// The three administrators are separate: none reads a child, none gives rights to itself.
constexpr RoleSet kSystem = RoleSet{Role::kSystemAdministrator} | kOperator;
constexpr RoleSet kSecurity = RoleSet{Role::kSecurityAdministrator} | kOperator;
constexpr RoleSet kAuditors = RoleSet{Role::kAuditor} | kOperator;
constexpr RoleSet kAdministrators = kSystem | kSecurity | kAuditors;
// The keeper of a school's whisper box. The letters are the keeper's alone: not even the operator reads them.
constexpr RoleSet kKeeper{Role::kWhisperKeeper};
constexpr RoleSet kEverybody = kFile | kKeeper | kAdministrators;
constexpr RoleSet kServices = RoleSet{Role::kService} | kOperator;

constexpr Permission kTable[] = {
    // What a system administrator does to an account alone gives no right before this.
    {"accounts.approve", kSecurity},
    {"accounts.create", kSystem},
    {"accounts.read", kSystem | kSecurity},
    {"accounts.update", kSystem},
    {"alerts.answer", kSchool},
    // Offices write down what others did (api.v1.Performer.for_others).
    {"alerts.answerForOthers", kCounty},
    {"alerts.read", kFile},
    {"attendances.read", kFile},
    {"attendances.submit", kCare},
    {"auditEntries.read", kAuditors},
    {"calendars.delete", kTerms},
    {"calendars.put", kTerms},
    {"calendars.read", kCare},
    {"children.create", kSchool},
    {"children.import", kCounty},
    {"children.read", kFile | kKeeper},
    {"children.update", kSchool},
    {"closures.create", kSchool},
    {"closures.delete", kSchool},
    {"closures.read", kCare},
    {"contacts.create", kCare},
    {"contacts.createForOthers", kCounty},
    {"contacts.read", kFile},
    {"contacts.update", kCare},
    {"contacts.updateForOthers", kCounty},
    {"counts.read", kSchool},
    {"counts.recompute", kProvince},
    {"coveragePolicies.put", kCounty},
    {"coveragePolicies.read", kCare},
    {"displayNames.read", kFile | kKeeper},
    {"divisions.read", kEverybody},
    {"doubts.dismiss", kJudges},
    {"doubts.dismissForOthers", kCounty},
    {"doubts.read", kJudges},
    {"duties.excuse", kSchool},
    {"duties.read", kFile},
    {"dutyPolicies.put", kCounty},
    {"dutyPolicies.read", kCare},
    {"dutyPolicies.try", kCounty},
    {"emergencies.read", kFile},
    {"emergencies.report", kCare},
    {"escalationPolicies.put", kCounty},
    {"escalationPolicies.read", kSchool},
    // Whoever reports an emergency is told beforehand who hears of it.
    {"escalationPolicies.try", kCare},
    {"events.read", kServices},
    {"glassBreakings.create", kCare},
    {"glassBreakings.read", kFile | kAuditors},
    {"grants.create", kSecurity},
    {"grants.end", kSecurity},
    {"grants.read", kSecurity | kAuditors},
    {"identities.issue", RoleSet{Role::kGateway} | kOperator},
    {"loadLimits.delete", kCounty},
    {"loadLimits.put", kCounty},
    {"loadLimits.read", kCare},
    {"pairings.create", kSchool},
    {"pairings.end", kSchool},
    {"pairings.handOver", kSchool},
    {"pairings.propose", kSchool},
    // alerts asks who owes, to say who would be told.
    {"pairings.read", kFile | kServices},
    {"posts.put", kCounty},
    {"posts.read", kCare | kSystem | kSecurity},
    {"quarantinedEvents.read", kSystem},
    {"quarantinedEvents.release", kSystem},
    {"schools.put", kCounty},
    {"schools.read", kCare | kKeeper | kAdministrators},
    // Methods with these two change the session that the request itself names; no right is asked for.
    {"sessions.change", kEverybody | RoleSet{Role::kGateway}},
    {"sessions.create", kEverybody | RoleSet{Role::kGateway}},
    {"sessions.read", kEverybody},
    {"sessions.revoke", kEverybody},
    {"staffMembers.put", kCounty},
    {"staffMembers.read", kCare | kKeeper | kAdministrators},
    {"status.read", kSystem | kServices},
    {"whisperBoxes.delete", kSchool},
    // The keeper writes; the operator writes down for the keeper what came on paper.
    {"whisperBoxes.open", kKeeper | kOperator},
    {"whisperBoxes.openForOthers", kOperator},
    {"whisperBoxes.put", kSchool},
    {"whisperBoxes.read", kCare | kKeeper},
    {"whisperLetters.answer", kKeeper | kOperator},
    {"whisperLetters.list", kSchool | kKeeper},
    {"whisperLetters.read", kKeeper},
};

constexpr FieldClassSet kNearby{FieldClass::kName, FieldClass::kPhone, FieldClass::kAddress,
                                FieldClass::kHealth};
constexpr FieldClassSet kTalks{FieldClass::kPsyche};
constexpr FieldClassSet kNumbers{FieldClass::kIdNumber};

}  // namespace

absl::Span<const Permission> Permissions() { return kTable; }

std::optional<RoleSet> RolesWith(std::string_view permission) {
  const auto* found =
      std::lower_bound(std::begin(kTable), std::end(kTable), permission,
                       [](const Permission& row, std::string_view name) { return row.name < name; });
  if (found == std::end(kTable) || found->name != permission) return std::nullopt;
  return found->roles;
}

FieldClassSet SeenBy(Role role) {
  switch (role) {
    case Role::kClassTeacher:
    case Role::kHelper:
    case Role::kGlassBreaker:
      return kNearby | kTalks;
    case Role::kWhisperKeeper:
      return FieldClassSet{FieldClass::kName} | kTalks;
    case Role::kSchoolHead:
    case Role::kTownshipSupervisor:
      return kNearby | kNumbers;
    case Role::kCountyOfficer:
    case Role::kProvinceOfficer:
    case Role::kLocalOperator:
      return kNearby | kTalks | kNumbers;
    default:
      return {};
  }
}

}  // namespace tonghu::rights
