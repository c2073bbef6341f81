// Proposals: which helper each child who has none could get. Pure, and the same for the same facts.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/directory/place.h"
#include "services/pairing/domain/load_limit.h"

namespace tonghu::pairing {

// A child for whom a helper is looked for. Numbers of care level and sex are those of tonghu.registry.v1.
struct WaitingChild {
  std::string child_id;
  directory::Place place;
  int care_level = 0;  // 2 (重点关注) or more: the child comes before others where helpers are few
  int sex = 0;
  bool boarding = false;
  std::vector<std::string> with;    // helpers who are paired with the child now, in whatever role
  std::vector<std::string> former;  // helpers who were, and are no more
};

// Somebody who may get children.
struct AvailableHelper {
  std::string helper_id;
  std::string school_id,
      township_code;  // where they work; empty: at no school, and then anywhere in the county
  std::vector<directory::Place> classes;  // of which they are the class teacher
  int sex = 0;
  Load load;  // in the role that is asked for
};

// Why a helper suits a child. The numbers are those of tonghu.pairing.v1.ProposalReason.
enum class ProposalReason {
  kSameClass = 1,
  kSameSchool = 2,
  kSameTownship = 3,
  kFormerHelper = 4,
  kSameSex = 5,
  kPriority = 6,
};
// Why a child gets nobody. The numbers are those of tonghu.pairing.v1.LeftOutReason.
enum class LeftOutReason { kNoCapacity = 1, kNoHelperInReach = 2, kEndedOnPurpose = 3 };

// The points of a pair, without the helper's load: the fewer the better. None: the two can't be paired, since
// they are already, or since the helper works in another township and was never the child's.
std::optional<int> PointsOf(const WaitingChild& child, const AvailableHelper& helper);
// The points of one more child for a helper who has so many.
int PointsOfLoad(int children);
std::vector<ProposalReason> ReasonsOf(const WaitingChild& child, const AvailableHelper& helper);

// How large a proposal may be.
inline constexpr int kMostWaiting = 5000, kMostHelpers = 2000;
inline constexpr size_t kMostPairs = 1'000'000;  // of children alike and helpers in reach
// The most children that somebody without a limit gets by one proposal.
inline constexpr int kMostWithoutLimit = 20;

// What each child gets: the place of a helper, or why it gets nobody.
struct Proposed {
  std::optional<size_t> helper;
  LeftOutReason left_out{};
};

// The best proposal, in this order:
// 1. as many children as possible get a helper, and of the children those of a higher care level first,
// strictly: none
//    is left out for any number of lower ones. The two never conflict: the sets of children who can have
//    helpers at the same time are the independent sets of a matroid, in which the greedy choice by level is
//    also a largest one;
// 2. the fewest points of all pairs and loads together.
// No helper gets more than the limit. Errors: FAILED_PRECONDITION, reason PROPOSAL_TOO_LARGE.
absl::StatusOr<std::vector<Proposed>> Propose(absl::Span<const WaitingChild> children,
                                              absl::Span<const AvailableHelper> helpers);

}  // namespace tonghu::pairing
