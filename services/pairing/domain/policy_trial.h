// Trials of policies: what a draft would have made of what was done, so that a county sees it before the
// policy is switched on. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/pairing/domain/duty.h"
#include "services/pairing/domain/settlement.h"

namespace tonghu::pairing {

// A policy as it is tried: as if it had held all the time.
struct TriedPolicy {
  std::string county;
  DutyKind kind = DutyKind::kTalk;
  DutyPolicy policy;
};

// A pairing of a child.
struct PastPairing {
  PairedSpan span;
  PairingRole role{};
  absl::Time owed_from;  // when the pairing's line began
};
// What was done for one child.
struct ChildPast {
  std::vector<PastPairing> pairings;    // all
  std::vector<LoggedContact> contacts;  // of the kinds that may count for the kind of duty tried
};

// The duties that the policy would have made in `windows` (of OwedWindows, by the policy alone), each as it
// would stand at `now`: contacts are settled in the order of their reports, duties are judged when they are
// due, and the end of a line's pairing excuses what is open, as in reality. A duty that is not due by `now`
// may be open. `windows` reach as far before and after those of interest as ReachOfAll, since a contact may
// do a duty of any of them.
std::vector<Duty> PlayOut(const TriedPolicy& tried, absl::Span<const OwedWindow> windows,
                          const ChildPast& past, absl::Time now);

// What became of duties: tonghu.pairing.v1.DutyPolicyFigures.
struct TrialFigures {
  int duties = 0, done = 0, reported_late = 0, done_late = 0, missed = 0, alerts = 0, excused = 0;
  // Counts a duty that was due by the time until which it was played out.
  void Count(const Duty& duty);
  TrialFigures& operator+=(const TrialFigures& other);
  friend bool operator==(const TrialFigures&, const TrialFigures&) = default;
};

// The days on which the windows tried begin, from `first` to `last`.
struct TrialDays {
  absl::CivilDay first, last;
  bool Has(absl::Time window_start) const;
};
inline constexpr int kUsualTrialDays = 140;  // a term
inline constexpr int kMostTrialDays = 400;
// Checks days asked for on the day `today`; `first_day` and `last_day` are the request's fields. Errors:
// INVALID_ARGUMENT, reasons DATES_REVERSED, DATE_IN_FUTURE, TOO_MANY_DAYS.
absl::Status CheckTrialDays(const TrialDays& days, absl::CivilDay today);

}  // namespace tonghu::pairing
