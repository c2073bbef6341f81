// Cadences: how often something is owed, and in which windows of a school's calendar. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/calendar/calendar.h"
#include "services/pairing/domain/festival.h"

namespace tonghu::pairing {

// The time in which a duty is to be done: from `start` until just before `end`.
struct Window {
  absl::Time start, end;
  bool Has(absl::Time time) const { return start <= time && time < end; }
  friend bool operator==(const Window&, const Window&) = default;
};

// The stretch of time that is counted. The numbers are stored and those of tonghu.pairing.v1.CadencePeriod.
enum class Period {
  kWeek = 1,       // from Monday; several weeks are counted from kFirstMonday
  kMonth = 2,      // from the first; several months are counted from September
  kTerm = 3,       // from a term's first day to its last
  kTermThird = 4,  // a third of a term's school days
  kYear = 5,       // from 1 September
  kFestival = 6,   // the last days before a festival and its own day, in term and in the holidays
};

// `times` times in every `every` periods, or before each of the festivals.
struct Cadence {
  Period period = Period::kWeek;
  int every = 1;
  int times = 0;            // 0: nothing is owed
  Festivals festivals = 0;  // of kFestival only
  int days = 0;             // of kFestival only: of a window, the festival's day is the last
  friend bool operator==(const Cadence&, const Cadence&) = default;
};

// The Monday from which windows of several weeks are counted, the same for all schools, so that the windows
// of a child who changes schools stay the same.
inline constexpr absl::CivilDay kFirstMonday(2020, 8, 31);
// A month, or several, with fewer school days owes nothing: a term that begins on 25 February owes no
// February.
inline constexpr int kFewestMonthDays = 5;
// A window before a festival has at most so many days.
inline constexpr int kMostFestivalDays = 30;
// No window of any cadence is longer. A term has up to 400 days (libs/calendar).
inline constexpr int kLongestWindowDays = 400;

// A window of a cadence in which a school has school days, or before a festival, which needs none.
struct CadenceWindow {
  // Names the window among those of its cadence: its first day, its term ("2026-autumn"), or the day of its
  // festival ("festival-2027-02-06"). The name stays when a term's first day moves, and when a window before
  // a festival becomes longer or shorter.
  std::string name;
  Window window;
  // Whoever begins later does not owe the window: the first school day of a week, the middle school day of a
  // longer window, the middle day before a festival.
  absl::CivilDay owed_until;
};

// The windows of a cadence that end after `from` begins and begin by the end of `to`, oldest first. No two
// have a time in common, but for those before festivals that lie close together. Terms that begin in the same
// half of a year (TermOf) count as one, and so do festivals that fall on one day.
std::vector<CadenceWindow> WindowsOf(const Cadence& cadence, const calendar::SchoolCalendar& calendar,
                                     absl::CivilDay from, absl::CivilDay to);

// The most days that a window of the cadence can have.
int LongestWindowOf(const Cadence& cadence);
// Whether `one` asks for something more often than `other`, as the periods usually are: a term has 20 weeks,
// its thirds together as many, a month 4 1/3. Each festival is once a year.
bool AsksForMore(const Cadence& one, const Cadence& other);
// Whether windows, also of different schools, have no time in common: those of weeks, months and years; not
// those of terms, which differ between schools, nor those before festivals.
bool AreApart(const Cadence& cadence);

// Checks a cadence. `field` is the request's. Errors: INVALID_ARGUMENT, reason CADENCE_OUT_OF_RANGE.
absl::Status CheckCadence(const Cadence& cadence, const std::string& field);

// The first month of the school year that has the day: September.
absl::CivilMonth SchoolYearOf(absl::CivilDay day);
// The term's id for a calendar that names none: "2026-autumn" for a first day in August 2026 to January 2027,
// "2027-spring" for February to July 2027.
std::string TermOf(absl::CivilDay first_day);

}  // namespace tonghu::pairing
