// Whether a contact may be recorded. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/pairing/domain/duty.h"

namespace tonghu::pairing {

struct Contact {
  std::string child_id;
  std::string helper_id;
  ContactKind kind = ContactKind::kTalk;
  absl::Time happen_time;
  std::string note;
};

// A time somebody was paired with the child, in a line of pairings that followed one another.
struct PairedSpan {
  std::string line_id, helper_id;
  absl::Time start;
  absl::Time end = absl::InfiniteFuture();
};

inline constexpr absl::Duration kOldestContact = absl::Hours(24 * 60);
inline constexpr absl::Duration kClockTolerance = absl::Minutes(2);  // of what happened just now
inline constexpr size_t kLongestNote = 2000;                         // characters

// When a pairing that began at `start` begins to count: a day's contacts count from its beginning.
absl::Time CountsFrom(absl::Time start);

// Errors: CONTACT_KIND_MISSING, HAPPEN_TIME_MISSING, HAPPEN_TIME_IN_FUTURE (over 2 minutes, for clocks that
// differ), HAPPEN_TIME_TOO_OLD, NOTE_TOO_LONG, NOT_PAIRED (a day's contacts count from its beginning).
// `spans` are all of the child's.
absl::Status CheckContact(const Contact& contact, absl::Span<const PairedSpan> spans, absl::Time now);

}  // namespace tonghu::pairing
