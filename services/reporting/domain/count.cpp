#include "services/reporting/domain/count.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "libs/calendar/calendar.h"
#include "libs/clock/clock.h"
#include "libs/ids/names.h"
#include "libs/status/macros.h"

namespace tonghu::reporting {
namespace {

constexpr size_t kTownshipDigits = 9;
constexpr absl::civil_year_t kFirstYear = 2000;
constexpr absl::civil_year_t kEndYear = 2200;

// The Monday of a time's week. A time out of range gets the epoch's week, which CheckWeek refuses; civil days
// of infinite times overflow.
absl::CivilDay WeekOf(absl::Time time) {
  const bool in_range =
      time >= clock::StartOf(absl::CivilDay(kFirstYear)) && time < clock::StartOf(absl::CivilDay(kEndYear));
  return calendar::MondayOf(clock::DayOf(in_range ? time : absl::UnixEpoch()));
}

// Every figure belongs to a place: an event without a whole one can't be counted.
absl::Status CheckPlace(const Place& place) {
  if (!ids::IsCounty(place.county)) return absl::InvalidArgumentError("the county is not six digits");
  if (!ids::IsId(place.school_id))
    return absl::InvalidArgumentError("the school's id is missing or malformed");
  const std::string_view code = place.township_code;
  const bool digits =
      std::all_of(code.begin(), code.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
  if (code.size() != kTownshipDigits || !digits || code.substr(0, place.county.size()) != place.county) {
    return absl::InvalidArgumentError("the township is not nine digits within the county");
  }
  return absl::OkStatus();
}

absl::Status CheckWeek(absl::CivilDay monday) {
  if (absl::GetWeekday(monday) != absl::Weekday::monday) {
    return absl::InvalidArgumentError("the duty's week does not begin on a Monday");
  }
  if (monday.year() < kFirstYear || monday.year() >= kEndYear) {
    return absl::InvalidArgumentError("the time is missing or outside 2000 to 2199");
  }
  return absl::OkStatus();
}

Increments CountsOf(const ContactLogged& contact) {
  // A contact counts in the week in which it was reported, the duties that it closed in their own weeks.
  Increments counts = {{WeekOf(contact.report_time), &Counts::contacts, 1}};
  for (const ContactLogged::ClosedDuty& duty : contact.closed) {
    counts.push_back({duty.monday, &Counts::done, 1});
    if (duty.reported_late) counts.push_back({duty.monday, &Counts::done_late_reported, 1});
  }
  return counts;
}

// It is taken back where it was counted.
Increments CountsOf(const ContactWithdrawn& contact) {
  return {{WeekOf(contact.report_time), &Counts::contacts, -1}};
}

Increments CountsOf(const DoubtChanged& doubt) {
  Increments counts;
  const int64_t turn = static_cast<int64_t>(doubt.is_doubtful) - static_cast<int64_t>(doubt.was_doubtful);
  // Also without a difference, so that the contact's week is checked.
  counts.push_back({WeekOf(doubt.report_time), &Counts::contacts_doubtful, turn});
  for (const absl::CivilDay monday : doubt.former) counts.push_back({monday, &Counts::done_doubtful, -1});
  for (const absl::CivilDay monday : doubt.present) counts.push_back({monday, &Counts::done_doubtful, 1});
  return counts;
}

// The figures by DutyChanged::How and AlertChanged::How.
constexpr Metric kDutyMetrics[] = {&Counts::missed, &Counts::excused, &Counts::done_late};
constexpr Metric kAlertMetrics[] = {&Counts::alerts_raised, &Counts::alerts_acknowledged,
                                    &Counts::alerts_resolved};

Increments CountsOf(const DutyChanged& duty) {
  return {{duty.monday, kDutyMetrics[static_cast<size_t>(duty.how)], 1}};
}

// Adds the figures of a duty in a state, times `sign`.
void AddFigures(DutyRestated::State state, absl::CivilDay monday, int64_t sign, Increments& counts) {
  using State = DutyRestated::State;
  if (state == State::kDone || state == State::kDoneReportedLate)
    counts.push_back({monday, &Counts::done, sign});
  if (state == State::kDoneReportedLate) counts.push_back({monday, &Counts::done_late_reported, sign});
  if (state == State::kExcused) counts.push_back({monday, &Counts::excused, sign});
  if (state == State::kMissed || state == State::kDoneLate) counts.push_back({monday, &Counts::missed, sign});
  if (state == State::kDoneLate) counts.push_back({monday, &Counts::done_late, sign});
}

// The figures of the state before are taken back, those of the state after are added.
Increments CountsOf(const DutyRestated& duty) {
  Increments counts;
  AddFigures(duty.from, duty.monday, -1, counts);
  AddFigures(duty.to, duty.monday, 1, counts);
  return counts;
}

Increments CountsOf(const PairingChanged& pairing) {
  return {{WeekOf(pairing.time), &Counts::pairings, pairing.how == PairingChanged::How::kStarted ? 1 : -1}};
}

Increments CountsOf(const AlertChanged& alert) {
  return {{WeekOf(alert.time), kAlertMetrics[static_cast<size_t>(alert.how)], 1}};
}

}  // namespace

const Place& PlaceOf(const Fact& fact) {
  return std::visit([](const auto& one) -> const Place& { return one.place; }, fact);
}

absl::StatusOr<Increments> Count(const Fact& fact) {
  RETURN_IF_ERROR(CheckPlace(PlaceOf(fact)));
  Increments counts = std::visit([](const auto& one) { return CountsOf(one); }, fact);
  for (const Increment& count : counts) {
    RETURN_IF_ERROR(CheckWeek(count.monday));
  }
  return counts;
}

}  // namespace tonghu::reporting
