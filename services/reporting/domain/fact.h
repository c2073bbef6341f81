// What has happened that figures count, as other services say it. Views point into whatever the fact was read
// from.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <variant>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace tonghu::reporting {

// The services whose facts count.
inline constexpr std::array<std::string_view, 2> kCountedProducers = {"pairing", "alerts"};

// Where it counts. The township is the school's at the time, so that a moved school keeps its past.
struct Place {
  std::string_view county;         // six digits
  std::string_view township_code;  // nine digits, in the county
  std::string_view school_id;
};

struct ContactLogged {
  struct ClosedDuty {
    absl::CivilDay monday;  // of the week it was owed for
    bool reported_late = false;
  };
  Place place;
  absl::Time report_time;
  std::optional<ClosedDuty> closed;  // a duty closed in time; one already missed is a DutyChanged
};

// A duty was missed, excused, or done after it had been missed.
struct DutyChanged {
  enum class How { kMissed, kExcused, kDoneLate };
  How how;
  Place place;
  absl::CivilDay monday;  // of the week it is owed for
};

// A duty came from one state into another in a way that the others don't say.
struct DutyRestated {
  enum class State { kOpen, kDone, kDoneReportedLate, kMissed, kExcused, kDoneLate };
  Place place;
  absl::CivilDay monday;
  State from, to;
};

struct PairingChanged {
  enum class How { kStarted, kEnded };
  How how;
  Place place;
  absl::Time time;
};

struct AlertChanged {
  enum class How { kRaised, kAcknowledged, kResolved };
  How how;
  Place place;
  absl::Time time;
};

using Fact = std::variant<ContactLogged, DutyChanged, DutyRestated, PairingChanged, AlertChanged>;

}  // namespace tonghu::reporting
