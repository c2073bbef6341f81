#include "services/pairing/events/publish.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "libs/clock/clock.h"
#include "libs/clock/epoch_day.h"
#include "libs/journal/scratch.h"
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

using clock::EpochDay;

// Adds days that are apart by blanks.
void Fill(const std::string& days, google::protobuf::RepeatedField<int32_t>* message) {
  for (const absl::string_view day : absl::StrSplit(days, ' ', absl::SkipEmpty())) {
    int32_t number = 0;
    if (absl::SimpleAtoi(day, &number)) message->Add(number);
  }
}

}  // namespace

void PublishContactLogged(journal::ShardTransaction& transaction, const ContactRow& contact,
                          absl::Span<const Duty* const> closed, const Place& place) {
  // The place travels with every event, so that consumers count and tell without asking
  // (docs/ARCHITECTURE.md).
  auto& event = journal::Scratch<said::ContactLogged>();
  event.set_contact_id(contact.contact_id);
  event.set_helper_id(contact.helper_id);
  event.set_kind(static_cast<int32_t>(contact.kind));
  event.set_happen_micros(absl::ToUnixMicros(contact.happen_time));
  Fill(place, event.mutable_place());
  // Only a contact that does open duties, and nothing else, says so here. Every other change of a duty is an
  // event of its own.
  for (const Duty* duty : closed) {
    said::ClosedDuty& message = *event.add_closed_duties();
    message.set_duty_id(duty->duty_id);
    message.set_duty_kind(static_cast<int32_t>(duty->kind));
    message.set_duty_window_day(EpochDay(clock::DayOf(duty->window_start)));
    message.set_reported_late(duty->reported_late);
  }
  transaction.Append("contact_logged", contact.county, contact.child_id, event.SerializeAsString());
}

void PublishConcernRaised(journal::ShardTransaction& transaction, const ContactRow& contact,
                          const Place& place) {
  // The contact's words stay here: who hears of the concern reads them where rights are checked.
  auto& event = journal::Scratch<said::ConcernRaised>();
  event.set_contact_id(contact.contact_id);
  event.set_helper_id(contact.helper_id);
  for (const Concern concern : ConcernsOf(contact.concerns)) event.add_concerns(static_cast<int>(concern));
  event.set_happen_micros(absl::ToUnixMicros(contact.happen_time));
  Fill(place, event.mutable_place());
  transaction.Append("concern_raised", contact.county, contact.child_id, event.SerializeAsString());
}

void PublishContactChanged(journal::ShardTransaction& transaction, const ContactRow& contact,
                           const Place& place) {
  auto& event = journal::Scratch<said::ContactChanged>();
  event.set_contact_id(contact.contact_id);
  event.set_version(contact.version);
  event.set_withdrawn(contact.withdrawn);
  event.set_helper_id(contact.helper_id);
  event.set_report_micros(absl::ToUnixMicros(contact.report_time));
  event.set_happen_micros(absl::ToUnixMicros(contact.happen_time));
  for (const Concern concern : ConcernsOf(contact.concerns)) event.add_concerns(static_cast<int>(concern));
  Fill(place, event.mutable_place());
  transaction.Append("contact_changed", contact.county, contact.child_id, event.SerializeAsString());
}

void PublishDutyResettled(journal::ShardTransaction& transaction, const std::string& county,
                          const DutyBefore& before, const Duty& after, const Place& place) {
  // A missed duty has an alert: that it is missed, or is not any more, is an event of its own.
  if (after.state == DutyState::kMissed && before.state != DutyState::kMissed)
    return PublishDutyMissed(transaction, county, after, place, &before);
  PublishDutyClosed(transaction, county, before, after, place);
}

void PublishDutyClosed(journal::ShardTransaction& transaction, const std::string& county,
                       const DutyBefore& before, const Duty& after, const Place& place) {
  // A missed duty has an alert: that it was done late is an event of its own, which settles the alert.
  if (before.state != DutyState::kMissed)
    return PublishDutyChanged(transaction, county, before, after, place);
  auto& late = journal::Scratch<said::DutyDoneLate>();
  late.set_duty_id(after.duty_id);
  late.set_contact_id(after.contact_id);
  late.set_duty_kind(static_cast<int32_t>(after.kind));
  late.set_duty_window_day(EpochDay(clock::DayOf(after.window_start)));
  late.set_happened_in_time(!after.made_up);
  late.set_due_micros(absl::ToUnixMicros(after.due_time));
  late.set_missed_no_more(after.state == DutyState::kDone);
  late.set_reported_late(after.state == DutyState::kDone && after.reported_late);
  late.set_reopened(after.reopened);
  Fill(place, late.mutable_place());
  transaction.Append("duty_done_late", county, after.child_id, late.SerializeAsString());
}

void PublishDutyChanged(journal::ShardTransaction& transaction, const std::string& county,
                        const DutyBefore& before, const Duty& after, const Place& place) {
  auto& event = journal::Scratch<said::DutyChanged>();
  event.set_duty_id(after.duty_id);
  event.set_duty_kind(static_cast<int32_t>(after.kind));
  event.set_duty_window_day(EpochDay(clock::DayOf(after.window_start)));
  event.set_from_state(static_cast<int32_t>(before.state));
  event.set_to_state(static_cast<int32_t>(after.state));
  event.set_from_reported_late(before.reported_late);
  event.set_to_reported_late(after.reported_late);
  event.set_contact_id(after.contact_id);
  Fill(place, event.mutable_place());
  transaction.Append("duty_changed", county, after.child_id, event.SerializeAsString());
}

void PublishDutyMissed(journal::ShardTransaction& transaction, const std::string& county, const Duty& duty,
                       const Place& place, const DutyBefore* before) {
  auto& event = journal::Scratch<said::DutyMissed>();
  event.set_duty_id(duty.duty_id);
  event.set_helper_id(duty.helper_id);
  event.set_duty_kind(static_cast<int32_t>(duty.kind));
  event.set_duty_window_day(EpochDay(clock::DayOf(duty.window_start)));
  event.set_duty_window_last_day(EpochDay(clock::DayOf(duty.window_end) - 1));
  event.set_due_micros(absl::ToUnixMicros(duty.due_time));
  event.set_reopened(duty.reopened);
  if (before != nullptr) {
    event.set_from_state(static_cast<int32_t>(before->state));
    event.set_from_reported_late(before->reported_late);
  }
  Fill(place, event.mutable_place());
  transaction.Append("duty_missed", county, duty.child_id, event.SerializeAsString());
}

void PublishDutyExcused(journal::ShardTransaction& transaction, const std::string& county, const Duty& duty,
                        const Place& place, bool was_missed) {
  auto& event = journal::Scratch<said::DutyExcused>();
  event.set_duty_id(duty.duty_id);
  event.set_duty_kind(static_cast<int32_t>(duty.kind));
  event.set_duty_window_day(EpochDay(clock::DayOf(duty.window_start)));
  if (was_missed) {
    event.set_was_missed(true);
    event.set_due_micros(absl::ToUnixMicros(duty.due_time));
    event.set_reopened(duty.reopened);
  }
  Fill(place, event.mutable_place());
  transaction.Append("duty_excused", county, duty.child_id, event.SerializeAsString());
}

void PublishCalendarPut(journal::ShardTransaction& transaction, const std::string& county,
                        const std::string& school_id, const std::string& term,
                        const calendar::SchoolCalendar* calendar, absl::Span<const Closure> closures) {
  auto& event = journal::Scratch<said::CalendarPut>();
  event.set_school_id(school_id);
  event.set_term(term);
  // Without days the event says that the term is withdrawn.
  if (calendar != nullptr) {
    const calendar::Term& days = calendar->terms().front();
    event.set_first_day(EpochDay(days.first));
    event.set_last_day(EpochDay(days.last));
    for (const absl::CivilDay day : OpenDays(*calendar, days, closures)) event.add_school_days(EpochDay(day));
  }
  transaction.Append("calendar_put", county, school_id, event.SerializeAsString());
}

void PublishPairingStarted(journal::ShardTransaction& transaction, const PairingRow& pairing) {
  auto& event = journal::Scratch<said::PairingStarted>();
  event.set_pairing_id(pairing.pairing_id);
  event.set_helper_id(pairing.helper_id);
  event.set_role(static_cast<int32_t>(pairing.role));
  Fill(pairing.place, event.mutable_place());
  transaction.Append("pairing_started", pairing.county, pairing.child_id, event.SerializeAsString());
}

void PublishPairingHandedOver(journal::ShardTransaction& transaction, const PairingRow& pairing) {
  auto& event = journal::Scratch<said::PairingHandedOver>();
  event.set_pairing_id(pairing.pairing_id);
  event.set_from_helper_id(pairing.former_helper_id);
  event.set_to_helper_id(pairing.helper_id);
  Fill(pairing.place, event.mutable_place());
  transaction.Append("pairing_handed_over", pairing.county, pairing.child_id, event.SerializeAsString());
}

void PublishPairingEnded(journal::ShardTransaction& transaction, const PairingRow& pairing) {
  auto& event = journal::Scratch<said::PairingEnded>();
  event.set_pairing_id(pairing.pairing_id);
  Fill(pairing.place, event.mutable_place());
  transaction.Append("pairing_ended", pairing.county, pairing.child_id, event.SerializeAsString());
}

void PublishContactDoubted(journal::ShardTransaction& transaction, const DoubtRow& before,
                           const DoubtRow& now) {
  auto& event = journal::Scratch<said::ContactDoubted>();
  event.set_contact_id(now.contact_id);
  event.set_helper_id(now.helper_id);
  for (int reason = 1; reason <= kDoubtReasons; ++reason) {
    if ((now.known.reasons & ~now.known.dismissed & 1 << reason) != 0) event.add_reasons(reason);
  }
  event.set_report_micros(absl::ToUnixMicros(now.report_time));
  event.set_was_doubtful(before.known.Stands());
  Fill(now.done_days, event.mutable_duty_window_days());
  Fill(before.done_days, event.mutable_former_duty_window_days());
  Fill(now.place, event.mutable_place());
  transaction.Append("contact_doubted", now.county, now.child_id, event.SerializeAsString());
}

void PublishContactDoubtEnded(journal::ShardTransaction& transaction, const DoubtRow& before,
                              bool dismissed) {
  auto& event = journal::Scratch<said::ContactDoubtEnded>();
  event.set_contact_id(before.contact_id);
  event.set_helper_id(before.helper_id);
  event.set_report_micros(absl::ToUnixMicros(before.report_time));
  Fill(before.done_days, event.mutable_former_duty_window_days());
  event.set_dismissed(dismissed);
  Fill(before.place, event.mutable_place());
  transaction.Append("contact_doubt_ended", before.county, before.child_id, event.SerializeAsString());
}

void PublishChildUncovered(journal::ShardTransaction& transaction, const CoveredChild& child,
                           const Looked& looked) {
  auto& event = journal::Scratch<said::ChildUncovered>();
  absl::Time since = absl::InfiniteFuture();
  for (const auto& [gap, known] : looked.gaps) {
    if (!known.told) continue;
    since = std::min(since, known.since);
    if (gap == kNobodyLooksAfter) {
      event.set_not_looked_after(true);
    } else {
      event.add_unowed_kinds(gap);
    }
  }
  event.set_since_micros(absl::ToUnixMicros(since));
  event.set_grown(looked.grown);
  Fill(child.place, event.mutable_place());
  transaction.Append("child_uncovered", child.county, child.child_id, event.SerializeAsString());
}

void PublishChildCovered(journal::ShardTransaction& transaction, const CoveredChild& child) {
  auto& event = journal::Scratch<said::ChildCovered>();
  Fill(child.place, event.mutable_place());
  transaction.Append("child_covered", child.county, child.child_id, event.SerializeAsString());
}

void PublishTermMissing(journal::ShardTransaction& transaction, const SchoolTerms& school,
                        absl::CivilDay first_day) {
  auto& event = journal::Scratch<said::TermMissing>();
  event.set_first_day(EpochDay(first_day));
  Fill(school.place, event.mutable_place());
  transaction.Append("term_missing", school.county, school.place.school_id, event.SerializeAsString());
}

void PublishTermKnown(journal::ShardTransaction& transaction, const SchoolTerms& school) {
  auto& event = journal::Scratch<said::TermKnown>();
  Fill(school.place, event.mutable_place());
  transaction.Append("term_known", school.county, school.place.school_id, event.SerializeAsString());
}

}  // namespace tonghu::pairing
