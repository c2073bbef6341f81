#include "services/alerts/webhook/delivery.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"

namespace tonghu::alerts {
namespace {

constexpr std::array<const char*, 4> kStates = {"unspecified", "open", "acknowledged", "resolved"};
constexpr std::array<const char*, 7> kLevels = {
    "unspecified",         "helper",        "class_teacher",  "school_head",
    "township_supervisor", "county_office", "province_office"};

std::string Rfc3339(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

}  // namespace

// The receiver may be a robot in anybody's chat: the body holds a case number and a path, no child, no name
// and no words.
std::string WebhookBody(const Notification& notification, State state) {
  const std::string county = absl::StrCat("counties/", notification.county);
  const std::string alert = absl::StrCat(county, "/alerts/", notification.alert_id);
  const bool over = notification.purpose == Purpose::kResolved;
  return nlohmann::json{{"type", over ? "alert.resolved" : "alert.told"},
                        {"timestamp", Rfc3339(notification.make_time)},
                        {"data",
                         {{"notification", notification.id},
                          {"county", notification.county},
                          {"alert", alert},
                          {"case_number", notification.alert_id},
                          {"path", absl::StrCat("/", alert)},
                          {"staff_member", absl::StrCat(county, "/staffMembers/", notification.staff_id)},
                          {"kind", kKindNames.at(static_cast<size_t>(notification.kind))},
                          {"state", kStates.at(static_cast<size_t>(state))},
                          {"level", kLevels.at(static_cast<size_t>(notification.level))}}}}
      .dump();
}

absl::Duration PauseAfter(int attempts) {
  // 5 s, 10 s, 20 s, … : the pauses between twelve tries add up to 2 h 25 min.
  return std::min(absl::Hours(1), absl::Seconds(5) * (1 << std::clamp(attempts - 1, 0, 10)));
}

void Settle(Notification& notification, const absl::Status& outcome, absl::Time now) {
  notification.last_error = std::string(outcome.message());
  notification.next_attempt_time = absl::InfinitePast();
  if (outcome.ok()) {
    notification.state = NotificationState::kSent;
    notification.send_time = now;
  } else if (notification.attempts >= kMostAttempts) {
    notification.state = NotificationState::kFailed;
  } else {
    notification.next_attempt_time = now + PauseAfter(notification.attempts);
  }
}

}  // namespace tonghu::alerts
