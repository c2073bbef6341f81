#include "services/pairing/app/messages.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "libs/clock/timestamp.h"
#include "libs/ids/references.h"
#include "libs/status/macros.h"

namespace tonghu::pairing {
namespace {

// What the calendars of schools and counties have in common.
template <class Message>
Message Filled(const TermCalendar& calendar) {
  Message message;
  const calendar::Term& days = TermDays(calendar);
  message.set_term(calendar.term);
  message.set_first_day(absl::FormatCivilTime(days.first));
  message.set_last_day(absl::FormatCivilTime(days.last));
  // The library keeps ranges of days; the API lists days.
  for (const calendar::Holiday& holiday : calendar.calendar.holidays()) {
    for (absl::CivilDay day = holiday.first; day <= holiday.last; ++day)
      message.add_holidays(absl::FormatCivilTime(day));
  }
  for (const absl::CivilDay day : calendar.calendar.make_up_days())
    message.add_makeup_days(absl::FormatCivilTime(day));
  message.set_origin(static_cast<v1::CalendarOrigin>(calendar.origin));
  return message;
}

}  // namespace

using ids::NameOf;

// The numbers of the domain's enumerations are those of the API, so a cast is enough here and below.
v1::Pairing MessageOf(const PairingRow& row) {
  v1::Pairing pairing;
  pairing.set_name(NameOf(row.county, "pairings", row.pairing_id));
  pairing.set_child(NameOf(row.county, "children", row.child_id));
  pairing.set_helper(NameOf(row.county, "staffMembers", row.helper_id));
  pairing.set_role(static_cast<v1::PairingRole>(row.role));
  clock::SetTime(row.start_time, pairing.mutable_start_time());
  if (row.end_time != absl::InfinitePast()) clock::SetTime(row.end_time, pairing.mutable_end_time());
  pairing.set_end_reason(static_cast<v1::PairingEndReason>(row.end_reason));
  pairing.set_basis(static_cast<v1::PairingBasis>(row.basis));
  pairing.set_line(row.line_id);
  return pairing;
}

v1::Duty MessageOf(const ListedDuty& row) {
  const std::string& county = row.placed.county;
  const Duty& stored = row.placed.duty;
  v1::Duty duty;
  duty.set_name(NameOf(county, "duties", stored.duty_id));
  duty.set_child(NameOf(county, "children", stored.child_id));
  duty.set_helper(NameOf(county, "staffMembers", stored.helper_id));
  duty.set_pairing(NameOf(county, "pairings", stored.pairing_id));
  duty.set_kind(static_cast<v1::DutyKind>(stored.kind));
  duty.set_state(static_cast<v1::DutyState>(stored.state));
  clock::SetTime(stored.window_start, duty.mutable_window_start());
  clock::SetTime(stored.window_end, duty.mutable_window_end());
  clock::SetTime(stored.due_time, duty.mutable_due_time());
  duty.set_contact(NameOf(county, "contacts", stored.contact_id));
  duty.set_reported_late(stored.reported_late);
  // An excuse that a contact has beaten is kept, and counts for nothing.
  if (stored.state == DutyState::kExcused) duty.set_excuse(row.excuse);
  duty.set_missed(stored.missed);
  duty.set_made_up(stored.made_up);
  return duty;
}

v1::OwedDuty MessageOf(const OwedDuty& row) {
  v1::OwedDuty owed;
  *owed.mutable_duty() = MessageOf(row.listed);
  owed.set_school(NameOf(row.listed.placed.county, "schools", row.place.school_id));
  owed.set_grade(row.place.grade);
  owed.set_class_number(row.place.class_number);
  if (row.last_contact != absl::InfinitePast())
    clock::SetTime(row.last_contact, owed.mutable_last_contact_time());
  return owed;
}

absl::StatusOr<std::vector<std::string>> TogetherIn(const std::string& county, const v1::Contact& contact) {
  std::vector<std::string> together;
  for (int i = 0; i < contact.together_with_size(); ++i) {
    const std::string field = absl::StrCat("contact.together_with[", i, "]");
    ASSIGN_OR_RETURN(auto id, ids::IdIn(county, contact.together_with(i), "staffMembers", field));
    together.push_back(std::move(id));
  }
  return together;
}

void SetClosedDuties(const ContactRow& row, v1::Contact& contact) {
  contact.clear_closed_duties();
  for (const std::string& id :
       std::vector<std::string>(absl::StrSplit(row.closed_duty_ids, ' ', absl::SkipEmpty())))
    contact.add_closed_duties(NameOf(row.county, "duties", id));
}

v1::Contact MessageOf(const ContactRow& row) {
  v1::Contact contact;
  contact.set_name(NameOf(row.county, "contacts", row.contact_id));
  contact.set_child(NameOf(row.county, "children", row.child_id));
  contact.set_helper(NameOf(row.county, "staffMembers", row.helper_id));
  contact.set_kind(static_cast<v1::ContactKind>(row.kind));
  clock::SetTime(row.happen_time, contact.mutable_happen_time());
  clock::SetTime(row.report_time, contact.mutable_report_time());
  contact.set_note(row.note);
  SetClosedDuties(row, contact);
  contact.set_mood(static_cast<v1::Mood>(row.mood));
  for (const Concern concern : ConcernsOf(row.concerns))
    contact.add_concerns(static_cast<v1::Concern>(concern));
  for (const std::string& id :
       std::vector<std::string>(absl::StrSplit(row.together_with, ' ', absl::SkipEmpty())))
    contact.add_together_with(NameOf(row.county, "staffMembers", id));
  contact.set_group(row.group_id);
  contact.set_version(row.version);
  contact.set_withdrawn(row.withdrawn);
  return contact;
}

v1::UncoveredChild MessageOf(const UncoveredChild& row) {
  v1::UncoveredChild child;
  child.set_child(NameOf(row.county, "children", row.child_id));
  child.set_school(NameOf(row.county, "schools", row.school_id));
  child.set_reason(static_cast<v1::UncoveredReason>(row.reason));
  child.set_grade(row.grade);
  child.set_class_number(row.class_number);
  if (row.since != absl::InfinitePast()) clock::SetTime(row.since, child.mutable_uncovered_since());
  for (const DutyRule& rule : DutyRules()) {
    if ((row.unowed >> static_cast<int>(rule.kind) & 1) != 0)
      child.add_unowed_kinds(static_cast<v1::DutyKind>(rule.kind));
  }
  return child;
}

v1::SchoolCalendar MessageOf(const ids::Name& school, const TermCalendar& calendar) {
  auto message = Filled<v1::SchoolCalendar>(calendar);
  message.set_school(school.ToString());
  return message;
}

v1::CountyCalendar MessageOf(const std::string& county, const TermCalendar& calendar) {
  auto message = Filled<v1::CountyCalendar>(calendar);
  message.set_parent(absl::StrCat("counties/", county));
  return message;
}

v1::DutyPolicy MessageOf(const std::string& county, DutyKind kind, const DutyPolicy& policy) {
  v1::DutyPolicy message;
  message.set_parent(absl::StrCat("counties/", county));
  message.set_kind(static_cast<v1::DutyKind>(kind));
  message.set_version(policy.version);
  message.mutable_report_grace()->set_seconds(absl::ToInt64Seconds(policy.report_grace));
  message.mutable_late_report_after()->set_seconds(absl::ToInt64Seconds(policy.late_report_after));
  message.mutable_cadence()->set_period(static_cast<v1::CadencePeriod>(policy.cadence.period));
  message.mutable_cadence()->set_every(policy.cadence.every);
  message.mutable_cadence()->set_times(policy.cadence.times);
  message.mutable_cadence()->set_days(policy.cadence.days);
  for (int n = 1; n <= kFestivalCount; ++n) {
    if ((policy.cadence.festivals & FestivalBit(Festival{n})) != 0)
      message.mutable_cadence()->add_festivals(static_cast<v1::Festival>(n));
  }
  for (const PairingRole role : policy.owed_by) message.add_owed_by(static_cast<v1::PairingRole>(role));
  if (policy.scope.IsCounty()) {
    for (const ContactKind by : policy.fulfilled_by)
      message.add_fulfilled_by(static_cast<v1::ContactKind>(by));
  }
  // The built-in policy holds from always, where nothing was put before.
  if (policy.effective_from != absl::CivilDay::min())
    message.set_effective_from(absl::FormatCivilTime(policy.effective_from));
  if (!policy.scope.school_id.empty())
    message.set_school(ids::NameOf(county, "schools", policy.scope.school_id));
  message.set_care_level(static_cast<registry::v1::CareLevel>(policy.scope.care_level));
  message.set_guardianship_type(static_cast<registry::v1::GuardianshipType>(policy.scope.guardianship));
  message.set_withdrawn(policy.withdrawn);
  message.set_origin(static_cast<v1::PolicyOrigin>(policy.origin));
  return message;
}

v1::DutyPolicyFigures MessageOf(const TrialFigures& figures) {
  v1::DutyPolicyFigures message;
  message.set_duties(figures.duties);
  message.set_done(figures.done);
  message.set_reported_late(figures.reported_late);
  message.set_done_late(figures.done_late);
  message.set_missed(figures.missed);
  message.set_alerts(figures.alerts);
  message.set_excused(figures.excused);
  return message;
}

}  // namespace tonghu::pairing
