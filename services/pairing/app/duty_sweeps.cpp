#include "services/pairing/app/duty_sweeps.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "services/pairing/events/said.h"
#include "services/pairing/postgres/duty_store.h"

namespace tonghu::pairing {
namespace {

constexpr int kPlannedAtOnce = 2000;  // pairings a transaction; each makes up to five duties

// A few schools share a calendar's text; each is parsed once a batch.
class Calendars {
 public:
  // Errors: INTERNAL when a stored calendar can't be read.
  absl::StatusOr<const calendar::SchoolCalendar*> Of(const std::string& text) {
    auto found = parsed_.find(text);
    if (found == parsed_.end()) {
      auto calendar = calendar::SchoolCalendar::Parse(text);
      if (!calendar.ok())
        return absl::InternalError(
            absl::StrCat("a stored calendar can't be read: ", calendar.status().message()));
      found = parsed_.emplace(text, std::move(*calendar)).first;
    }
    return &found->second;
  }

 private:
  std::map<std::string, calendar::SchoolCalendar> parsed_;
};

absl::StatusOr<int> Plan(journal::ShardTransaction& transaction, int limit) {
  auto pairings = LoadPairingsToPlan(transaction.db(), transaction.shard(), transaction.now(),
                                     std::min(limit, kPlannedAtOnce));
  if (!pairings.ok()) return pairings.status();
  Calendars calendars;
  std::vector<DutyRow> duties;
  std::vector<PlannedPairing> planned;
  for (const PairingToPlan& pairing : *pairings) {
    // Without a calendar nothing is owed until there is one.
    planned.push_back({pairing.county, pairing.pairing_id, absl::InfiniteFuture()});
    if (pairing.calendar.empty()) continue;
    auto calendar = calendars.Of(pairing.calendar);
    if (!calendar.ok()) return calendar.status();
    Planned plan = PlanDuties(**calendar, pairing.start_time, transaction.now(), pairing.policy);
    planned.back().make_time = plan.make_time;
    for (DutyPlan& duty : plan.duties) {
      duties.push_back({pairing.county, DutyId(pairing.county, pairing.pairing_id, duty.monday),
                        pairing.pairing_id, pairing.child_id, pairing.helper_id, duty});
    }
  }
  if (absl::Status inserted = InsertDuties(transaction.db(), transaction.shard(), duties); !inserted.ok())
    return inserted;
  if (absl::Status set = SetMakeTimes(transaction.db(), planned); !set.ok()) return set;
  return static_cast<int>(planned.size());
}

absl::StatusOr<int> Judge(journal::ShardTransaction& transaction, int limit) {
  auto judged = JudgeDuties(transaction.db(), transaction.shard(), transaction.now(), limit);
  if (!judged.ok()) return judged.status();
  for (const PlacedDuty& one : judged->missed) SayDutyMissed(transaction, one.county, one.duty, one.place);
  return judged->count;
}

}  // namespace

journal::Sweep MakeDuties() { return {"making duties", kPairingsToPlanDue, Plan}; }
journal::Sweep JudgeDueDuties() { return {"judging duties", kDutiesDue, Judge}; }

}  // namespace tonghu::pairing
