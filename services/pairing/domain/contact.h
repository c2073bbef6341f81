// Contacts, and whether one may be recorded. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/pairing/domain/duty.h"

namespace tonghu::pairing {

// A contact as it is reported.
struct Contact {
  std::string child_id;
  std::string helper_id;
  ContactKind kind = ContactKind::kTalk;
  absl::Time happen_time;
  std::string note;
};

// A time in which somebody was paired with the child, as part of a line.
struct PairedSpan {
  std::string line_id, helper_id;
  absl::Time start;
  absl::Time end = absl::InfiniteFuture();
};

inline constexpr absl::Duration kOldestContact = absl::Hours(24 * 60);
inline constexpr absl::Duration kClockTolerance =
    absl::Minutes(2);                         // clocks differ: a contact of "now" may seem to lie ahead
inline constexpr size_t kLongestNote = 2000;  // characters

// From when the contacts of a pairing that began at `start` count: the beginning of that day in China. A
// teacher who is paired at noon has often talked in the morning.
absl::Time CountsFrom(absl::Time start);

// Checks whether a contact may be recorded at `now`. `spans` are all spans of the child. Errors:
// CONTACT_KIND_MISSING, HAPPEN_TIME_MISSING, HAPPEN_TIME_IN_FUTURE (by more than kClockTolerance),
// HAPPEN_TIME_TOO_OLD, NOTE_TOO_LONG, NOT_PAIRED (the helper was not paired with the child at that time).
absl::Status CheckContact(const Contact& contact, absl::Span<const PairedSpan> spans, absl::Time now);

}  // namespace tonghu::pairing
