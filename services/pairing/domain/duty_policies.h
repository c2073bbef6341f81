// The policies of counties: the versions of each kind, and the windows that follow from them. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "services/pairing/domain/duty_kind.h"

namespace tonghu::pairing {

// The versions of one policy: the built-in one first, then the county's own by their first days.
using Versions = absl::Span<const DutyPolicy>;
// The version for windows that begin at `time`. Valid as long as the versions.
const DutyPolicy& VersionAt(Versions versions, absl::Time time);

// Policies by county and kind.
class Policies {
 public:
  // Adds a version; those of a county and kind come in the order of their numbers. The version takes the
  // place of those that begin on its first day or later.
  void Add(std::string county, DutyKind kind, DutyPolicy policy);
  // All versions; never empty. Valid until the next Add.
  Versions Of(const std::string& county, DutyKind kind) const;
  // The longest that a window of the kind can be under any version.
  absl::Duration LongestWindow(const std::string& county, DutyKind kind) const;
  // Whether windows of the kind may differ between schools under any version, so that those of a child who
  // changed schools may overlap.
  bool MayOverlap(const std::string& county, DutyKind kind) const;

 private:
  absl::flat_hash_map<std::pair<std::string, DutyKind>, std::vector<DutyPolicy>> set_;
};

// Whether a pairing of the role owes duties by the policy.
bool IsOwedBy(const DutyPolicy& policy, PairingRole role);

// A window that is owed, and the version by which. The version outlives the window.
struct OwedWindow {
  CadenceWindow at;
  const DutyPolicy* policy;
};
// The windows that are owed by `versions`, of those that end after `from` begins and begin by the end of
// `to`, oldest first. No two overlap. A window that has begun under a version runs to its end; a version's
// own windows are followed until the first whole window of the next.
std::vector<OwedWindow> OwedWindows(Versions versions, const calendar::SchoolCalendar& calendar,
                                    absl::CivilDay from, absl::CivilDay to);

inline constexpr int kFarthestPolicyDays = 400;
// Checks a version that is put on the day `today`. Errors: INVALID_ARGUMENT, reasons POLICY_OUT_OF_RANGE,
// CADENCE_OUT_OF_RANGE, OWED_BY_NOBODY, EFFECTIVE_FROM_OUT_OF_RANGE.
absl::Status CheckPolicy(const DutyPolicy& policy, absl::CivilDay today);

}  // namespace tonghu::pairing
