#include "services/pairing/events/said.h"

#include "libs/clock/clock.h"
#include "tonghu/pairing/events/v1/pairing_events.pb.h"

namespace tonghu::pairing {
namespace {

namespace said = tonghu::pairing::events::v1;

void Fill(const Place& place, said::Place* message) {
  message->set_school_id(place.school_id);
  message->set_township_code(place.township_code);
  message->set_grade(place.grade);
  message->set_class_number(place.class_number);
}

int32_t EpochDay(absl::CivilDay day) { return static_cast<int32_t>(day - absl::CivilDay(1970, 1, 1)); }

}  // namespace

void SayContactLogged(journal::ShardTransaction& transaction, const ContactRow& contact,
                      const std::optional<Closing>& closing, const Duty* closed, const Place& place) {
  said::ContactLogged event;
  event.set_contact_id(contact.contact_id);
  event.set_child_id(contact.child_id);
  event.set_helper_id(contact.helper_id);
  event.set_kind(static_cast<int32_t>(contact.kind));
  event.set_happen_micros(absl::ToUnixMicros(contact.happen_time));
  event.set_report_micros(absl::ToUnixMicros(contact.report_time));
  Fill(place, event.mutable_place());
  if (closing.has_value() && closing->state == DutyState::kDone) {
    event.set_closed_duty_id(closed->duty_id);
    event.set_duty_week(EpochDay(WeekOf(closed->window_start)));
    event.set_reported_late(closing->reported_late);
  }
  transaction.Append("contact_logged", contact.county, contact.child_id, event.SerializeAsString());
  if (!closing.has_value() || closing->state != DutyState::kDoneLate) return;
  said::DutyDoneLate late;
  late.set_duty_id(closed->duty_id);
  late.set_child_id(contact.child_id);
  late.set_contact_id(contact.contact_id);
  late.set_duty_week(EpochDay(WeekOf(closed->window_start)));
  late.set_happened_in_time(closing->happened_in_time);
  Fill(place, late.mutable_place());
  transaction.Append("duty_done_late", contact.county, contact.child_id, late.SerializeAsString());
}

void SayDutyMissed(journal::ShardTransaction& transaction, const std::string& county, const Duty& duty,
                   const Place& place) {
  said::DutyMissed event;
  event.set_duty_id(duty.duty_id);
  event.set_child_id(duty.child_id);
  event.set_helper_id(duty.helper_id);
  event.set_kind(1);
  event.set_duty_week(EpochDay(WeekOf(duty.window_start)));
  event.set_due_micros(absl::ToUnixMicros(duty.due_time));
  Fill(place, event.mutable_place());
  transaction.Append("duty_missed", county, duty.child_id, event.SerializeAsString());
}

void SayDutyExcused(journal::ShardTransaction& transaction, const std::string& county, const Duty& duty,
                    const Place& place) {
  said::DutyExcused event;
  event.set_duty_id(duty.duty_id);
  event.set_child_id(duty.child_id);
  event.set_duty_week(EpochDay(WeekOf(duty.window_start)));
  Fill(place, event.mutable_place());
  transaction.Append("duty_excused", county, duty.child_id, event.SerializeAsString());
}

void SayCalendarPut(journal::ShardTransaction& transaction, const std::string& county,
                    const std::string& school_id, const calendar::SchoolCalendar& calendar) {
  said::CalendarPut event;
  event.set_school_id(school_id);
  for (const calendar::Week& week :
       calendar.SchoolWeeks(calendar.terms().front().first, calendar.terms().back().last)) {
    for (absl::CivilDay day : week.school_days) event.add_school_days(EpochDay(day));
  }
  transaction.Append("calendar_put", county, school_id, event.SerializeAsString());
}

void SayPairingStarted(journal::ShardTransaction& transaction, const PairingFact& fact) {
  said::PairingStarted event;
  event.set_pairing_id(fact.pairing_id);
  event.set_child_id(fact.child_id);
  event.set_helper_id(fact.helper_id);
  event.set_role(fact.role);
  Fill(fact.place, event.mutable_place());
  transaction.Append("pairing_started", fact.county, fact.child_id, event.SerializeAsString());
}

void SayPairingHandedOver(journal::ShardTransaction& transaction, const PairingFact& fact) {
  said::PairingHandedOver event;
  event.set_pairing_id(fact.pairing_id);
  event.set_child_id(fact.child_id);
  event.set_from_helper_id(fact.former_helper_id);
  event.set_to_helper_id(fact.helper_id);
  Fill(fact.place, event.mutable_place());
  transaction.Append("pairing_handed_over", fact.county, fact.child_id, event.SerializeAsString());
}

void SayPairingEnded(journal::ShardTransaction& transaction, const PairingFact& fact) {
  said::PairingEnded event;
  event.set_pairing_id(fact.pairing_id);
  event.set_child_id(fact.child_id);
  Fill(fact.place, event.mutable_place());
  transaction.Append("pairing_ended", fact.county, fact.child_id, event.SerializeAsString());
}

}  // namespace tonghu::pairing
