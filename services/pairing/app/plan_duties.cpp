#include "services/pairing/app/plan_duties.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/status/macros.h"
#include "services/pairing/app/duty_unit_of_work.h"

namespace tonghu::pairing {
namespace {

// The calendars of a batch. Many pairings share a calendar's text, which is parsed once.
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

// The duty that a plan makes for a pairing.
PlacedDuty DutyOf(const PairingToPlan& pairing, const DutyPlan& plan) {
  return {pairing.county,
          {.duty_id = DutyId(pairing.county, pairing.line_id, plan.kind, plan.window.start),
           .line_id = pairing.line_id,
           .pairing_id = pairing.pairing_id,
           .child_id = pairing.child_id,
           .helper_id = pairing.helper_id,
           .paired_from = CountsFrom(pairing.start_time),
           .kind = plan.kind,
           .window_start = plan.window.start,
           .window_end = plan.window.end,
           .due_time = plan.due_time},
          pairing.place};
}

// The duties that pairings owe, and when each pairing is to be planned again.
struct Owed {
  std::vector<PlacedDuty> duties;
  std::vector<PlannedPairing> planned;
};

// What the pairings owe by the calendars of their schools and the policies of their counties.
absl::StatusOr<Owed> OwedBy(journal::ShardTransaction& transaction,
                            absl::Span<const PairingToPlan> pairings) {
  std::set<std::string> counties;
  for (const PairingToPlan& pairing : pairings) counties.insert(pairing.county);
  ASSIGN_OR_RETURN(auto policies, LoadPolicies(transaction.db(),
                                               std::vector<std::string>(counties.begin(), counties.end())));
  Calendars calendars;
  Owed owed;
  for (const PairingToPlan& pairing : pairings) {
    // Without a calendar nothing is owed. PutCalendars plans the pairing again, so no time to look again is
    // needed.
    owed.planned.push_back({pairing.county, pairing.pairing_id, absl::InfiniteFuture()});
    if (pairing.calendar.empty()) continue;
    ASSIGN_OR_RETURN(auto calendar, calendars.Of(pairing.calendar));
    for (const DutyRule& rule : DutyRules()) {
      if (!IsOwedBy(rule, pairing.role)) continue;
      Planned plan = PlanDuties(rule.kind, *calendar, pairing.owed_from, transaction.now(),
                                policies.Of(pairing.county, rule.kind));
      // The kind that is due first decides.
      absl::Time& make_time = owed.planned.back().make_time;
      make_time = std::min(make_time, plan.make_time);
      for (const DutyPlan& one : plan.duties) owed.duties.push_back(DutyOf(pairing, one));
    }
  }
  return owed;
}

// Makes the duties that are lacking, and sets when to plan again. Gives how many were made.
absl::StatusOr<int> Make(journal::ShardTransaction& transaction, const Owed& owed) {
  ASSIGN_OR_RETURN(auto made, InsertDuties(transaction.db(), transaction.shard(), owed.duties));
  // Set also where nothing is owed: the pairing would be due again at once.
  RETURN_IF_ERROR(SetMakeTimes(transaction.db(), owed.planned));
  // A talk held this week before its duty was made closes the duty at once.
  std::set<postgres::Key> begun;
  for (const size_t i : made) {
    const auto& [county, duty, place] = owed.duties[i];
    if (duty.window_start <= transaction.now()) begun.emplace(county, duty.child_id);
  }
  const std::vector<postgres::Key> children(begun.begin(), begun.end());
  RETURN_IF_ERROR(SettleBegun(transaction, children));
  return static_cast<int>(made.size());
}

}  // namespace

absl::StatusOr<Replanned> Plan(journal::ShardTransaction& transaction,
                               absl::Span<const PairingToPlan> pairings) {
  ASSIGN_OR_RETURN(auto owed, OwedBy(transaction, pairings));
  ASSIGN_OR_RETURN(auto made, Make(transaction, owed));
  return Replanned{made, 0};
}

absl::StatusOr<Replanned> Replan(journal::ShardTransaction& transaction,
                                 absl::Span<const PairingToPlan> pairings) {
  ASSIGN_OR_RETURN(auto owed, OwedBy(transaction, pairings));
  // Duties that stay are known by their ids, so taking away comes first and loses none of them.
  ASSIGN_OR_RETURN(auto taken, TakeAwayLater(transaction.db(), pairings, owed.duties, transaction.now()));
  ASSIGN_OR_RETURN(auto made, Make(transaction, owed));
  return Replanned{made, taken};
}

}  // namespace tonghu::pairing
