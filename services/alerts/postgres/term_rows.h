// The terms of schools, as their calendars say.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/postgres/connection.h"
#include "services/alerts/domain/attendance.h"
#include "services/alerts/postgres/keys.h"

namespace tonghu::alerts {

struct TermKey {
  std::string county, school_id, term;
  friend auto operator<=>(const TermKey&, const TermKey&) = default;
};

// A term's calendar as it was set at `put_time`.
struct TermCalendar {
  TermKey key;
  absl::CivilDay first, last;
  std::vector<absl::CivilDay> school_days;  // in order, each once, from `first` to `last`
  bool withdrawn = false;                   // there is no such term any more
  absl::Time put_time;
};

// Replaces what was known of these terms. Each at most once.
absl::Status StoreTerms(postgres::Connection& db, const std::vector<TermCalendar>& calendars);

// A school's morning.
using MorningKey = std::tuple<std::string, std::string, absl::CivilDay>;  // county, school, day

// What the schools' calendars say of days; kUnknown is left out. `days` runs along with `schools`.
absl::StatusOr<std::map<MorningKey, DayKind>> LoadDayKinds(postgres::Connection& db,
                                                           const KeyColumns& schools,
                                                           const std::vector<absl::CivilDay>& days);

// Terms as $1, $2, $3.
postgres::Params ParamsOf(const std::vector<TermKey>& terms);

// Whether the term `t` has a day, which must lie in it, as a school day.
#define TONGHU_SCHOOL_DAY(t, day) "(substr(" t ".days, " day " - " t ".first_day + 1, 1) = '1')"

}  // namespace tonghu::alerts
