// Settlement: which contact closes which duty. The rule is total: the end is the same in whatever order
// contacts are reported, and whether before or after a duty is judged
// (docs/adr/2026-11-25-which-talk-closes-which-duty.md). Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/pairing/domain/contact.h"
#include "services/pairing/domain/duty.h"

namespace tonghu::pairing {

inline constexpr int kOldestMadeUpDays = 60;
inline constexpr absl::Duration kOldestMadeUp = absl::Hours(24 * kOldestMadeUpDays);
// How far before a contact windows may end whose duties are read because no contact has closed them: as far
// as the contact may make up, and a window more, since another contact of its window may reach that far.
// `longest`: the longest window of the kind.
inline absl::Duration ReachOfFree(absl::Duration longest) { return kOldestMadeUp + longest; }
// How far before a contact windows may end, and contacts have happened, that are read so that contacts can be
// moved from one duty to another: twice as far as one contact reaches, for the contact that is moved reaches
// as far again.
inline absl::Duration ReachOfAll(absl::Duration longest) { return 2 * (kOldestMadeUp + longest); }

// A contact that was reported, or a part of one (PartsOf). Which duties it may close the versions of the
// policies say, by its kind.
struct LoggedContact {
  std::string contact_id;
  std::string helper_id;
  absl::Time happen_time;
  absl::Time report_time;
  ContactKind kind = ContactKind::kTalk;
  std::string closed_duty_ids = {};  // as stored, apart by blanks; only where a function says so
  std::string together_with = {};    // other helpers who took part, apart by blanks
};

// The parts of a contact, which settle as contacts of their own with its id: one for each helper who took
// part, but helpers who had been paired with the child in one line by then are one part. So the lines of two
// parts differ, and a contact closes at most one duty of a kind and a line.
std::vector<LoggedContact> PartsOf(const LoggedContact& contact, absl::Span<const PairedSpan> spans);

// The pairings, duties and contacts of one child.
struct ChildFacts {
  std::vector<PairedSpan> spans;
  std::vector<Duty> duties;
  std::vector<LoggedContact> contacts;  // in parts
};

// What can be said of a contact and a kind of duty from the duties alone that no contact of their window has
// closed: that it closes none, that it closes a certain one, or that all facts must be asked. The first two
// are nearly always the answer, and need no other contacts to be read.
struct Direct {
  enum class Kind { kNothing, kCloses, kAskAll } kind;
  size_t duty = 0;  // index in ChildFacts::duties, for kCloses
};
// Only for windows of which no two overlap, unless they are the same. `versions`: those of the policy for the
// kind, here and below.
Direct CloseDirectly(const ChildFacts& facts, const LoggedContact& contact, DutyKind kind, Versions versions);

// The duty after `contact` has closed it.
Duty ClosedBy(Duty duty, const LoggedContact& contact, Versions versions);

// Lets `facts.contacts[contact]`, which closes no duty of the kind yet, close one: one in whose window it
// happened, else the oldest that it makes up for. Moves other contacts where that closes more duties; no
// closed duty is opened. `facts` holds all duties and contacts within ReachOfAll. Gives the indexes of the
// duties that changed.
std::vector<size_t> Settle(ChildFacts& facts, size_t contact, DutyKind kind, Versions versions);

// The same for each kind of duty for which the contact counts and of which it closes none yet. Each kind is
// settled on its own, so that the end does not depend on the order of reports for any number of kinds.
std::vector<size_t> SettleAll(ChildFacts& facts, size_t contact, const VersionsOf& versions);

}  // namespace tonghu::pairing
