#include "services/alerts/rpc/messages.h"

#include "absl/strings/str_cat.h"
#include "libs/clock/duration.h"
#include "libs/clock/timestamp.h"

namespace tonghu::alerts {
namespace {

// Sets a time field; an unset time stays unset.
template <class Message>
void SetTimeIfAny(absl::Time time, Message& message, google::protobuf::Timestamp* (Message::*field)()) {
  if (time != absl::InfinitePast()) clock::SetTime(time, (message.*field)());
}

}  // namespace

// The numbers of the domain's enumerations are those of the API (domain/alert.h), so a cast is enough here
// and below.
v1::AlertEntry MessageOf(const std::string& county, const Entry& entry) {
  v1::AlertEntry message;
  clock::SetTime(entry.time, message.mutable_time());
  message.set_action(static_cast<v1::AlertAction>(entry.action));
  message.set_level(static_cast<v1::Level>(entry.level));
  message.set_post(NameOf(county, "posts", entry.post_id));
  message.set_staff_member(NameOf(county, "staffMembers", entry.staff_id));
  message.set_staff_name(entry.staff_name);
  message.set_as_deputy(entry.as_deputy);
  message.set_step(entry.step);
  SetTimeIfAny(entry.next_step_time, message, &v1::AlertEntry::mutable_next_step_time);
  message.set_note(entry.note);
  return message;
}

v1::Alert MessageOf(const Alert& alert) {
  v1::Alert message;
  message.set_name(NameOf(alert.county, "alerts", alert.id));
  message.set_kind(static_cast<v1::AlertKind>(alert.kind));
  message.set_state(static_cast<v1::AlertState>(alert.state));
  message.set_child(NameOf(alert.county, "children", alert.child_id));
  message.set_school(NameOf(alert.county, "schools", alert.place.school_id));
  message.set_township_code(alert.place.township_code);
  message.set_duty(NameOf(alert.county, "duties", alert.duty_id));
  message.set_duty_kind(static_cast<tonghu::pairing::v1::DutyKind>(alert.duty_kind));
  message.set_level(static_cast<v1::Level>(alert.level));
  message.set_next_step(alert.next_step);
  SetTimeIfAny(alert.next_step_time, message, &v1::Alert::mutable_next_step_time);
  message.set_policy_version(alert.policy_version);
  SetTimeIfAny(alert.raise_time, message, &v1::Alert::mutable_raise_time);
  SetTimeIfAny(alert.acknowledge_time, message, &v1::Alert::mutable_acknowledge_time);
  message.set_acknowledged_by(NameOf(alert.county, "staffMembers", alert.acknowledged_by));
  SetTimeIfAny(alert.resolve_time, message, &v1::Alert::mutable_resolve_time);
  message.set_resolution(alert.resolution);
  message.set_occurrences(alert.occurrences);
  // CivilDay() (1970-01-01) stands for an alert that is about no day.
  if (alert.day != absl::CivilDay()) message.set_date(absl::FormatCivilTime(alert.day));
  if (alert.last_day != absl::CivilDay()) message.set_last_day(absl::FormatCivilTime(alert.last_day));
  for (const Entry& entry : alert.entries) *message.add_entries() = MessageOf(alert.county, entry);
  return message;
}

v1::Notification MessageOf(const Notification& notification) {
  v1::Notification message;
  message.set_id(notification.id);
  message.set_staff_member(NameOf(notification.county, "staffMembers", notification.staff_id));
  message.set_level(static_cast<v1::Level>(notification.level));
  message.set_state(static_cast<v1::NotificationState>(notification.state));
  message.set_attempts(notification.attempts);
  SetTimeIfAny(notification.send_time, message, &v1::Notification::mutable_send_time);
  message.set_last_error(notification.last_error);
  message.set_purpose(static_cast<v1::NotificationPurpose>(notification.purpose));
  message.set_channel(notification.channel);
  clock::SetTime(notification.make_time, message.mutable_create_time());
  return message;
}

v1::AbsentMorning MessageOf(const AbsenceRow& row) {
  v1::AbsentMorning message;
  message.set_date(absl::FormatCivilTime(row.day));
  message.set_with_leave(row.with_leave);
  clock::SetTime(row.report_time, message.mutable_report_time());
  message.set_school_closed(row.school_closed);
  return message;
}

v1::MarkedContact MessageOf(const ConcernRow& row) {
  v1::MarkedContact message;
  if (row.of_letter) {
    message.set_letter(NameOf(row.county, "whisperLetters", row.contact_id));
  } else {
    message.set_contact(NameOf(row.county, "contacts", row.contact_id));
  }
  message.set_withdrawn(row.withdrawn);
  message.set_helper(NameOf(row.county, "staffMembers", row.helper_id));
  clock::SetTime(row.happen_time, message.mutable_happen_time());
  for (int n = 1; n <= pairing::v1::Concern_MAX; ++n) {
    if ((row.concerns & (1 << n)) != 0) message.add_concerns(static_cast<pairing::v1::Concern>(n));
  }
  return message;
}

v1::Emergency MessageOf(const EmergencyRow& row) {
  v1::Emergency message;
  message.set_kind(static_cast<v1::EmergencyKind>(row.kind));
  message.set_description(row.description);
  message.set_reporter(NameOf(row.county, "staffMembers", row.reporter_id));
  clock::SetTime(row.happen_time, message.mutable_happen_time());
  return message;
}

v1::RecordedAbsence RecordedMessageOf(const AbsenceRow& row) {
  v1::RecordedAbsence message;
  message.set_child(NameOf(row.county, "children", row.child_id));
  message.set_school(NameOf(row.county, "schools", row.school_id));
  *message.mutable_morning() = MessageOf(row);
  message.set_alert(NameOf(row.county, "alerts", row.alert_id));
  return message;
}

v1::RecordedEmergency MessageOf(const ListedEmergency& row) {
  v1::RecordedEmergency message;
  message.set_alert(NameOf(row.reported.county, "alerts", row.reported.alert_id));
  message.set_child(NameOf(row.reported.county, "children", row.child_id));
  *message.mutable_emergency() = MessageOf(row.reported);
  message.set_state(static_cast<v1::AlertState>(row.state));
  return message;
}

v1::Delivery MessageOf(const Delivery& delivery) {
  v1::Delivery message;
  message.set_pending(delivery.pending);
  message.set_sent(delivery.sent);
  message.set_failed(delivery.failed);
  message.set_not_taken(delivery.not_taken);
  message.set_withdrawn(delivery.withdrawn);
  return message;
}

v1::EscalationPolicy MessageOf(const std::string& county, const Policy& policy) {
  v1::EscalationPolicy message;
  message.set_parent(absl::StrCat("counties/", county));
  message.set_kind(static_cast<v1::AlertKind>(policy.kind));
  message.set_version(policy.version);
  for (const Step& step : policy.steps) {
    v1::EscalationStep* out = message.add_steps();
    *out->mutable_delay() = clock::ToProto(step.delay);
    for (const Level level : step.levels) out->add_levels(static_cast<v1::Level>(level));
  }
  *message.mutable_resolve_within() = clock::ToProto(policy.resolve_within);
  *message.mutable_repeat_last() = clock::ToProto(policy.repeat_last);
  SetTimeIfAny(policy.put_time, message, &v1::EscalationPolicy::mutable_put_time);
  return message;
}

Policy PolicyOf(const v1::EscalationPolicy& message) {
  Policy policy{.kind = static_cast<Kind>(message.kind()), .version = message.version()};
  for (const v1::EscalationStep& step : message.steps()) {
    policy.steps.push_back({.delay = clock::ToDuration(step.delay())});
    for (const int level : step.levels()) policy.steps.back().levels.push_back(static_cast<Level>(level));
  }
  policy.resolve_within = clock::ToDuration(message.resolve_within());
  policy.repeat_last = clock::ToDuration(message.repeat_last());
  return policy;
}

}  // namespace tonghu::alerts
