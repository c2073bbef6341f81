// The kinds of duty, as data: in which windows each is owed, which contacts fulfil it, how long its report
// may take. A further kind is a further row of the table in duty_kind.cpp. Pure.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace tonghu::pairing {

// What is owed. As stored and in tonghu.pairing.v1.DutyKind.
enum class DutyKind { kTalk = 1 };
// As stored and in tonghu.pairing.v1.ContactKind.
enum class ContactKind { kTalk = 1, kHomeVisit = 2, kParentCall = 3 };

// The time in which a duty is to be done: from `start` until just before `end`.
struct Window {
  absl::Time start, end;
  bool Has(absl::Time time) const { return start <= time && time < end; }
};
// No kind has a longer window.
inline constexpr int kLongestWindowDays = 7;

// How a kind's windows follow one another. A window without a school day owes nothing.
enum class Cadence {
  kWeek,  // from Monday to Monday in China
};

// What a county says about a kind of duty.
struct DutyPolicy {
  int version = 0;                   // 0: the built-in policy
  absl::Duration report_grace;       // after the window's end, before a duty is judged
  absl::Duration late_report_after;  // after the contact, before its report is late
};

struct DutyRule {
  DutyKind kind;
  const char* word;  // what the kind is called in its duties' ids; never renamed
  Cadence cadence;
  std::vector<ContactKind> fulfilled_by;  // no contact kind fulfils two kinds of duty
  DutyPolicy built_in;                    // where the county has set none
};

// One rule a kind. Lives as long as the program.
absl::Span<const DutyRule> DutyRules();
// nullptr: `kind`, as a caller gave it, is none.
const DutyRule* FindRule(int kind);
// `kind` is one of DutyRules().
const DutyRule& RuleOf(DutyKind kind);

// The kind of duty that such a contact may close; none: it closes nothing.
std::optional<DutyKind> FulfilledBy(ContactKind kind);
// All kinds of contact that may close a duty, as stored.
std::vector<int64_t> FulfillingKinds();

// The window of a kind that has `time`.
Window WindowAt(DutyKind kind, absl::Time time);
// When the longest window, of any kind, that has `now` began: every window that ended before is over.
absl::Time OldestWindowStart(absl::Time now);

// Counties' policies.
class Policies {
 public:
  void Set(std::string county, DutyKind kind, const DutyPolicy& policy) {
    set_[{std::move(county), kind}] = policy;
  }
  // The built-in policy when the county has set none.
  const DutyPolicy& Of(const std::string& county, DutyKind kind) const;

 private:
  absl::flat_hash_map<std::pair<std::string, DutyKind>, DutyPolicy> set_;
};

// Errors: INVALID_ARGUMENT, reason POLICY_OUT_OF_RANGE.
absl::Status CheckPolicy(const DutyPolicy& policy);

}  // namespace tonghu::pairing
