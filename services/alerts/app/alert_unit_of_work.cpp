#include "services/alerts/app/alert_unit_of_work.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/log/log.h"
#include "libs/status/macros.h"
#include "services/alerts/domain/lifecycle.h"
#include "services/alerts/events/publish.h"
#include "services/alerts/postgres/notification_rows.h"

namespace tonghu::alerts {
namespace {

// Whether nobody at all could be told, up to the last step.
bool ToldNobody(absl::Span<const Entry> entries) {
  const auto is = [](Action action) {
    return [action](const Entry& entry) { return entry.action == action; };
  };
  return std::any_of(entries.begin(), entries.end(), is(Action::kVacant)) &&
         std::none_of(entries.begin(), entries.end(), is(Action::kTold));
}

// The message to the person whom an entry tells. Its id follows from the alert, its generation and the
// entry's number: a transaction that is repeated writes the same ids.
Notification To(const Alert& alert, const Entry& entry, int number) {
  return {.county = alert.county,
          .id = absl::StrCat(alert.id, "-", alert.generation + 1, "-", number),
          .alert_id = alert.id,
          .kind = alert.kind,
          .staff_id = entry.staff_id,
          .level = entry.level,
          .make_time = entry.time};
}

}  // namespace

absl::Status AlertUnitOfWork::Load(const std::vector<Key>& keys) {
  if (keys.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto alerts, LoadAlerts(transaction_.db(), keys));
  for (Alert& alert : alerts) Take(std::move(alert));
  return absl::OkStatus();
}

Alert& AlertUnitOfWork::Take(Alert alert) {
  // An alert that was read without entries has none here; entries added to it are the new ones all the same.
  const size_t stored = alert.entries.size();
  return Hold(std::move(alert), stored, false);
}

Alert& AlertUnitOfWork::Raise(Alert alert, const People& people) {
  Alert& held = Hold(std::move(alert), 0, true);
  alerts::Raise(held, people.policies.InForce(held.county, held.kind), people.In(held.county),
                transaction_.now());
  return held;
}

Alert& AlertUnitOfWork::Hold(Alert alert, size_t stored_entries, bool added) {
  const auto [place, fresh] = by_key_.try_emplace(alert.key(), nullptr);
  if (fresh) {
    // A deque keeps its elements in place, so that by_key_ and callers may point to them.
    held_.push_back({std::move(alert), stored_entries, added});
    place->second = &held_.back();
  }
  return place->second->alert;
}

Alert* AlertUnitOfWork::Find(const Key& key) {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &found->second->alert;
}

absl::Status AlertUnitOfWork::Save() {
  std::vector<AlertRow> added, changed;
  for (const Held& held : held_) {
    // An alert without new entries was only looked at.
    if (held.alert.entries.size() > held.stored_entries)
      (held.added ? added : changed).push_back({&held.alert, held.stored_entries});
  }
  RETURN_IF_ERROR(Store(added, changed));
  // An alert that was stored before is not among `added` any more: its people have been told.
  changed.insert(changed.end(), added.begin(), added.end());
  return Tell(changed);
}

// Stores alerts. Leaves in `added` those that were not there before.
absl::Status AlertUnitOfWork::Store(std::vector<AlertRow>& added, const std::vector<AlertRow>& changed) {
  if (!changed.empty()) {
    RETURN_IF_ERROR(UpdateAlerts(transaction_.db(), changed));
  }
  if (added.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(InsertFresh(transaction_.db(), transaction_.shard(), added));
  // Only alerts that were not there before are counted.
  for (const AlertRow& row : added)
    context_.counters.raised[static_cast<size_t>(row.alert->kind)]->Increment();
  return absl::OkStatus();
}

absl::Status AlertUnitOfWork::Tell(const std::vector<AlertRow>& rows) {
  const auto news = [](const AlertRow& row) {
    return absl::MakeConstSpan(row.alert->entries).subspan(row.stored_entries);
  };
  std::vector<Notification> notifications;
  size_t longest = 0;
  for (const AlertRow& row : rows) {
    const auto entries = news(row);
    longest = std::max(longest, entries.size());
    int number = 0;
    for (const Entry& entry : entries) {
      if (entry.action == Action::kTold) notifications.push_back(To(*row.alert, entry, ++number));
    }
    if (ToldNobody(entries)) {
      context_.counters.nobody_to_tell.Increment();
      spdlog::warn("counties/{}/alerts/{}: every post up to the province is vacant; it is tried again at {}",
                   row.alert->county, row.alert->id,
                   absl::FormatTime(row.alert->next_step_time, absl::UTCTimeZone()));
    }
  }
  // First the first entry of every alert, then the second ones: events of one type that follow each other
  // travel in one run.
  for (size_t n = 0; n < longest; ++n) {
    for (const AlertRow& row : rows) {
      if (n < news(row).size()) PublishEntry(transaction_, *row.alert, news(row)[n]);
    }
  }
  if (context_.channel == Channel::kLive)
    context_.counters.live_written.Increment(static_cast<double>(notifications.size()));
  // Messages commit with the alert: whoever was told, as the alert says, has a message in the outbox.
  absl::Status told = InsertNotifications(transaction_.db(), context_.channel, notifications);
  return told.ok() ? FollowAnswers(rows) : told;
}

// Brings the notifications in line with the answers: messages about a settled alert are not sent any more,
// and those sent are followed by the end. An alert that somebody has acknowledged need not be told to others,
// unless it is an emergency.
absl::Status AlertUnitOfWork::FollowAnswers(const std::vector<AlertRow>& rows) {
  std::vector<Key> taken_up;
  std::vector<Resolved> resolved;
  for (const AlertRow& row : rows) {
    const Alert& alert = *row.alert;
    if (alert.state == State::kResolved) {
      // The generation that the alert has once it is stored.
      resolved.push_back({alert.key(), alert.generation + 1, alert.resolve_time});
    } else if (alert.state == State::kAcknowledged && alert.kind != Kind::kEmergency) {
      taken_up.push_back(alert.key());
    }
  }
  absl::Status withdrawn = WithdrawNotifications(transaction_.db(), taken_up);
  return withdrawn.ok() ? EndNotifications(transaction_.db(), context_.channel, resolved) : withdrawn;
}

}  // namespace tonghu::alerts
