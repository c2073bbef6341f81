#include "services/alerts/app/await_attendance.h"

#include "absl/strings/str_cat.h"
#include "libs/ids/ids.h"
#include "services/alerts/app/ledger.h"
#include "services/alerts/app/people.h"
#include "services/alerts/domain/lifecycle.h"

namespace tonghu::alerts {

absl::Status AwaitAttendance(journal::ShardTransaction& transaction,
                             const std::vector<AwaitedDays>& schools) {
  if (schools.empty()) return absl::OkStatus();
  return ReplaceAwaited(transaction.db(), transaction.shard(), schools);
}

absl::StatusOr<int> MissAttendance(journal::ShardTransaction& transaction, const Office& office, int limit) {
  auto missing = TakeMissing(transaction.db(), transaction.shard(), transaction.now(), limit);
  if (!missing.ok()) return missing.status();
  KeyColumns keys;
  for (const Morning& morning : *missing) keys.Add(morning.county, morning.school_id);
  auto schools = LoadSchools(transaction.db(), keys);
  if (!schools.ok()) return schools.status();
  PeopleNeeded needed;
  for (const auto& [key, place] : *schools) needed.Add(key.first, place, "");
  for (const Morning& morning : *missing) needed.Add(morning.county, {.school_id = morning.school_id}, "");
  auto people = needed.Load(transaction.db());
  if (!people.ok()) return people.status();
  Ledger ledger(transaction, office);
  for (const Morning& morning : *missing) {
    // A school not heard of yet has no township here: the alert passes on to the county.
    const auto known = schools->find(Key(morning.county, morning.school_id));
    Alert& alert = ledger.Add(
        {.county = morning.county,
         .id = AttendanceAlertId(morning.county, morning.school_id, morning.day),
         .kind = Kind::kAttendanceNotSent,
         .day = morning.day,
         .place = known == schools->end() ? Place{.school_id = morning.school_id} : known->second});
    Raise(alert, people->policies.InForce(alert.county, alert.kind), people->In(alert.county),
          transaction.now());
  }
  if (absl::Status saved = ledger.Save(); !saved.ok()) return saved;
  return static_cast<int>(missing->size());
}

std::string AttendanceAlertId(const std::string& county, const std::string& school_id, absl::CivilDay day) {
  return ids::Derived(
      absl::StrCat("attendance_not_sent/", county, "/", school_id, "/", absl::FormatCivilTime(day)));
}

}  // namespace tonghu::alerts
