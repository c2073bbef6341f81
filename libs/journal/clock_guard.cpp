#include "libs/journal/clock_guard.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace tonghu::journal {
namespace {

// The duration to a tenth of a second, for a sentence.
std::string Text(absl::Duration duration) {
  // absl::Trunc cuts towards zero, so half a tenth is added with the duration's own sign.
  const absl::Duration half = absl::Milliseconds(duration < absl::ZeroDuration() ? -50 : 50);
  return absl::FormatDuration(absl::Trunc(duration + half, absl::Milliseconds(100)));
}

}  // namespace

void ClockGuard::Distrust(std::string why) {
  trusted_ = false;
  judged_ = true;
  why_ = std::move(why);
  agrees_since_.reset();
}

void ClockGuard::Look(const Reading& reading) {
  const std::optional<Reading> last = std::exchange(last_, reading);
  if (last.has_value()) {
    // Nothing sets the monotonic clock. Where the wall clock advanced by another amount between two looks,
    // somebody set the wall clock; what NTP adjusts between two looks stays far below the tolerance.
    const absl::Duration jump = (reading.wall - last->wall) - (reading.monotonic - last->monotonic);
    if (absl::AbsDuration(jump) > options_.tolerance)
      Distrust(absl::StrCat("the wall clock jumped by ", Text(jump)));
  }
  // A look without a usable answer gives no trust and takes none: an outage of the database says nothing
  // about this clock.
  if (!reading.database.has_value() || reading.round_trip > options_.longest_round_trip) return;
  // The database read its clock at some moment of the round trip: the middle is the best guess, and the error
  // at most half the round trip.
  offset_ = reading.wall - reading.round_trip / 2 - *reading.database;
  // Half the round trip is taken off: only a difference beyond the possible error is held against the clock.
  if (absl::AbsDuration(offset_) - reading.round_trip / 2 > options_.tolerance)
    return Distrust(absl::StrCat("the wall clock differs from the database's by ", Text(offset_)));
  if (trusted_) return;
  // Agreement is timed by the monotonic clock, as the wall clock is the one in doubt.
  if (!agrees_since_.has_value()) agrees_since_ = reading.monotonic;
  // The first comparison is trusted at once, so that a start takes no five seconds.
  if (judged_ && reading.monotonic - *agrees_since_ < options_.agree_for) return;
  trusted_ = judged_ = true;
  why_.clear();
}

}  // namespace tonghu::journal
