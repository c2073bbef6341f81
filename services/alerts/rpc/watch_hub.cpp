#include "services/alerts/rpc/watch_hub.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "libs/clock/timestamp.h"
#include "libs/ids/names.h"
#include "libs/ids/shard.h"
#include "libs/journal/event_run.h"
#include "libs/journal/time.h"
#include "libs/log/log.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/mask.h"
#include "libs/status/macros.h"
#include "services/alerts/postgres/alert_rows.h"
#include "services/alerts/postgres/notification_rows.h"
#include "services/alerts/rpc/detailed.h"
#include "tonghu/alerts/events/v1/alerts_events.pb.h"

namespace tonghu::alerts {
namespace {

constexpr absl::Duration kPoll = absl::Milliseconds(150);  // how soon commits of other replicas are seen
constexpr absl::Duration kIdle = absl::Seconds(1);         // while nobody watches
constexpr int kMostEvents = 500;                           // events read in a look
constexpr size_t kMostWatchers = 10'000;

grpc::Status TooMany() {
  return rpc::ToGrpc(
      refusal::Make({absl::StatusCode::kResourceExhausted, "TOO_MANY_WATCHERS", "",
                     "too many watch already; try another replica", "订阅人数过多，请稍后重试"}));
}

// A change of an alert, from an event of this service.
struct Change {
  Key alert;
  v1::AlertAction action;
};

// The id of the alert that an event of this service is about.
template <class Event>
std::string AlertIdOf(std::string_view payload) {
  Event event;
  event.ParseFromArray(payload.data(), static_cast<int>(payload.size()));
  return event.alert_id();
}

// Events that say one action. An escalation may be two.
constexpr struct {
  std::string_view type;
  std::string (*alert_id)(std::string_view payload);
  v1::AlertAction action;
} kOneAction[] = {
    {"alert_raised", AlertIdOf<events::v1::AlertRaised>, v1::ALERT_ACTION_RAISED},
    {"alert_acknowledged", AlertIdOf<events::v1::AlertAcknowledged>, v1::ALERT_ACTION_ACKNOWLEDGED},
    {"alert_resolved", AlertIdOf<events::v1::AlertResolved>, v1::ALERT_ACTION_RESOLVED},
    {"alert_repeated", AlertIdOf<events::v1::AlertRepeated>, v1::ALERT_ACTION_REPEATED},
    {"alert_excused", AlertIdOf<events::v1::AlertExcused>, v1::ALERT_ACTION_EXCUSED},
    {"alert_noted", AlertIdOf<events::v1::AlertNoted>, v1::ALERT_ACTION_NOTED}};

Change ChangeOf(std::string_view type, std::string county, std::string_view payload) {
  for (const auto& one : kOneAction) {
    if (one.type == type) return {{std::move(county), one.alert_id(payload)}, one.action};
  }
  events::v1::AlertEscalated event;
  event.ParseFromArray(payload.data(), static_cast<int>(payload.size()));
  return {{std::move(county), event.alert_id()},
          event.staff_id().empty() ? v1::ALERT_ACTION_VACANT : v1::ALERT_ACTION_TOLD};
}

// An alert as it is told, and where it was raised.
struct Told {
  v1::Alert message;
  std::string child_id;
  Place place;
};

// The alerts of the changes as they are now, each once.
absl::StatusOr<ByKey<Told>> AlertsOf(postgres::Connection& db, const std::vector<Change>& changes) {
  std::vector<Key> keys;
  for (const Change& change : changes) keys.push_back(change.alert);
  ASSIGN_OR_RETURN(auto alerts, LoadAlerts(db, keys));
  ASSIGN_OR_RETURN(auto detailed, DetailedMessages(db, alerts));
  ByKey<Told> told;
  for (size_t i = 0; i < alerts.size(); ++i)
    told.try_emplace(alerts[i].key(), Told{std::move(detailed[i]), alerts[i].child_id, alerts[i].place});
  return told;
}

// The change as this watcher may see it: most see all of it, and share one message.
Watcher::Change Masked(const Watcher::Change& change, const rights::Scope& scope) {
  if (scope.ShowsAll()) return change;
  auto own = std::make_shared<v1::WatchAlertsResponse>(*change);
  rpc::Mask(scope, *own);
  return own;
}

}  // namespace

WatchHub::WatchHub(postgres::Pool& pool, const clock::Clock& clock, const Counters& counters, int shards)
    : pool_(pool), clock_(clock), counters_(counters), shards_(shards) {
  thread_ = std::thread([this] { Work(); });
}

WatchHub::~WatchHub() {
  waker_.Stop();
  thread_.join();
}

void WatchHub::Wake() { waker_.Wake(); }

void WatchHub::Close() {
  Watchers all;
  {
    absl::MutexLock lock(&mutex_);
    closed_ = true;
    all = watchers_;
    all.insert(all.end(), fresh_.begin(), fresh_.end());
  }
  for (const auto& watcher : all) watcher->End(rpc::ToGrpc(refusal::ServerStopping()));
}

grpc::ServerWriteReactor<v1::WatchAlertsResponse>* WatchHub::Watch(grpc::CallbackServerContext* context,
                                                                   std::shared_ptr<const rpc::Call> call,
                                                                   Watcher::Recorder record) {
  auto watcher = Watcher::Make(context, std::move(call), Listener(), std::move(record));
  Watcher* const reactor = watcher.get();
  std::shared_ptr<Watcher> taken;
  grpc::Status refused = TooMany();
  {
    absl::MutexLock lock(&mutex_);
    if (closed_) {
      refused = rpc::ToGrpc(refusal::ServerStopping());
    } else if (fresh_.size() + watchers_.size() < kMostWatchers) {
      fresh_.push_back(std::exchange(watcher, nullptr));
      taken = fresh_.back();
    }
  }
  if (taken != nullptr) taken->RecordBeginning([this] { waker_.Wake(); });
  // A watcher that was not moved was not taken on.
  if (watcher != nullptr) watcher->End(refused);
  return reactor;
}

grpc::ServerWriteReactor<v1::WatchAlertsResponse>* WatchHub::Refuse(const grpc::Status& status) {
  // A call that is not admitted needs a reactor all the same, which ends by itself.
  auto watcher =
      Watcher::Make(nullptr, nullptr, {[](const v1::WatchAlertsResponse&) {}, [](Watcher*) {}}, nullptr);
  watcher->End(status);
  return watcher.get();
}

Watcher::Listener WatchHub::Listener() {
  return {.took = [this](const v1::WatchAlertsResponse& change) { Took(change); },
          .gone = [this](Watcher* watcher) { Forget(watcher); }};
}

void WatchHub::Took(const v1::WatchAlertsResponse& change) {
  const auto name = ids::ParseName(change.alert().name(), "alerts", "alert");
  if (!name.ok() || change.alert().entries().empty()) return;
  const absl::Time time = clock::ToTime(change.alert().entries().rbegin()->time());
  absl::MutexLock lock(&mutex_);
  absl::Time& taken = taken_.try_emplace(Key(name->county, name->id), time).first->second;
  // The newest state counts: whoever has seen the alert as of then has seen every message up to then.
  taken = std::max(taken, time);
  waker_.Wake();
}

absl::Status WatchHub::StoreTaken() {
  ByKey<absl::Time> taken;
  {
    absl::MutexLock lock(&mutex_);
    taken.swap(taken_);
  }
  // Should the noting fail, messages stay "not taken": less is told than was reached, never more.
  if (taken.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto connection, pool_.Acquire(absl::Seconds(2)));
  ASSIGN_OR_RETURN(auto now, journal::Now(*connection, clock_));
  auto told = TakeNotifications(*connection, std::vector<Seen>(taken.begin(), taken.end()), now);
  if (told.ok()) counters_.live_taken.Increment(static_cast<double>(*told));
  return told.status();
}

void WatchHub::Forget(Watcher* watcher) {
  const auto is = [watcher](const std::shared_ptr<Watcher>& other) { return other.get() == watcher; };
  absl::MutexLock lock(&mutex_);
  std::erase_if(fresh_, is);
  std::erase_if(watchers_, is);
}

bool WatchHub::Watched() {
  absl::MutexLock lock(&mutex_);
  return !watchers_.empty() || !fresh_.empty();
}

void WatchHub::Work() {
  do {
    Look();
    if (absl::Status stored = StoreTaken(); !stored.ok())
      spdlog::warn("what watchers took was not noted: {}", stored.ToString());
  } while (waker_.Wait(Watched() ? kPoll : kIdle));
}

void WatchHub::Look() {
  Watchers fresh, watchers;
  {
    absl::MutexLock lock(&mutex_);
    std::copy_if(fresh_.begin(), fresh_.end(), std::back_inserter(fresh),
                 [](const auto& watcher) { return watcher->recorded(); });
    watchers = watchers_;
  }
  for (const auto& watcher : watchers) {
    watcher->CancelIfStuck(clock::MonotonicNow());
    watcher->RecordShown(clock::MonotonicNow());
    watcher->Beat(clock::MonotonicNow());
  }
  // Forgetting the positions means that nothing is read again: whoever comes next begins at the journal's
  // end.
  if (fresh.empty() && watchers.empty()) return positions_.clear();
  const absl::Status looked = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(auto connection, pool_.Acquire(absl::Seconds(2)));
    RETURN_IF_ERROR(Admit(*connection, fresh));
    watchers.insert(watchers.end(), fresh.begin(), fresh.end());
    // A page of a shard's journal is read once for all who watch its counties.
    std::map<int, Watchers> by_shard;
    for (auto& watcher : watchers) by_shard[ids::ShardOf(watcher->county(), shards_)].push_back(watcher);
    // A shard that nobody watches any more is forgotten: whoever comes next begins at its head.
    std::erase_if(positions_, [&](const auto& position) { return !by_shard.contains(position.first); });
    for (const auto& [shard, some] : by_shard) {
      ASSIGN_OR_RETURN(auto more, LookAt(*connection, shard, some));
      // The rest is read in the next look, after the other shards.
      if (more) Wake();
    }
    return absl::OkStatus();
  }();
  if (looked.ok() == failing_) {
    failing_ = !looked.ok();
    if (failing_) spdlog::warn("watchers wait: {}", looked.ToString());
  }
}

absl::Status WatchHub::Admit(postgres::Connection& db, const Watchers& fresh) {
  if (fresh.empty()) return absl::OkStatus();
  for (const auto& watcher : fresh) {
    const int shard = ids::ShardOf(watcher->county(), shards_);
    if (positions_.contains(shard)) continue;
    // A watch begins at the journal's head: older changes are seen by ListAlerts.
    ASSIGN_OR_RETURN(auto head, journal::ReadHead(db, shard));
    positions_[shard] = head.seq;
  }
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& watcher : fresh) {
      if (std::erase(fresh_, watcher) > 0)
        watchers_.push_back(watcher);  // otherwise the watcher has left meanwhile
    }
  }
  // Only now may the caller begin: whatever is committed after the caller has heard of the beginning stands
  // behind the position.
  for (const auto& watcher : fresh) watcher->Begin();
  return absl::OkStatus();
}

// Reads a page of a shard's journal and offers its changes. Gives whether there is more to read.
absl::StatusOr<bool> WatchHub::LookAt(postgres::Connection& db, int shard, const Watchers& watchers) {
  int64_t& position = positions_[shard];
  ASSIGN_OR_RETURN(auto events, journal::ReadJournal(db, {"alerts", shard, position + 1, kMostEvents}));
  if (events.empty()) return false;
  absl::flat_hash_set<std::string> counties;
  for (const auto& watcher : watchers) counties.insert(watcher->county());
  std::vector<Change> changes;
  for (const journal::Event& event : events) {
    if (counties.contains(event.county)) changes.push_back(ChangeOf(event.type, event.county, event.payload));
  }
  ASSIGN_OR_RETURN(auto alerts, AlertsOf(db, changes));
  for (const Change& change : changes) {
    // The alert is sent as it is now, perhaps further on than the change. Watchers see each change, and never
    // an old state after a new one.
    const auto alert = alerts.find(change.alert);
    if (alert == alerts.end()) continue;
    auto message = std::make_shared<v1::WatchAlertsResponse>();
    *message->mutable_alert() = alert->second.message;
    message->set_action(change.action);
    for (const auto& watcher : watchers) {
      if (watcher->county() != change.alert.first) continue;
      if (watcher->scope().Covers(alert->second.place, alert->second.child_id))
        watcher->Offer(Masked(message, watcher->scope()), message->alert().child());
    }
  }
  const bool more = events.back().seq - position == kMostEvents;
  position = events.back().seq;
  return more;
}

}  // namespace tonghu::alerts
