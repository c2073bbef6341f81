#include "libs/status/macros.h"
#include "services/alerts/app/alert_unit_of_work.h"
#include "services/alerts/app/attendance.h"
#include "services/alerts/postgres/attendance_rows.h"

namespace tonghu::alerts {

absl::StatusOr<int> MissAttendance(journal::ShardTransaction& transaction, const Context& context,
                                   int limit) {
  ASSIGN_OR_RETURN(auto missing,
                   LoadMissing(transaction.db(), transaction.shard(), transaction.now(), limit));
  std::vector<Key> keys;
  for (const Morning& morning : missing) keys.emplace_back(morning.county, morning.school_id);
  ASSIGN_OR_RETURN(auto schools, directory::LoadSchools(transaction.db(), keys));
  PeopleNeeded needed;
  for (const auto& [key, place] : schools) needed.Add(key.first, place, "");
  // A school that is not known here may have posts all the same, which its id finds.
  for (const Morning& morning : missing) needed.Add(morning.county, {.school_id = morning.school_id}, "");
  ASSIGN_OR_RETURN(auto people, needed.Load(transaction.db()));
  AlertUnitOfWork ledger(transaction, context);
  for (Morning& morning : missing) {
    // A school that is not known yet has no township here: that step finds nobody, and the alert passes on to
    // the county.
    const auto known = schools.find(Key(morning.county, morning.school_id));
    morning.alert_id =
        ledger
            .Raise({.county = morning.county,
                    .id = context.ids.Next(transaction.now()),
                    .kind = Kind::kAttendanceNotSent,
                    .day = morning.day,
                    .place = known == schools.end() ? Place{.school_id = morning.school_id} : known->second},
                   people)
            .id;
  }
  // Mornings and alerts are stored together, so that a sweep that is interrupted raises each alert once.
  RETURN_IF_ERROR(StoreMissing(transaction.db(), missing));
  RETURN_IF_ERROR(ledger.Save());
  return static_cast<int>(missing.size());
}

}  // namespace tonghu::alerts
