#include "services/reporting/domain/count.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "libs/calendar/calendar.h"
#include "libs/clock/clock.h"
#include "libs/ids/names.h"

namespace tonghu::reporting {
namespace {

constexpr size_t kTownshipDigits = 9;
constexpr absl::civil_year_t kFirstYear = 2000;
constexpr absl::civil_year_t kEndYear = 2200;

// A time out of range has no week of its own: it gets the epoch's, which CheckWeek refuses. Civil days of
// infinite times overflow.
absl::CivilDay WeekOf(absl::Time time) {
  const bool in_range =
      time >= clock::StartOf(absl::CivilDay(kFirstYear)) && time < clock::StartOf(absl::CivilDay(kEndYear));
  return calendar::MondayOf(clock::DayOf(in_range ? time : absl::UnixEpoch()));
}

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
  Increments counts = {{WeekOf(contact.report_time), Metric::kContacts, 1}};
  if (!contact.closed.has_value()) return counts;
  counts.push_back({contact.closed->monday, Metric::kDone, 1});
  if (contact.closed->reported_late) counts.push_back({contact.closed->monday, Metric::kDoneLateReported, 1});
  return counts;
}

Increments CountsOf(const DutyChanged& duty) {
  switch (duty.how) {
    case DutyChanged::How::kMissed:
      return {{duty.monday, Metric::kMissed, 1}};
    case DutyChanged::How::kExcused:
      return {{duty.monday, Metric::kExcused, 1}};
    case DutyChanged::How::kDoneLate:
      return {{duty.monday, Metric::kDoneLate, 1}};
  }
  return {};
}

// A duty's figures in a state, times `sign`.
void AddFigures(DutyRestated::State state, absl::CivilDay monday, int64_t sign, Increments& counts) {
  using State = DutyRestated::State;
  if (state == State::kDone || state == State::kDoneReportedLate)
    counts.push_back({monday, Metric::kDone, sign});
  if (state == State::kDoneReportedLate) counts.push_back({monday, Metric::kDoneLateReported, sign});
  if (state == State::kExcused) counts.push_back({monday, Metric::kExcused, sign});
  if (state == State::kMissed || state == State::kDoneLate) counts.push_back({monday, Metric::kMissed, sign});
  if (state == State::kDoneLate) counts.push_back({monday, Metric::kDoneLate, sign});
}

Increments CountsOf(const DutyRestated& duty) {
  Increments counts;
  AddFigures(duty.from, duty.monday, -1, counts);
  AddFigures(duty.to, duty.monday, 1, counts);
  return counts;
}

Increments CountsOf(const PairingChanged& pairing) {
  return {{WeekOf(pairing.time), Metric::kPairings, pairing.how == PairingChanged::How::kStarted ? 1 : -1}};
}

Increments CountsOf(const AlertChanged& alert) {
  const absl::CivilDay monday = WeekOf(alert.time);
  switch (alert.how) {
    case AlertChanged::How::kRaised:
      return {{monday, Metric::kAlertsRaised, 1}};
    case AlertChanged::How::kAcknowledged:
      return {{monday, Metric::kAlertsAcknowledged, 1}};
    case AlertChanged::How::kResolved:
      return {{monday, Metric::kAlertsResolved, 1}};
  }
  return {};
}

}  // namespace

const Place& PlaceOf(const Fact& fact) {
  return std::visit([](const auto& one) -> const Place& { return one.place; }, fact);
}

absl::StatusOr<Increments> Count(const Fact& fact) {
  if (absl::Status place = CheckPlace(PlaceOf(fact)); !place.ok()) return place;
  Increments counts = std::visit([](const auto& one) { return CountsOf(one); }, fact);
  for (const Increment& count : counts) {
    if (absl::Status week = CheckWeek(count.monday); !week.ok()) return week;
  }
  return counts;
}

}  // namespace tonghu::reporting
