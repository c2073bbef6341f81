// What is owed to a child, and when a contact closes it. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/calendar/calendar.h"
#include "libs/directory/place.h"
#include "services/pairing/domain/duty_kind.h"

namespace tonghu::pairing {

// As stored and in tonghu.pairing.v1.DutyState.
enum class DutyState { kOpen = 1, kDone = 2, kMissed = 3, kExcused = 4, kDoneLate = 5 };
using directory::Place;

struct Duty {
  std::string duty_id;
  std::string line_id;  // of the pairings that owed it, one after the other
  std::string pairing_id;
  std::string child_id;
  std::string helper_id;
  absl::Time paired_from;  // when the pairing begins to count
  DutyKind kind = DutyKind::kTalk;
  DutyState state = DutyState::kOpen;
  absl::Time window_start;
  absl::Time window_end;
  absl::Time due_time;
  std::string contact_id;      // that closed it; empty: none
  bool reported_late = false;  // of a duty done
  bool made_up = false;        // the contact that closed it happened after its window
  bool missed = false;         // it was judged missed, whatever came after
  std::string row;             // where the store has it; empty: nowhere yet
};

// What is said of a duty as it was before a change.
struct DutyBefore {
  DutyState state;
  bool reported_late;
  std::string contact_id;

  explicit DutyBefore(const Duty& duty)
      : state(duty.state), reported_late(duty.reported_late), contact_id(duty.contact_id) {}
};

// A duty that a line of pairings owes; judged when the grace is over.
struct DutyPlan {
  DutyKind kind = DutyKind::kTalk;
  Window window;
  absl::Time due_time;
};
struct Planned {
  std::vector<DutyPlan> duties;
  absl::Time make_time;  // when to plan again; InfiniteFuture when the calendar ends before
};
// Duties of a kind for the windows with school days, from the one of `now` as far ahead as kHorizon, of a
// line of pairings that began at `owed_from`. A window in which school began before the line did is not owed.
// Windows that were planned before are planned again; their duties' ids are the same.
Planned PlanDuties(DutyKind kind, const calendar::SchoolCalendar& calendar, absl::Time owed_from,
                   absl::Time now, const DutyPolicy& policy);

inline constexpr absl::Duration kHorizon = absl::Hours(24 * 28);

// The same id however often it is planned; sorts beside the line's.
std::string DutyId(const std::string& county, const std::string& line_id, DutyKind kind,
                   absl::Time window_start);

// The term that a calendar is for when nobody says: "2026-autumn" for a first day in August 2026 to January
// 2027, "2027-spring" for February to July 2027.
std::string TermOf(absl::CivilDay first_day);

}  // namespace tonghu::pairing
