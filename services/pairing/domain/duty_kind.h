// The kinds of duty, as data: in which windows each is owed, which contacts fulfil it, and how long the
// report may take. A further kind is a further row of the table in duty_kind.cpp. Pure.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/pairing/domain/pairing.h"

namespace tonghu::pairing {

// What is owed. The numbers are stored and those of tonghu.pairing.v1.DutyKind.
enum class DutyKind { kTalk = 1 };
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

// The time in which a duty is to be done: from `start` until just before `end`.
struct Window {
  absl::Time start, end;
  bool Has(absl::Time time) const { return start <= time && time < end; }
};
// The longest window of any kind, in days.
inline constexpr int kLongestWindowDays = 7;

// How a kind's windows follow one another. A window without a school day owes nothing.
enum class Cadence {
  kWeek,  // from Monday to Monday in China
};

// A county's policy for a kind of duty.
struct DutyPolicy {
  int version = 0;                   // 0: the built-in policy
  absl::Duration report_grace;       // from the window's end until a duty is judged
  absl::Duration late_report_after;  // a report longer than this after the contact is late
};

// What holds for every duty of a kind.
struct DutyRule {
  DutyKind kind;
  const char* word;  // names the kind in its duties' ids; never to be renamed
  Cadence cadence;
  std::vector<PairingRole> owed_by;       // pairings of other roles owe no duty of the kind
  std::vector<ContactKind> fulfilled_by;  // a contact kind fulfils one kind of duty at most
  DutyPolicy built_in;                    // the policy of a county that has set none
};

// All rules, one a kind. The table lives as long as the program.
absl::Span<const DutyRule> DutyRules();
// The rule of `kind` as a caller gave it; nullptr when there is no such kind.
const DutyRule* FindRule(int kind);
// The rule of `kind`, which is one of DutyRules().
const DutyRule& RuleOf(DutyKind kind);

// Whether a pairing of the role owes duties of the rule's kind.
bool IsOwedBy(const DutyRule& rule, PairingRole role);
// Whether a pairing of the role owes duties of any kind, and all such roles.
bool OwesDuties(PairingRole role);
std::vector<PairingRole> OwingRoles();

// The kind of duty that a contact of this kind may close; none when it closes nothing.
std::optional<DutyKind> FulfilledBy(ContactKind kind);
// All kinds of contact that may close a duty, as numbers for a statement.
std::vector<int64_t> FulfillingKinds();

// The window of `kind` in which `time` lies.
Window WindowAt(DutyKind kind, absl::Time time);
// The beginning of the window of `now`, of whichever kind it began first: every window that ended before is
// over.
absl::Time OldestWindowStart(absl::Time now);

// The policies of counties.
class Policies {
 public:
  void Set(std::string county, DutyKind kind, const DutyPolicy& policy) {
    set_[{std::move(county), kind}] = policy;
  }
  // The county's policy; the built-in one when the county has set none. Valid until the next Set.
  const DutyPolicy& Of(const std::string& county, DutyKind kind) const;

 private:
  absl::flat_hash_map<std::pair<std::string, DutyKind>, DutyPolicy> set_;
};

// Checks the bounds of a policy. Errors: INVALID_ARGUMENT, reason POLICY_OUT_OF_RANGE.
absl::Status CheckPolicy(const DutyPolicy& policy);

}  // namespace tonghu::pairing
