// Whether a contact may be recorded, and which duty it closes. Pure.
#pragma once

#include <optional>
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

// A time somebody was paired with the child.
struct PairedSpan {
  absl::Time start;
  absl::Time end = absl::InfiniteFuture();
};

inline constexpr absl::Duration kOldestContact = absl::Hours(24 * 60);
inline constexpr absl::Duration kOldestMadeUp = absl::Hours(24 * 60);
// A contact closes no duty whose week began longer before it.
inline constexpr absl::Duration kOldestWeek = absl::Hours(24 * (60 + 7));
inline constexpr size_t kLongestNote = 2000;  // characters

// Errors: CONTACT_KIND_MISSING, CONTACT_TIME_MISSING, CONTACT_IN_FUTURE (over 2 minutes, for clocks that
// differ), CONTACT_TOO_OLD, NOTE_TOO_LONG, NOT_PAIRED (a day's contacts count from its beginning). `spans`
// are the helper's with this child.
absl::Status CheckContact(const Contact& contact, absl::Span<const PairedSpan> spans, absl::Time now);

// What a contact does to one of the child's duties.
struct Closing {
  size_t duty;            // index into the child's duties
  DutyState state;        // kDone, or kDoneLate for a duty already judged missed
  bool reported_late;     // of a duty done in time
  bool happened_in_time;  // of a duty done late: only the report was late
};

// The duty that a contact closes: the open one in whose week it happened; else one judged missed in whose
// week it happened; else the oldest missed one whose week was over at most kOldestMadeUp before, made up for.
// Only talks close talks, and only the helper's own or those handed over from them.
std::optional<Closing> CloseDuty(const Contact& contact, absl::Span<const Duty> duties,
                                 const TalkPolicy& policy, absl::Time now);

}  // namespace tonghu::pairing
