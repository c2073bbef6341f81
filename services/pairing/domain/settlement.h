// Which talk closes which duty: the same end in whatever order talks are reported, and whether before or
// after a duty is judged (docs/adr/2026-11-25-which-talk-closes-which-duty.md). Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/pairing/domain/contact.h"
#include "services/pairing/domain/duty.h"

namespace tonghu::pairing {

inline constexpr absl::Duration kOldestMadeUp = absl::Hours(24 * 60);
// What no talk has closed is looked at this far back before a talk: the weeks that it may close, and one
// more, since another talk of its week may reach that far.
inline constexpr absl::Duration kOldestFree = absl::Hours(24 * (60 + 14));
// How far back duties and talks are looked at for talks to be moved from one duty to another.
inline constexpr absl::Duration kReach = absl::Hours(24 * 2 * (60 + 7));

// A talk that was reported.
struct Talk {
  std::string contact_id;
  std::string helper_id;
  absl::Time happen_time;
  absl::Time report_time;
};

// One child's.
struct ChildFacts {
  std::vector<PairedSpan> spans;
  std::vector<Duty> duties;
  std::vector<Talk> talks;
};

// Whether a talk that closes nothing can be told what it closes from the duties alone that no talk of their
// week has closed, as it can nearly always.
struct Direct {
  enum class Kind { kNothing, kCloses, kAskAll } kind;
  size_t duty = 0;  // index; for kCloses
};
Direct CloseDirectly(const ChildFacts& facts, const Talk& talk);

// The duty as `talk` closes it.
Duty ClosedBy(Duty duty, const Talk& talk, const TalkPolicy& policy);

// Lets `facts.talks[talk]`, which closes nothing, close a duty: one in whose week it happened, else the
// oldest that it makes up for. Moves other talks where more is closed that way; no closed duty is opened.
// `facts` holds all duties and talks within kReach. Gives the duties that changed, by index.
std::vector<size_t> Settle(ChildFacts& facts, size_t talk, const TalkPolicy& policy);

}  // namespace tonghu::pairing
