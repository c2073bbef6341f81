// Facts: what other services published that figures count. Views point into whatever the fact was read from.
// Pure.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <variant>

#include "absl/container/inlined_vector.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace tonghu::reporting {

// The producers whose facts count.
inline constexpr std::array<std::string_view, 2> kCountedProducers = {"pairing", "alerts"};

// The place at which a fact counts. The township is the school's at the time, so that a school that moves
// keeps its past.
struct Place {
  std::string_view county;         // six digits
  std::string_view township_code;  // nine digits, in the county
  std::string_view school_id;
};

// A contact was recorded.
struct ContactLogged {
  struct ClosedDuty {
    absl::CivilDay monday;  // of the week for which the duty was owed
    bool reported_late = false;
  };
  Place place;
  absl::Time report_time;
  absl::InlinedVector<ClosedDuty, 1>
      closed;  // duties closed in time; for those already missed there are other facts
};

// A contact was withdrawn.
struct ContactWithdrawn {
  Place place;
  absl::Time report_time;  // of the contact
};

// A contact became doubtful, or its doubt ended, or concerns other duties than before.
struct DoubtChanged {
  Place place;
  absl::Time report_time;  // of the contact
  bool was_doubtful = false, is_doubtful = false;
  // The Mondays of the weeks of the duties that the contact does: while it was doubtful, and now that it is.
  absl::InlinedVector<absl::CivilDay, 2> former, present;
};

// A duty was missed, excused, or done after it had been missed.
struct DutyChanged {
  enum class How { kMissed, kExcused, kDoneLate };
  How how;
  Place place;
  absl::CivilDay monday;  // of the week for which the duty is owed
};

// A duty changed its state in a way that no other fact says.
struct DutyRestated {
  enum class State { kOpen, kDone, kDoneReportedLate, kMissed, kExcused, kDoneLate };
  Place place;
  absl::CivilDay monday;
  State from, to;
};

// A pairing started or ended.
struct PairingChanged {
  enum class How { kStarted, kEnded };
  How how;
  Place place;
  absl::Time time;
};

// An alert was raised, acknowledged or resolved.
struct AlertChanged {
  enum class How { kRaised, kAcknowledged, kResolved };
  How how;
  Place place;
  absl::Time time;
};

using Fact = std::variant<ContactLogged, ContactWithdrawn, DoubtChanged, DutyChanged, DutyRestated,
                          PairingChanged, AlertChanged>;

}  // namespace tonghu::reporting
