// Duties: what is owed to a child by when, and which duties a line of pairings owes. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/calendar/calendar.h"
#include "libs/directory/place.h"
#include "services/pairing/domain/duty_policies.h"

namespace tonghu::pairing {

// Where a duty stands. The numbers are stored and those of tonghu.pairing.v1.DutyState.
enum class DutyState { kOpen = 1, kDone = 2, kMissed = 3, kExcused = 4, kDoneLate = 5 };
using directory::Place;

// A duty as it is decided and stored.
struct Duty {
  std::string duty_id;
  std::string line_id;  // the line whose pairings owe the duty, one after the other
  std::string pairing_id;
  std::string child_id;
  std::string helper_id;
  absl::Time paired_from;  // from when the pairing's contacts count
  DutyKind kind = DutyKind::kTalk;
  DutyState state = DutyState::kOpen;
  absl::Time window_start;
  absl::Time window_end;
  absl::Time due_time;
  std::string contact_id;      // the contact that closed the duty; empty: none
  bool reported_late = false;  // done in the window, but reported late
  bool made_up = false;        // the contact that closed the duty happened after the window
  bool missed = false;         // the duty was judged missed, whatever came after
  bool beat_excuse = false;  // the contact that closed the duty beat an officer's excuse, which counts again
                             // without the contact
  int reopened = 0;          // how often a changed contact has turned the duty missed
  std::string row;           // where the store has the duty (a ctid); empty: not stored yet
};

// What events say of a duty as it was before a change.
struct DutyBefore {
  DutyState state;
  bool reported_late;
  std::string contact_id;

  explicit DutyBefore(const Duty& duty)
      : state(duty.state), reported_late(duty.reported_late), contact_id(duty.contact_id) {}
};

// A duty to be made: owed by a line of pairings, and judged when the grace is over.
struct DutyPlan {
  DutyKind kind = DutyKind::kTalk;
  std::string window_name;
  int ordinal = 1;  // 1, 2, … of the duties of one window
  Window window;
  absl::Time due_time;
};
// The excuse of a duty whose pairing ended.
inline constexpr char kExcusedByEnd[] = "结对结束";
// How far ahead of their windows duties are made.
inline constexpr absl::Duration kHorizon = absl::Hours(24 * 28);

// Plans the duties of a kind for a line of pairings in the role that began at `owed_from`: those of each
// window that such a role owes, unless the line began after the window's `owed_until`. Windows that were
// planned before are planned again; their duties have the same ids.
std::vector<DutyPlan> PlanDuties(DutyKind kind, absl::Span<const OwedWindow> windows, PairingRole role,
                                 absl::Time owed_from);
// When to plan again what was planned at `now` as far as kHorizon. InfiniteFuture when the calendar ends
// before and nothing is owed before festivals, which the holidays have too: the next calendar that is put
// plans again.
absl::Time PlanAgain(const calendar::SchoolCalendar& calendar, bool before_festivals, absl::Time now);
// Whether duties are owed before festivals by any of the versions.
bool OwesBeforeFestivals(Versions versions);

// The id of a duty, the same however often the duty is planned. Sorts beside the line's id, so that the rows
// of a line lie together in an index.
std::string DutyId(const std::string& county, const std::string& line_id, const DutyPlan& plan);

}  // namespace tonghu::pairing
