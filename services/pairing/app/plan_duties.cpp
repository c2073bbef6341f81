#include "services/pairing/app/plan_duties.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/status/macros.h"
#include "services/pairing/app/duty_unit_of_work.h"
#include "services/pairing/app/follow_closures.h"
#include "services/pairing/postgres/calendar_store.h"
#include "services/pairing/postgres/policy_store.h"
#include "services/pairing/postgres/standing_store.h"

namespace tonghu::pairing {
namespace {

// The windows that children are owed, of a batch. Many children share a calendar's text, which is parsed
// once, and the policies that hold for them.
class SchoolWindows {
 public:
  // Both outlive the windows.
  SchoolWindows(const Policies& policies, absl::Time now) : policies_(policies), now_(now) {}

  // What is owed of a kind, and by which policy.
  struct OfKind {
    DutyKind kind;
    std::vector<DutyPolicy> versions;
    std::vector<OwedWindow> windows;  // of `versions`
  };
  // What follows from one calendar under the policies that hold for a child.
  struct OfChild {
    absl::Time again;           // PlanAgain
    std::vector<OfKind> kinds;  // those of which a window is owed
  };
  // Errors: INTERNAL when a stored calendar or standing can't be read.
  absl::StatusOr<const OfChild*> Of(const PairingToPlan& pairing) {
    Key key(pairing.county, pairing.calendar, PolicyScope(), "");
    // Only where policies are refined does it matter which child it is.
    if (policies_.Refines(pairing.county))
      key = {pairing.county,
             pairing.calendar,
             {pairing.place.school_id, pairing.care_level, pairing.guardianship},
             pairing.formerly};
    const auto [found, fresh] = known_.try_emplace(std::move(key));
    if (!fresh) return &found->second;
    ASSIGN_OR_RETURN(const auto calendar, ReadStored(pairing.calendar));
    ASSIGN_OR_RETURN(const auto standings,
                     ReadStandings(pairing.formerly, {.school_id = pairing.place.school_id,
                                                      .care_level = pairing.care_level,
                                                      .guardianship = pairing.guardianship}));
    bool before_festivals = false;
    for (const DutyRule& rule : DutyRules()) {
      OfKind owed{rule.kind, policies_.For(pairing.county, rule.kind, standings), {}};
      before_festivals |= OwesBeforeFestivals(owed.versions);
      owed.windows = OwedWindows(owed.versions, calendar, clock::DayOf(now_), clock::DayOf(now_ + kHorizon));
      if (!owed.windows.empty()) found->second.kinds.push_back(std::move(owed));
    }
    found->second.again = PlanAgain(calendar, before_festivals, now_);
    return &found->second;
  }

 private:
  // County, calendar, present standing, former standings.
  using Key = std::tuple<std::string, std::string, PolicyScope, std::string>;
  const Policies& policies_;
  const absl::Time now_;
  std::map<Key, OfChild> known_;
};

// The duty that a plan makes for a pairing.
PlacedDuty DutyOf(const PairingToPlan& pairing, const DutyPlan& plan) {
  return {pairing.county,
          {.duty_id = DutyId(pairing.county, pairing.line_id, plan),
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

// Whether the role owes duties of any kind by any version, for any child of the county.
bool OwesAny(const Policies& policies, const std::string& county, PairingRole role) {
  const auto owes = [role](const DutyPolicy& one) { return one.cadence.times > 0 && IsOwedBy(one, role); };
  for (const DutyRule& rule : DutyRules()) {
    const Versions own = policies.Of(county, rule.kind);
    if (std::any_of(own.begin(), own.end(), owes)) return true;
    for (const PolicyScope& scope : policies.Refinements(county, rule.kind)) {
      const Versions refined = policies.OfScope(county, rule.kind, scope);
      if (std::any_of(refined.begin(), refined.end(), owes)) return true;
    }
  }
  return false;
}

// What was planned for some pairings, by id.
using Former = absl::flat_hash_map<std::string, const PlannedDuty*>;

// Those of the duties that are in `former`.
std::vector<PlacedDuty> Among(absl::Span<const PlacedDuty> duties, const Former& former) {
  std::vector<PlacedDuty> among;
  for (const PlacedDuty& one : duties) {
    if (former.contains(one.duty.duty_id)) among.push_back(one);
  }
  return among;
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
  ASSIGN_OR_RETURN(
      const auto policies,
      LoadPolicies(transaction.db(), std::vector<std::string>(counties.begin(), counties.end())));
  SchoolWindows windows(policies, transaction.now());
  Owed owed;
  for (const PairingToPlan& pairing : pairings) {
    // Without a calendar nothing is owed, and neither by a role that owes nothing. A calendar or policy that
    // is put plans the pairing again, so no time to look again is needed.
    owed.planned.push_back({pairing.county, pairing.pairing_id, absl::InfiniteFuture()});
    if (pairing.calendar.empty() || !OwesAny(policies, pairing.county, pairing.role)) continue;
    ASSIGN_OR_RETURN(const auto* owes, windows.Of(pairing));
    owed.planned.back().make_time = owes->again;
    for (const auto& of_kind : owes->kinds) {
      for (const DutyPlan& plan : PlanDuties(of_kind.kind, of_kind.windows, pairing.role, pairing.owed_from))
        owed.duties.push_back(DutyOf(pairing, plan));
    }
  }
  return owed;
}

// Makes the duties that are lacking, and sets when to plan again. Gives how many were made.
absl::StatusOr<int> Make(journal::ShardTransaction& transaction, const Owed& owed) {
  ASSIGN_OR_RETURN(auto made, InsertDuties(transaction.db(), transaction.shard(), owed.duties));
  // Set also where nothing is owed: the pairing would be due again at once.
  RETURN_IF_ERROR(SetMakeTimes(transaction.db(), owed.planned));
  // A contact that was made before its duty closes the duty at once.
  std::set<postgres::Key> begun;
  absl::Time since = transaction.now();
  for (const size_t i : made) {
    const auto& [county, duty, place] = owed.duties[i];
    if (duty.window_start > transaction.now()) continue;
    begun.emplace(county, duty.child_id);
    since = std::min(since, duty.window_start);
  }
  const std::vector<postgres::Key> children(begun.begin(), begun.end());
  RETURN_IF_ERROR(SettleBegun(transaction, children, since));
  return static_cast<int>(made.size());
}

}  // namespace

absl::StatusOr<Replanned> Plan(journal::ShardTransaction& transaction,
                               absl::Span<const PairingToPlan> pairings) {
  ASSIGN_OR_RETURN(auto owed, OwedBy(transaction, pairings));
  ASSIGN_OR_RETURN(auto made, Make(transaction, owed));
  RETURN_IF_ERROR(FollowPlanned(transaction, pairings));
  return Replanned{made, 0};
}

absl::StatusOr<Replanned> Replan(journal::ShardTransaction& transaction,
                                 absl::Span<const PairingToPlan> pairings, absl::Time since) {
  ASSIGN_OR_RETURN(auto owed, OwedBy(transaction, pairings));
  ASSIGN_OR_RETURN(auto planned, LoadPlanned(transaction.db(), pairings, since));
  ASSIGN_OR_RETURN(const auto closed, LoadExcusedOfLines(transaction.db(), pairings, since));
  for (const PlacedDuty& one : closed)
    planned.push_back({one.duty.duty_id, one.duty.window_start, one.duty.due_time, one.duty.row});
  // What stays as it was is neither deleted nor made again.
  Former former;
  for (const PlannedDuty& one : planned) former[one.duty_id] = &one;
  std::erase_if(owed.duties, [&](const PlacedDuty& one) {
    const auto found = former.find(one.duty.duty_id);
    if (found == former.end() || found->second->window_start != one.duty.window_start ||
        found->second->due_time != one.duty.due_time)
      return false;
    former.erase(found);
    return true;
  });
  std::erase_if(planned, [&](const PlannedDuty& one) { return !former.contains(one.duty_id); });
  PublishExcuseTakenBack(transaction, Among(closed, former));
  RETURN_IF_ERROR(DeleteDuties(transaction.db(), planned));
  ASSIGN_OR_RETURN(auto made, Make(transaction, owed));
  RETURN_IF_ERROR(FollowPlanned(transaction, pairings));
  return Replanned{made, static_cast<int>(planned.size())};
}

}  // namespace tonghu::pairing
