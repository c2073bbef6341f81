#include "tests/bench/missed.h"

#include <fmt/core.h>

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "libs/clock/timestamp.h"
#include "tests/bench/events.h"
#include "tonghu/alerts/events/v1/alerts_events.pb.h"
#include "tonghu/pairing/events/v1/pairing_events.pb.h"

namespace tonghu::bench {
namespace {

struct Duty {
  absl::Time due;
  int alerts = 0;
};

}  // namespace

absl::StatusOr<Missed> MissedSince(Rig& rig, const std::map<int, int64_t>& pairing,
                                   const std::map<int, int64_t>& alerts, int64_t duties) {
  Missed missed;
  absl::flat_hash_map<std::string, Duty> all;
  absl::Status read = ForEachEvent(rig, "pairing", pairing, "duty_missed", [&](const auto& event) {
    tonghu::pairing::events::v1::DutyMissed duty;
    if (!duty.ParseFromString(event.payload())) return absl::DataLossError("an event that can't be read");
    const absl::Time due = absl::FromUnixMicros(duty.due_micros());
    missed.judged.push_back(absl::ToDoubleMilliseconds(clock::ToTime(event.time()) - due));
    if (!all.try_emplace(event.county() + "/" + duty.duty_id(), Duty{due}).second)
      return absl::DataLossError("missed twice: " + duty.duty_id());
    return absl::OkStatus();
  });
  if (!read.ok()) return read;
  read = ForEachEvent(rig, "alerts", alerts, "alert_raised", [&](const auto& event) {
    tonghu::alerts::events::v1::AlertRaised alert;
    if (!alert.ParseFromString(event.payload())) return absl::DataLossError("an event that can't be read");
    const auto duty = all.find(event.county() + "/" + alert.duty_id());
    if (duty == all.end() || duty->second.alerts++ != 0)
      return absl::DataLossError("an alert of no duty, or a second one: " + alert.alert_id());
    missed.alerted.push_back(absl::ToDoubleMilliseconds(clock::ToTime(event.time()) - duty->second.due));
    return absl::OkStatus();
  });
  if (!read.ok()) return read;
  if (static_cast<int64_t>(missed.judged.size()) != duties || missed.alerted.size() != missed.judged.size())
    return absl::DataLossError(fmt::format("{} duties missed, {} alerted, not {}", missed.judged.size(),
                                           missed.alerted.size(), duties));
  return missed;
}

}  // namespace tonghu::bench
