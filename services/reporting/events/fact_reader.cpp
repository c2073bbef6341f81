#include "services/reporting/events/fact_reader.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/calendar.h"
#include "libs/clock/epoch_day.h"
#include "tonghu/alerts/v1/alert.pb.h"

namespace tonghu::reporting {
namespace {

// The Monday of the week in which a duty counts: the week in which its window begins, on that day of the
// epoch.
absl::CivilDay WeekOf(int32_t window_day) { return calendar::MondayOf(clock::DayOfEpoch(window_day)); }

absl::Status Unreadable(const journal::Event& event) {
  return absl::InvalidArgumentError(absl::StrCat("the payload of ", event.type, " can't be read"));
}

Place PlaceIn(const journal::Event& event, const tonghu::pairing::events::v1::Place& place) {
  return {event.county, place.township_code(), place.school_id()};
}

// The state that a tonghu.pairing.v1.DutyState means; none for an unknown number.
std::optional<DutyRestated::State> StateOf(int32_t state, bool reported_late) {
  switch (state) {
    case 1:
      return DutyRestated::State::kOpen;
    case 2:
      return reported_late ? DutyRestated::State::kDoneReportedLate : DutyRestated::State::kDone;
    case 3:
      return DutyRestated::State::kMissed;
    case 4:
      return DutyRestated::State::kExcused;
    case 5:
      return DutyRestated::State::kDoneLate;
    default:
      return std::nullopt;
  }
}

}  // namespace

FactReader::Found FactReader::Read(const journal::Event& event) {
  if (event.producer == "pairing") return ReadPairing(event);
  if (event.producer == "alerts") return ReadAlerts(event);
  return std::nullopt;
}

// A hand-over changes no figure: the child is still paired.
FactReader::Found FactReader::ReadPairing(const journal::Event& event) {
  if (event.type == "contact_logged") return ReadContact(event);
  if (event.type == "contact_changed") return ReadContactChange(event);
  if (event.type == "contact_doubted") return ReadDoubted(event);
  if (event.type == "contact_doubt_ended") return ReadDoubtEnded(event);
  if (event.type == "duty_missed") return ReadMissed(event);
  if (event.type == "duty_excused") return ReadExcused(event);
  if (event.type == "duty_done_late") return ReadDoneLate(event);
  if (event.type == "duty_changed") return ReadRestated(event);
  if (event.type == "pairing_started")
    return ReadPairingChange(started_, PairingChanged::How::kStarted, event);
  if (event.type == "pairing_ended") return ReadPairingChange(ended_, PairingChanged::How::kEnded, event);
  return std::nullopt;
}

FactReader::Found FactReader::ReadContact(const journal::Event& event) {
  // The messages are the reader's and filled in again and again, which saves allocations.
  if (!contact_.ParseFromString(event.payload)) return Unreadable(event);
  ContactLogged contact{PlaceIn(event, contact_.place()), event.time, {}};
  // Where other events say which duties the contact closed, there are none here.
  for (const auto& duty : contact_.closed_duties())
    contact.closed.push_back({WeekOf(duty.duty_window_day()), duty.reported_late()});
  return contact;
}

FactReader::Found FactReader::ReadContactChange(const journal::Event& event) {
  if (!contact_changed_.ParseFromString(event.payload)) return Unreadable(event);
  // A correction changes no figure but those of duties, which are events of their own.
  if (!contact_changed_.withdrawn()) return std::nullopt;
  return ContactWithdrawn{PlaceIn(event, contact_changed_.place()),
                          clock::FromMicros(contact_changed_.report_micros())};
}

FactReader::Found FactReader::ReadDoubted(const journal::Event& event) {
  if (!doubted_.ParseFromString(event.payload)) return Unreadable(event);
  DoubtChanged doubt{PlaceIn(event, doubted_.place()),
                     clock::FromMicros(doubted_.report_micros()),
                     doubted_.was_doubtful(),
                     true,
                     {},
                     {}};
  for (const int32_t day : doubted_.former_duty_window_days()) doubt.former.push_back(WeekOf(day));
  for (const int32_t day : doubted_.duty_window_days()) doubt.present.push_back(WeekOf(day));
  return doubt;
}

FactReader::Found FactReader::ReadDoubtEnded(const journal::Event& event) {
  if (!doubt_ended_.ParseFromString(event.payload)) return Unreadable(event);
  DoubtChanged doubt{PlaceIn(event, doubt_ended_.place()),
                     clock::FromMicros(doubt_ended_.report_micros()),
                     true,
                     false,
                     {},
                     {}};
  for (const int32_t day : doubt_ended_.former_duty_window_days()) doubt.former.push_back(WeekOf(day));
  return doubt;
}

// A duty that is missed after all had other figures before.
FactReader::Found FactReader::ReadMissed(const journal::Event& event) {
  if (!missed_.ParseFromString(event.payload)) return Unreadable(event);
  const Place place = PlaceIn(event, missed_.place());
  const absl::CivilDay week = WeekOf(missed_.duty_window_day());
  if (missed_.from_state() == 0) return DutyChanged{DutyChanged::How::kMissed, place, week};
  const auto from = StateOf(missed_.from_state(), missed_.from_reported_late());
  if (!from.has_value()) return absl::InvalidArgumentError("a state of duty_missed is not known");
  return DutyRestated{place, week, *from, DutyRestated::State::kMissed};
}

FactReader::Found FactReader::ReadDoneLate(const journal::Event& event) {
  if (!done_late_.ParseFromString(event.payload)) return Unreadable(event);
  const Place place = PlaceIn(event, done_late_.place());
  const absl::CivilDay week = WeekOf(done_late_.duty_window_day());
  if (!done_late_.missed_no_more()) return DutyChanged{DutyChanged::How::kDoneLate, place, week};
  using State = DutyRestated::State;
  return DutyRestated{place, week, State::kMissed,
                      done_late_.reported_late() ? State::kDoneReportedLate : State::kDone};
}

FactReader::Found FactReader::ReadExcused(const journal::Event& event) {
  if (!excused_.ParseFromString(event.payload)) return Unreadable(event);
  const Place place = PlaceIn(event, excused_.place());
  const absl::CivilDay week = WeekOf(excused_.duty_window_day());
  if (!excused_.was_missed()) return DutyChanged{DutyChanged::How::kExcused, place, week};
  // A duty that was missed until a closure was announced counts as missed no more.
  return DutyRestated{place, week, DutyRestated::State::kMissed, DutyRestated::State::kExcused};
}

FactReader::Found FactReader::ReadRestated(const journal::Event& event) {
  if (!changed_.ParseFromString(event.payload)) return Unreadable(event);
  const auto from = StateOf(changed_.from_state(), changed_.from_reported_late());
  const auto to = StateOf(changed_.to_state(), changed_.to_reported_late());
  if (!from.has_value() || !to.has_value())
    return absl::InvalidArgumentError("a state of duty_changed is not known");
  return DutyRestated{PlaceIn(event, changed_.place()), WeekOf(changed_.duty_window_day()), *from, *to};
}

template <class Message>
FactReader::Found FactReader::ReadPairingChange(Message& message, PairingChanged::How how,
                                                const journal::Event& event) {
  if (!message.ParseFromString(event.payload)) return Unreadable(event);
  return PairingChanged{how, PlaceIn(event, message.place()), event.time};
}

FactReader::Found FactReader::ReadAlerts(const journal::Event& event) {
  if (event.type == "alert_raised") return ReadAlert(raised_, AlertChanged::How::kRaised, event);
  if (event.type == "alert_acknowledged")
    return ReadAlert(acknowledged_, AlertChanged::How::kAcknowledged, event);
  if (event.type == "alert_resolved") return ReadAlert(resolved_, AlertChanged::How::kResolved, event);
  return std::nullopt;
}

template <class Message>
FactReader::Found FactReader::ReadAlert(Message& message, AlertChanged::How how,
                                        const journal::Event& event) {
  if (!message.ParseFromString(event.payload)) return Unreadable(event);
  if (message.kind() == tonghu::alerts::v1::ALERT_KIND_OPERATOR) return std::nullopt;  // of no school
  return AlertChanged{how, {event.county, message.township_code(), message.school_id()}, event.time};
}

}  // namespace tonghu::reporting
