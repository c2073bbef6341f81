#include "services/pairing/app/duty_sweeps.h"

#include <algorithm>

#include "libs/status/macros.h"
#include "services/pairing/app/plan_duties.h"
#include "services/pairing/events/publish.h"
#include "services/pairing/postgres/duty_store.h"
#include "services/pairing/postgres/policy_store.h"

namespace tonghu::pairing {
namespace {

constexpr int kPlannedAtOnce = 2000;  // pairings a transaction; each makes up to five duties

// Plans the pairings whose time to be planned again has come. Gives how many.
absl::StatusOr<int> PlanDue(journal::ShardTransaction& transaction, int limit) {
  ASSIGN_OR_RETURN(auto pairings, LoadPairingsToPlan(transaction.db(), transaction.shard(), transaction.now(),
                                                     std::min(limit, kPlannedAtOnce)));
  RETURN_IF_ERROR(Plan(transaction, pairings).status());
  return static_cast<int>(pairings.size());
}

// Plans some pairings of a county whose policy was put. Gives how many, 1 when only the end was reached.
absl::StatusOr<int> PlanAnew(journal::ShardTransaction& transaction, int limit) {
  ASSIGN_OR_RETURN(const auto counties, LoadReplanning(transaction.db(), transaction.shard()));
  if (counties.empty()) return 0;
  const Replanning& replanning = counties.front();
  limit = std::min(limit, kPlannedAtOnce);
  ASSIGN_OR_RETURN(const auto pairings, LoadPairingsOfCounty(transaction.db(), replanning.county,
                                                             replanning.after, transaction.now(), limit));
  // A window that began while the county waited follows the new policy too.
  RETURN_IF_ERROR(Replan(transaction, pairings, replanning.since).status());
  const bool is_last = static_cast<int>(pairings.size()) < limit;
  RETURN_IF_ERROR(MoveReplanning(transaction.db(), replanning, is_last ? "" : pairings.back().pairing_id));
  return std::max<int>(pairings.size(), 1);
}

// Nothing is written to the duties: the mark in `judged` says that they were missed.
absl::StatusOr<int> Judge(journal::ShardTransaction& transaction, int limit) {
  // Mark and events are one transaction: after a crash in between the stretch is judged again, and no duty
  // twice (I4).
  ASSIGN_OR_RETURN(auto judged, JudgeDuties(transaction.db(), transaction.shard(), transaction.now(), limit));
  for (const PlacedDuty& one : judged.missed) PublishDutyMissed(transaction, one.county, one.duty, one.place);
  return judged.count;
}

}  // namespace

journal::Sweep MakeDuties() {
  return {.name = "making duties", .next_sql = kNextPairingToPlan, .fire = PlanDue, .bulk = true};
}
journal::Sweep ReplanCounties() {
  return {.name = "planning counties anew", .next_sql = kNextReplanning, .fire = PlanAnew, .bulk = true};
}
journal::Sweep JudgeDueDuties() { return {"judging duties", kNextDuty, Judge}; }

}  // namespace tonghu::pairing
