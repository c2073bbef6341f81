// What is owed to a child, and when a contact closes it. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/calendar/calendar.h"

namespace tonghu::pairing {

// As stored and in tonghu.pairing.v1.DutyState.
enum class DutyState { kOpen = 1, kDone = 2, kMissed = 3, kExcused = 4, kDoneLate = 5 };
// What is owed. As stored and in tonghu.pairing.v1.DutyKind.
enum class DutyKind { kTalk = 1 };
// As stored and in tonghu.pairing.v1.ContactKind.
enum class ContactKind { kTalk = 1, kHomeVisit = 2, kParentCall = 3 };

// Where a child is in school.
struct Place {
  std::string school_id;
  std::string township_code;
  int grade = 0;
  int class_number = 0;
};

// A county's weekly talk policy. The built-in one leaves two days for paperwork.
struct TalkPolicy {
  int version = 0;
  absl::Duration report_grace = absl::Hours(48);       // after the week's end, before a duty is judged
  absl::Duration late_report_after = absl::Hours(24);  // after the talk, before its report is late
};
// Errors: INVALID_ARGUMENT, reason POLICY_OUT_OF_RANGE.
absl::Status CheckPolicy(const TalkPolicy& policy);

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
  bool made_up = false;        // the contact that closed it happened after its week
  bool missed = false;         // it was judged missed, whatever came after
  std::string row;             // where the store has it; empty: nowhere yet
};

// The time in which a duty is to be done, as its kind's cadence has it: for a talk the week, from Monday to
// Monday in China.
struct Window {
  absl::Time start, end;
};
Window WindowAt(DutyKind kind, absl::Time time);

// The Monday of a duty's week.
absl::CivilDay WeekOf(absl::Time window_start);

// What is owed for a week; judged when the grace is over.
struct DutyPlan {
  absl::CivilDay monday;
  absl::Time window_start, window_end, due_time;
  DutyKind kind = DutyKind::kTalk;
};
struct Planned {
  std::vector<DutyPlan> duties;
  absl::Time make_time;  // when to plan again; InfiniteFuture when the calendar ends before
};
// Duties for the school weeks from this one on, as far ahead as kHorizon, of a line of pairings that began at
// `owed_from`. A week in which school began before the line did is not owed. Weeks that were planned before
// are planned again; their ids are the same.
Planned PlanDuties(const calendar::SchoolCalendar& calendar, absl::Time owed_from, absl::Time now,
                   const TalkPolicy& policy);

inline constexpr absl::Duration kHorizon = absl::Hours(24 * 28);

// The same id however often it is planned; sorts beside the line's.
std::string DutyId(const std::string& county, const std::string& line_id, absl::CivilDay monday,
                   DutyKind kind = DutyKind::kTalk);

// The term that a calendar is for when nobody says: "2026-autumn" for a first day in August 2026 to January
// 2027, "2027-spring" for February to July 2027.
std::string TermOf(absl::CivilDay first_day);

}  // namespace tonghu::pairing
