// An alert: a matter of a child, of a school or, for the operators, of the platform, that somebody must
// answer. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/directory/place.h"

namespace tonghu::alerts {

// The kinds of alert. The numbers of the enumerations here stand in the database and in events; they are
// those of tonghu.alerts.v1.
enum class Kind {
  kDutyMissed = 1,
  kAbsence = 2,
  kAttendanceNotSent = 3,
  kEmergency = 4,
  kOperator = 5,
  kGlassBroken = 6,
  kConcern = 7,
  kUncovered = 8,
  kWhisperOverdue = 9,
  kTermMissing = 10
};
// The names of the kinds in metrics and in the webhook's body, by number.
inline constexpr std::array<const char*, 11> kKindNames = {
    "unspecified",  "duty_missed", "absence",   "attendance_not_sent", "emergency",   "operator",
    "glass_broken", "concern",     "uncovered", "whisper_overdue",     "term_missing"};
// The state of an alert. kResolved is final.
enum class State { kOpen = 1, kAcknowledged = 2, kResolved = 3 };
// The levels that are told of an alert, the higher the number the higher the level.
enum class Level {
  kNobody = 0,
  kHelper = 1,
  kClassTeacher = 2,
  kSchoolHead = 3,
  kTownshipSupervisor = 4,
  kCountyOffice = 5,
  kProvinceOffice = 6
};
// What an entry records. kVacant: the post that was to be told is vacant. kRepeated: what the alert is about
// happened once more. kExcused: one of those occurrences no longer counts. kNoted: a person wrote a note.
enum class Action {
  kRaised = 1,
  kTold = 2,
  kVacant = 3,
  kAcknowledged = 4,
  kResolved = 5,
  kRepeated = 6,
  kExcused = 7,
  kNoted = 8
};

using directory::Place;

// One moment of an alert: what happened, to whom, and when the next step would be. Unset times are
// InfinitePast.
struct Entry {
  absl::Time time;
  Action action = Action::kRaised;
  Level level = Level::kNobody;
  std::string post_id;
  std::string staff_id;
  std::string staff_name;
  bool as_deputy = false;
  int step = 0;
  absl::Time next_step_time = absl::InfinitePast();
  std::string note = {};
};

// An alert as it is decided and stored. Unset times are InfinitePast.
struct Alert {
  std::string county, id;
  Kind kind = Kind::kDutyMissed;
  State state = State::kOpen;
  std::string child_id;   // empty: about a school or the platform
  std::string helper_id;  // who owed the duty, or keeps the whisper box; empty for other kinds
  std::string duty_id;
  int duty_kind = 0;  // tonghu.pairing.v1.DutyKind of the missed duty; 0 for other kinds
  // The first day of the missed duty's window, the morning not sent, the day on which a whisper box was not
  // opened or an unanswered letter was found, the first day without a term; else 1970-01-01.
  absl::CivilDay day;
  // The last day of the missed duty's window, or by which a letter was to be answered; else 1970-01-01.
  absl::CivilDay last_day;
  Place place;
  Level level = Level::kNobody;  // the highest level told so far
  int next_step = 0;
  absl::Time next_step_time = absl::InfinitePast();  // set until the alert is resolved
  int policy_version = 0;
  absl::Time raise_time = absl::InfinitePast();
  absl::Time acknowledge_time = absl::InfinitePast();
  std::string acknowledged_by;
  absl::Time resolve_time = absl::InfinitePast();
  std::string resolution;
  int occurrences = 1;
  int64_t generation = 0;  // how often the alert was stored; guards against lost updates
  std::vector<Entry> entries;

  std::pair<std::string, std::string> key() const { return {county, id}; }  // county and id
};

}  // namespace tonghu::alerts
