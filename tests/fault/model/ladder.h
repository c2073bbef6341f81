// Alerts as they should be: raised, told upwards step by step, answered, settled. Restates the rules of the
// alerts service's README as data; shares no code with it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/fault/model/facts.h"

namespace tonghu::fault::model {

// Numbers of tonghu.alerts.v1.
enum AlertKind { kDutyMissed = 1, kAbsence = 2, kAttendanceNotSent = 3, kEmergency = 4, kUncovered = 8 };
enum AlertState { kOpen = 1, kAcknowledged = 2, kResolved = 3 };
enum AlertAction {
  kRaised = 1,
  kTold = 2,
  kVacant = 3,
  kAnswered = 4,
  kSettled = 5,
  kRepeated = 6,
  kExcusedMorning = 7,
  kNoted = 8
};
enum Level { kNobody = 0, kHelper = 1, kTeacher = 2, kHead = 3, kTownship = 4, kCounty = 5, kProvince = 6 };

struct Place {
  std::string school;
  std::string township;
  int grade = 0;
  int class_number = 0;
};

// InfinitePast: not set.
struct Entry {
  absl::Time at;
  int action = 0;
  int level = 0;
  std::string post;
  std::string staff;
  bool deputy = false;
  int step = 0;
  absl::Time next = absl::InfinitePast();
  friend bool operator==(const Entry&, const Entry&) = default;
};

// InfinitePast: not set.
struct Alert {
  Subject subject;
  Place place;
  std::string helper;    // who owed the duty
  int emergency = 0;     // tonghu.alerts.v1.EmergencyKind
  std::string reporter;  // of the emergency
  int state = kOpen;
  int level = kNobody;
  int next_step = 0;
  absl::Time next_step_time = absl::InfinitePast();
  absl::Time raised = absl::InfinitePast();
  absl::Time answered = absl::InfinitePast();
  std::string answered_by;
  absl::Time settled = absl::InfinitePast();
  std::string words;  // of who settled it; empty: a fact did
  int occurrences = 1;
  std::vector<Entry> entries;
};

// Who holds which post.
using Posts = std::map<std::string, PostPut>;

// Raises `alert`, whose subject, place and helper are set, and tells the first step.
void Raise(Alert& alert, const Posts& posts, absl::Time now);
// Takes the next step.
void Climb(Alert& alert, const Posts& posts, absl::Time now);
void Repeat(Alert& alert, absl::Time now);
// A note that is nobody's.
void NoteUnsigned(Alert& alert, absl::Time now);
// One of several times does not count any more.
void Excuse(Alert& alert, absl::Time now);
// Nobody else may have answered; false: the caller must be refused.
bool Acknowledge(Alert& alert, const std::string& staff, absl::Time now);
// False: it is settled already, the caller must be refused.
bool Resolve(Alert& alert, const std::string& staff, const std::string& words, absl::Time now);
void SettleByFact(Alert& alert, absl::Time now);

}  // namespace tonghu::fault::model
