// Coverage: for whom nobody is responsible, since when, and when somebody is told. Pure.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/pairing/domain/duty_policies.h"

namespace tonghu::pairing {

// What is missing for a child: 0 stands for somebody who looks after the child; a DutyKind for somebody who
// owes duties of that kind.
using Gap = int;
inline constexpr Gap kNobodyLooksAfter = 0;

// Roles as bits: bit n stands for the role n.
using Roles = int;
inline Roles RoleBit(PairingRole role) { return 1 << static_cast<int>(role); }

// Which roles owe which kinds of duty today, for the children of one standing.
class Asked {
 public:
  // `now` is the time at which the windows of the policies' versions are asked for.
  Asked(const Policies& policies, const std::string& county, const Standing& standing, absl::Time now);
  // What is missing for a child whose lasting pairings have `roles`, in ascending order. A child with whom
  // nobody is paired who looks after a child lacks that alone: whoever is paired next decides about the rest.
  std::vector<Gap> Gaps(Roles roles) const;

 private:
  std::vector<std::pair<DutyKind, Roles>> kinds_;  // kinds that are asked for, and who owes them
};

// How long a child may be without somebody, unless the county says otherwise: a convention of this system.
// The working papers ask that every child is paired, and name no time.
inline constexpr int kMostUncoveredDays = 7;
// The longest that a county may allow.
inline constexpr int kLongestUncoveredDays = 60;

// A gap as it is kept.
struct KnownGap {
  absl::Time since;      // when the gap was found
  bool told = false;     // it was told that the gap lasts too long
  absl::Time tell_time;  // when to tell so, or to tell so again
  friend bool operator==(const KnownGap&, const KnownGap&) = default;
};
using KnownGaps = std::map<Gap, KnownGap>;

// What follows when a child's gaps were looked at.
struct Looked {
  KnownGaps gaps;        // as they are to be kept
  bool tell = false;     // the gaps that are told last too long: say so
  bool grown = false;    // with `tell`: one of them was not told before
  bool covered = false;  // nothing is left of what was told
};
// Compares what was known of a child with the gaps that it has now. A new gap is told when it has lasted for
// `allowed`. What was told is told again each time after as long, for as long as it lasts: an alert that
// somebody settled without mending the matter is raised anew.
Looked Look(const KnownGaps& known, absl::Span<const Gap> gaps, absl::Duration allowed, absl::Time now);

}  // namespace tonghu::pairing
