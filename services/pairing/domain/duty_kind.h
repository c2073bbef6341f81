// The kinds of duty, as data: the policy of each that holds where a county has set none. A further kind is a
// further row of the table in duty_kind.cpp. Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/pairing/domain/cadence.h"
#include "services/pairing/domain/pairing.h"

namespace tonghu::pairing {

// What is owed. The numbers are stored and those of tonghu.pairing.v1.DutyKind.
enum class DutyKind {
  kTalk = 1,
  kHomeVisit = 2,
  kParentCall = 3,
  kGuardianVisit = 4,
  kFamilyCall = 5,
  kLetter = 6,
  kCounselling = 7,
  kHomeworkHelp = 8,
  kMeeting = 10,
  kParentsHome = 11,
};
// What a contact was. The numbers are stored and those of tonghu.pairing.v1.ContactKind.
enum class ContactKind {
  kTalk = 1,
  kHomeVisit = 2,
  kParentCall = 3,
  kGuardianVisit = 4,
  kFamilyCall = 5,
  kLetter = 6,
  kCounselling = 7,
  kHomeworkHelp = 8,
  kWhisperAnswer = 9,
  kMeeting = 10,
  kParentsHome = 11,
};

// How much care a child needs. The numbers are stored and those of tonghu.registry.v1.CareLevel.
enum class CareLevel { kUnspecified = 0, kGeneral = 1, kFocus = 2, kIntervention = 3, kCase = 4 };

// Who guards a child. The numbers are stored and those of tonghu.registry.v1.GuardianshipType.
enum class Guardianship {
  kUnspecified = 0,
  kGrandparents = 1,
  kOneParent = 2,
  kKinOrFriends = 3,
  kNobody = 4,
  kSingleParentOrOrphan = 5
};

// For whom a policy is: for all children of the county, or, as a refinement, for those of a school, of a care
// level, of a guardianship, or of several of these at once.
struct PolicyScope {
  std::string school_id;                                   // empty: of any school
  CareLevel care_level = CareLevel::kUnspecified;          // kUnspecified: of any level
  Guardianship guardianship = Guardianship::kUnspecified;  // kUnspecified: of any guardianship
  bool IsCounty() const { return *this == PolicyScope(); }
  friend auto operator<=>(const PolicyScope&, const PolicyScope&) = default;
};

// Who says a policy. The numbers are those of tonghu.pairing.v1.PolicyOrigin.
enum class PolicyOrigin { kBuiltIn = 1, kProvince = 2, kCounty = 3 };

// A version of a policy for a kind of duty.
struct DutyPolicy {
  PolicyOrigin origin = PolicyOrigin::kBuiltIn;
  int version = 0;    // of the scope's versions; 0: the built-in policy
  PolicyScope scope;  // for whom
  // A policy that ends on its first day: what the province says of the scope, or what holds for more
  // children, holds from then on.
  bool withdrawn = false;
  // The windows of the version begin on its first day also beside a longer one of the version before, which
  // runs to its end. Set for a child whose school, care level or guardianship has changed, see Policies::For.
  bool beside = false;
  absl::CivilDay effective_from =
      absl::CivilDay::min();  // windows that begin then or later follow the version
  Cadence cadence;
  std::vector<PairingRole> owed_by;       // pairings of other roles owe no duty of the kind
  std::vector<ContactKind> fulfilled_by;  // contacts of other kinds close no duty of the kind; the county's
                                          // for all children, whatever a refinement says
  absl::Duration report_grace;            // from the window's end until a duty is judged
  absl::Duration late_report_after;       // a report longer than this after the contact is late
};

// What holds for every duty of a kind.
struct DutyRule {
  DutyKind kind;
  const char* word;     // names the kind in its duties' ids; never to be renamed
  DutyPolicy built_in;  // the policy of a county that has set none
};

// All rules, one a kind. The table lives as long as the program.
absl::Span<const DutyRule> DutyRules();
// The rule of `kind` as a caller gave it; nullptr when there is no such kind.
const DutyRule* FindRule(int kind);
// The rule of `kind`, which is one of DutyRules().
const DutyRule& RuleOf(DutyKind kind);

// Whether who is paired in the role looks after the child as a whole. A child with whom nobody is paired so
// is uncovered, whatever others do for it.
bool LooksAfter(PairingRole role);
// All roles that look after a child.
const std::vector<PairingRole>& RolesThatLookAfter();

// The kind of duty that a contact of this kind may close by the built-in policies, which is one at most; none
// when it closes nothing.
std::optional<DutyKind> FulfilledBy(ContactKind kind);
// Whether a contact of the kind counts for duties that follow the policy.
bool Counts(const DutyPolicy& policy, ContactKind kind);

}  // namespace tonghu::pairing
