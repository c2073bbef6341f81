// Ready sets of policies, which a county can take as they are. Pure.
//
// Source: the cadences that counties and schools write down, and the compacts 五个一 and 三个二 by which they
// call them. Whoever owes a duty in a set is whoever such papers name first; a county changes it as any
// policy.
#pragma once

#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "services/pairing/domain/duty_kind.h"

namespace tonghu::pairing {

// One policy of a set.
struct ReadyPolicy {
  DutyKind kind;
  Cadence cadence;
  std::vector<PairingRole> owed_by;
};
struct PolicySet {
  const char* id;           // "five-ones"; never to be renamed
  const char* name;         // "五个一"
  const char* description;  // a sentence in Chinese
  std::vector<ReadyPolicy> policies;
};

// All sets: the compacts, then the usual cadences by kind. The table lives as long as the program.
absl::Span<const PolicySet> PolicySets();
// The set with this id or name; nullptr when there is none.
const PolicySet* FindPolicySet(std::string_view id_or_name);

}  // namespace tonghu::pairing
