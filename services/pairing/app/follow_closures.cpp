#include "services/pairing/app/follow_closures.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "libs/clock/clock.h"
#include "libs/status/macros.h"
#include "services/pairing/app/duty_unit_of_work.h"
#include "services/pairing/events/publish.h"

namespace tonghu::pairing {
namespace {

// What closures say of the duties of a transaction. Many duties share a school and a window.
class Excuses {
 public:
  // Loads what the duties need.
  static absl::StatusOr<Excuses> For(journal::ShardTransaction& transaction,
                                     absl::Span<const FollowingDuty> duties) {
    std::set<std::string> counties;
    std::set<postgres::Key> schools;
    absl::Time since = transaction.now();
    for (const FollowingDuty& one : duties) {
      counties.insert(one.county);
      schools.emplace(one.county, SchoolOf(one, transaction.now()).school_id);
      since = std::min(since, one.one.duty.window_start);
    }
    const std::vector<std::string> in(counties.begin(), counties.end());
    const std::vector<postgres::Key> of(schools.begin(), schools.end());
    Excuses excuses(transaction.now());
    ASSIGN_OR_RETURN(excuses.closures_, LoadClosures(transaction.db(), in, clock::DayOf(since)));
    ASSIGN_OR_RETURN(excuses.calendars_, LoadCalendarsOf(transaction.db(), of, clock::DayOf(since)));
    return excuses;
  }

  const std::optional<std::string>& Of(const FollowingDuty& one) {
    const Place& school = SchoolOf(one, now_);
    const Duty& duty = one.one.duty;
    const auto [known, fresh] = known_.try_emplace(
        std::tuple(one.county, school.school_id, school.township_code, duty.window_start, duty.window_end));
    if (!fresh) return known->second;
    const auto calendar = calendars_.find({one.county, school.school_id});
    if (calendar == calendars_.end()) return known->second;
    return known->second = ExcuseOf({duty.window_start, duty.window_end}, calendar->second,
                                    ClosuresOf(closures_[one.county], school));
  }

 private:
  explicit Excuses(absl::Time now) : now_(now) {}

  // A child that moves takes along what it owes, but a window that was over when it was excused stays with
  // the school of then.
  static const Place& SchoolOf(const FollowingDuty& one, absl::Time now) {
    return one.one.by_closure && one.one.duty.window_end <= now ? one.place : one.now_at;
  }

  absl::Time now_;
  std::map<std::string, std::vector<Closure>> closures_;
  std::map<postgres::Key, calendar::SchoolCalendar> calendars_;
  std::map<std::tuple<std::string, std::string, std::string, absl::Time, absl::Time>,
           std::optional<std::string>>
      known_;
};

// Says that a duty is owed again. The event counts where the excuse counted; the duty is owed where the child
// is now.
void OweAgain(journal::ShardTransaction& transaction, const ClosureDuty& before, const JudgedTo& mark,
              FollowingDuty& one) {
  Duty& duty = one.one.duty;
  PublishDutyChanged(transaction, one.county, DutyBefore(before.duty), duty, one.place);
  one.place = one.now_at;
  if (std::tie(duty.due_time, duty.duty_id) > std::tie(mark.due_time, mark.duty_id)) return;
  // The mark stands at this very instant, or a clock was put back: nobody would look at the duty again.
  duty.state = DutyState::kMissed;
  duty.missed = true;
  PublishDutyMissed(transaction, one.county, duty, one.place);
}

// Takes the turn of one duty and says what changed. Gives whether anything is to be stored.
bool Turn(journal::ShardTransaction& transaction, Excuses& excuses, const JudgedTo& mark, FollowingDuty& one,
          Followed& followed) {
  const ClosureDuty before = one.one;
  const ClosureTurn turn = FollowClosures(one.one, excuses.Of(one), transaction.now());
  if (turn == ClosureTurn::kExcused) {
    PublishDutyExcused(transaction, one.county, one.one.duty, one.place,
                       before.duty.state == DutyState::kMissed);
    ++followed.excused;
  }
  if (turn == ClosureTurn::kOwedAgain) {
    OweAgain(transaction, before, mark, one);
    ++followed.owed_again;
  }
  return turn != ClosureTurn::kNone || before.by_closure != one.one.by_closure ||
         before.excuse != one.one.excuse;
}

// The days of the windows that are planned now.
DayRange PlannedDays(absl::Time now) { return {clock::DayOf(now), clock::DayOf(now + kHorizon)}; }

}  // namespace

Followed& Followed::operator+=(const Followed& other) {
  excused += other.excused;
  owed_again += other.owed_again;
  return *this;
}

absl::StatusOr<Followed> FollowClosures(journal::ShardTransaction& transaction,
                                        absl::Span<const postgres::Key> children, DayRange days) {
  Followed followed;
  if (children.empty()) return followed;
  ASSIGN_OR_RETURN(auto duties, LoadFollowing(transaction.db(), children, days));
  if (duties.empty()) return followed;
  ASSIGN_OR_RETURN(auto excuses, Excuses::For(transaction, duties));
  ASSIGN_OR_RETURN(const auto mark, LoadJudged(transaction.db(), transaction.shard()));
  std::vector<FollowingDuty> changed;
  std::set<postgres::Key> owing;
  absl::Time since = absl::InfiniteFuture();
  for (FollowingDuty& one : duties) {
    const int owed_before = followed.owed_again;
    if (!Turn(transaction, excuses, mark, one, followed)) continue;
    if (followed.owed_again > owed_before) {
      owing.emplace(one.county, one.one.duty.child_id);
      since = std::min(since, one.one.duty.window_start);
    }
    changed.push_back(std::move(one));
  }
  RETURN_IF_ERROR(StoreFollowing(transaction.db(), changed));
  // A contact that found nothing to make up for while the duty was excused makes up for it now.
  const std::vector<postgres::Key> unsettled(owing.begin(), owing.end());
  RETURN_IF_ERROR(SettleBegun(transaction, unsettled, since));
  return followed;
}

absl::Status FollowPlanned(journal::ShardTransaction& transaction, absl::Span<const PairingToPlan> pairings) {
  std::set<postgres::Key> children;
  std::set<std::string> counties;
  for (const PairingToPlan& pairing : pairings) {
    children.emplace(pairing.county, pairing.child_id);
    counties.insert(pairing.county);
  }
  const DayRange days = PlannedDays(transaction.now());
  const std::vector<std::string> in(counties.begin(), counties.end());
  // A window of today may have begun as long ago as the longest one.
  ASSIGN_OR_RETURN(const auto closures, LoadClosures(transaction.db(), in, days.first - kLongestWindowDays));
  if (closures.empty()) return absl::OkStatus();
  const std::vector<postgres::Key> of(children.begin(), children.end());
  return FollowClosures(transaction, of, days).status();
}

absl::StatusOr<Followed> FollowSome(journal::ShardTransaction& transaction, Closing closing, int& most,
                                    bool& working) {
  ASSIGN_OR_RETURN(auto ids, LoadChildrenOf(transaction.db(), closing, most));
  std::vector<postgres::Key> children;
  for (std::string& id : ids) children.emplace_back(closing.county, std::move(id));
  ASSIGN_OR_RETURN(const auto followed, FollowClosures(transaction, children, closing.days));
  working = static_cast<int>(children.size()) == most;
  most -= static_cast<int>(children.size());
  if (!children.empty()) closing.after = children.back().second;
  RETURN_IF_ERROR(working ? PutClosing(transaction.db(), transaction.shard(), closing, transaction.now())
                          : EndClosing(transaction.db(), closing));
  return followed;
}

void PublishExcuseTakenBack(journal::ShardTransaction& transaction, absl::Span<const PlacedDuty> duties) {
  for (const PlacedDuty& one : duties) {
    Duty owed = one.duty;
    owed.state = DutyState::kOpen;
    PublishDutyChanged(transaction, one.county, DutyBefore(one.duty), owed, one.place);
  }
}

}  // namespace tonghu::pairing
