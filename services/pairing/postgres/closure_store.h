// Closures, and the duties that follow them. Errors of all functions: the connection's.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/directory/places.h"
#include "libs/ids/names.h"
#include "libs/postgres/keys.h"
#include "services/pairing/domain/closure.h"
#include "services/pairing/postgres/calendar_store.h"
#include "services/pairing/postgres/duty_store.h"

namespace tonghu::pairing {

// A closure as it is stored.
struct ClosureRow {
  std::string county;
  Closure closure;
  absl::Time create_time;
  bool working = false;  // duties follow still; read only
};
absl::Status InsertClosure(postgres::Connection& db, const ClosureRow& row);
// Deletes a closure; gives it, or none.
absl::StatusOr<std::vector<ClosureRow>> TakeClosure(postgres::Connection& db, const std::string& county,
                                                    const std::string& closure_id);
// The closure, or none.
absl::StatusOr<std::vector<ClosureRow>> FindClosure(postgres::Connection& db, const std::string& county,
                                                    const std::string& closure_id);
// Whether the same days of the same division are closed already.
absl::StatusOr<bool> IsClosed(postgres::Connection& db, const std::string& county, const Closure& closure);
// Lists closures of a county, the latest announced first, from before the closure `before`; empty: from the
// first. `school_id`: only those that close the school; empty: all.
struct ClosureListing {
  std::string county, school_id, before;
  int limit = 0;
};
absl::StatusOr<std::vector<ClosureRow>> ListClosures(postgres::Connection& db, const ClosureListing& listing);
// The closures of counties that have a day on `since` or later, by county.
absl::StatusOr<std::map<std::string, std::vector<Closure>>> LoadClosures(
    postgres::Connection& db, absl::Span<const std::string> counties, absl::CivilDay since);

// The closures of one school that have a day on `since` or later.
absl::StatusOr<std::vector<Closure>> LoadClosuresOf(postgres::Connection& db, const ids::Name& school,
                                                    absl::CivilDay since);
// What closures (`sought.collection`) are about, by the ids in `sought.resources`.
absl::StatusOr<directory::ReadModelPlaces::Abouts> FindClosed(postgres::Connection& db,
                                                              const rpc::Sought& sought);

// A school of a division, with its calendar of one term; empty term: the school has none on the days.
struct SchoolTerm {
  std::string school_id, township_code, term, calendar;
};
// The schools of a division, each with its terms that have one of the days.
absl::StatusOr<std::vector<SchoolTerm>> LoadSchoolTerms(postgres::Connection& db, const std::string& county,
                                                        const Closed& what, DayRange days);
// The calendars of schools, each with all terms that end on `since` or later; schools without are left out.
absl::StatusOr<std::map<postgres::Key, calendar::SchoolCalendar>> LoadCalendarsOf(
    postgres::Connection& db, absl::Span<const postgres::Key> schools, absl::CivilDay since);

// A duty that follows closures, with where it counts and where its child is now.
struct FollowingDuty {
  std::string county;
  ClosureDuty one;
  Place place, now_at;
};
// The duties of these children of windows that have one of the days: those owed, missed or excused by
// closures.
absl::StatusOr<std::vector<FollowingDuty>> LoadFollowing(postgres::Connection& db,
                                                         absl::Span<const postgres::Key> children,
                                                         DayRange days);
// Stores what FollowClosures made of duties. One that is owed again moves to where its child is now.
absl::Status StoreFollowing(postgres::Connection& db, absl::Span<const FollowingDuty> duties);
// How far a shard's duties are judged, in the order of due times and ids.
struct JudgedTo {
  absl::Time due_time = absl::InfinitePast();
  std::string duty_id;
};
absl::StatusOr<JudgedTo> LoadJudged(postgres::Connection& db, int shard);
// The duties that closures excuse of windows that begin after `since`: of the lines of these pairings; of one
// pairing.
absl::StatusOr<std::vector<PlacedDuty>> LoadExcusedOfLines(postgres::Connection& db,
                                                           absl::Span<const PairingToPlan> pairings,
                                                           absl::Time since);
absl::StatusOr<std::vector<PlacedDuty>> LoadExcusedOfPairing(postgres::Connection& db,
                                                             const std::string& county,
                                                             const std::string& pairing_id, absl::Time since);

// A closure whose duties are to follow.
struct Closing {
  std::string county, closure_id;
  Closed what;
  DayRange days;
  std::string after = {};  // the last child that was looked at
};
// When the oldest closure of a shard whose duties do not all follow was announced (journal::Sweep::next_sql).
inline constexpr char kNextClosing[] = "SELECT since FROM closing WHERE shard = $1 ORDER BY since LIMIT 1";
// Notes where the work on a closure stands; `now` counts when it is new.
absl::Status PutClosing(postgres::Connection& db, int shard, const Closing& closing, absl::Time now);
absl::Status EndClosing(postgres::Connection& db, const Closing& closing);
// The oldest of a shard, or none.
absl::StatusOr<std::vector<Closing>> LoadClosing(postgres::Connection& db, int shard);
// The children behind `closing.after` who are in the division or have a duty that was excused there, by id.
absl::StatusOr<std::vector<std::string>> LoadChildrenOf(postgres::Connection& db, const Closing& closing,
                                                        int limit);

}  // namespace tonghu::pairing
