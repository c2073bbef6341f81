// Replay: what becomes of a child's duties when everything happens in its time. Pure.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "services/pairing/domain/settlement.h"

namespace tonghu::pairing {

// How far a replay goes: reports, beginnings and ends of pairings until `now`; judgements, in the order of
// due times and ids, until the duty `last_judged`, which is due at `judged_to`.
struct Until {
  absl::Time now;
  absl::Time judged_to;
  std::string last_judged = "ffffffff-ffff-ffff-ffff-ffffffffffff";
};

// Settles contacts in the order of their reports, judges duties when they are due, excuses what is open when
// a line's pairing ends and the line does not go on, and owes that again when the line goes on in the same
// window. `facts`: the duties are open, or excused for good, and closed by nothing; every open one belongs to
// the first pairing of its line that reaches its window. Gives the duties as they stand then, each with the
// pairing that owes it, where the spans name pairings.
std::vector<Duty> Replay(ChildFacts facts, const VersionsOf& versions, const Until& until);

// Whether a pairing owes a duty of the window: it began before the window's end (days count whole, as when
// duties are planned), and lasted when the window began.
bool Reaches(const PairedSpan& span, const Window& window);

}  // namespace tonghu::pairing
