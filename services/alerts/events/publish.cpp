#include "services/alerts/events/publish.h"

#include <string>

#include "libs/journal/operator_notice.h"
#include "tonghu/alerts/events/v1/alerts_events.pb.h"

namespace tonghu::alerts {
namespace {

// An event with the fields that every event of an alert has.
template <class Event>
Event About(const Alert& alert) {
  Event event;
  event.set_alert_id(alert.id);
  event.set_kind(static_cast<int>(alert.kind));
  event.set_township_code(alert.place.township_code);
  event.set_school_id(alert.place.school_id);
  return event;
}

std::string Raised(const Alert& alert) {
  auto event = About<events::v1::AlertRaised>(alert);
  event.set_child_id(alert.child_id);
  event.set_duty_id(alert.duty_id);
  return event.SerializeAsString();
}

std::string Escalated(const Alert& alert, const Entry& entry) {
  auto event = About<events::v1::AlertEscalated>(alert);
  event.set_step(entry.step);
  event.set_level(static_cast<int>(entry.level));
  event.set_staff_id(entry.staff_id);
  return event.SerializeAsString();
}

// The event of an answer: acknowledged or resolved.
template <class Event>
std::string Answered(const Alert& alert, const Entry& entry) {
  auto event = About<Event>(alert);
  event.set_staff_id(entry.staff_id);
  // How long after the raising somebody answered: the time to acknowledge or to resolve.
  event.set_seconds(absl::ToInt64Seconds(entry.time - alert.raise_time));
  return event.SerializeAsString();
}

std::string Noted(const Alert& alert, const Entry& entry) {
  auto event = About<events::v1::AlertNoted>(alert);
  event.set_staff_id(entry.staff_id);
  return event.SerializeAsString();
}

template <class Event>
std::string Counted(const Alert& alert) {
  auto event = About<Event>(alert);
  event.set_occurrences(alert.occurrences);
  return event.SerializeAsString();
}

}  // namespace

void PublishEntry(journal::ShardTransaction& transaction, const Alert& alert, const Entry& entry) {
  static const std::string kOperators = journal::kOperatorKey;
  // The key by which consumers keep events in order: what the alert is about.
  const std::string& key = alert.kind == Kind::kOperator ? kOperators
                           : alert.child_id.empty()      ? alert.place.school_id
                                                         : alert.child_id;
  const auto say = [&](std::string_view type, std::string payload) {
    transaction.Append(type, alert.county, key, std::move(payload));
  };
  switch (entry.action) {
    case Action::kRaised:
      return say("alert_raised", Raised(alert));
    case Action::kTold:
    case Action::kVacant:
      return say("alert_escalated", Escalated(alert, entry));
    case Action::kAcknowledged:
      return say("alert_acknowledged", Answered<events::v1::AlertAcknowledged>(alert, entry));
    case Action::kResolved:
      return say("alert_resolved", Answered<events::v1::AlertResolved>(alert, entry));
    case Action::kRepeated:
      return say("alert_repeated", Counted<events::v1::AlertRepeated>(alert));
    case Action::kExcused:
      return say("alert_excused", Counted<events::v1::AlertExcused>(alert));
    case Action::kNoted:
      return say("alert_noted", Noted(alert, entry));
  }
}

}  // namespace tonghu::alerts
