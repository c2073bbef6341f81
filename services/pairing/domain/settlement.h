// Which contact closes which duty: the same end in whatever order contacts are reported, and whether before
// or after a duty is judged (docs/adr/2026-11-25-which-talk-closes-which-duty.md). Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/pairing/domain/contact.h"
#include "services/pairing/domain/duty.h"

namespace tonghu::pairing {

inline constexpr int kOldestMadeUpDays = 60;
inline constexpr absl::Duration kOldestMadeUp = absl::Hours(24 * kOldestMadeUpDays);
// What no contact has closed is looked at this far back before a contact: the windows that it may close, and
// one more, since another contact of its window may reach that far.
inline constexpr absl::Duration kOldestFree = absl::Hours(24 * (kOldestMadeUpDays + 2 * kLongestWindowDays));
// How far back duties and contacts are looked at for contacts to be moved from one duty to another.
inline constexpr absl::Duration kReach = absl::Hours(24 * 2 * (kOldestMadeUpDays + kLongestWindowDays));

// A contact that was reported, and may close duties of one kind.
struct LoggedContact {
  std::string contact_id;
  std::string helper_id;
  absl::Time happen_time;
  absl::Time report_time;
  DutyKind fulfils = DutyKind::kTalk;
};

// One child's.
struct ChildFacts {
  std::vector<PairedSpan> spans;
  std::vector<Duty> duties;
  std::vector<LoggedContact> contacts;
};

// Whether a contact that closes nothing can be told what it closes from the duties alone that no contact of
// their window has closed, as it can nearly always.
struct Direct {
  enum class Kind { kNothing, kCloses, kAskAll } kind;
  size_t duty = 0;  // index; for kCloses
};
Direct CloseDirectly(const ChildFacts& facts, const LoggedContact& contact);

// The duty as `contact` closes it.
Duty ClosedBy(Duty duty, const LoggedContact& contact, const DutyPolicy& policy);

// Lets `facts.contacts[contact]`, which closes nothing, close a duty: one in whose window it happened, else
// the oldest that it makes up for. Moves other contacts where more is closed that way; no closed duty is
// opened. `facts` holds all duties and contacts within kReach. Gives the duties that changed, by index.
std::vector<size_t> Settle(ChildFacts& facts, size_t contact, const DutyPolicy& policy);

}  // namespace tonghu::pairing
