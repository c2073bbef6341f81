#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "services/alerts/config.h"
#include "services/alerts/webhook/delivery.h"
#include "services/alerts/webhook/signature.h"

namespace tonghu::alerts {
namespace {

constexpr char kSecret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const absl::Time kNow = absl::FromUnixSeconds(1'614'265'330);

// The example of the Standard Webhooks libraries.
TEST(SignatureTest, AgreesWithTheStandard) {
  const auto key = WebhookKey(kSecret);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(WebhookSignature(*key, "msg_p5jXN8AQM9LWM0D4loKWxJek", kNow, R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(SignatureTest, RefusesOtherSecrets) {
  for (const char* secret :
       {"", "whsec_", "whsec_!!!", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}) {
    EXPECT_FALSE(WebhookKey(secret).ok()) << secret;
  }
}

TEST(DeliveryTest, TheBodyNamesNobody) {
  Notification notification{.county = "520521",
                            .id = "a1-1-1",
                            .alert_id = "a1",
                            .kind = Kind::kEmergency,
                            .staff_id = "t3",
                            .level = Level::kCountyOffice,
                            .make_time = kNow};
  auto body = nlohmann::json::parse(WebhookBody(notification, State::kAcknowledged));
  EXPECT_EQ(body["type"], "alert.told");
  EXPECT_EQ(body["timestamp"], "2021-02-25T15:02:10.000Z");
  EXPECT_EQ(body["data"]["alert"], "counties/520521/alerts/a1");
  EXPECT_EQ(body["data"]["staff_member"], "counties/520521/staffMembers/t3");
  EXPECT_EQ(body["data"]["kind"], "emergency");
  EXPECT_EQ(body["data"]["level"], "county_office");
  EXPECT_EQ(body["data"]["state"], "acknowledged");
  EXPECT_EQ(body["data"]["case_number"], "a1");
  EXPECT_EQ(body["data"]["path"], "/counties/520521/alerts/a1");
  EXPECT_EQ(body["data"].size(), 9u) << "nothing else travels";
  notification.purpose = Purpose::kResolved;
  body = nlohmann::json::parse(WebhookBody(notification, State::kResolved));
  EXPECT_EQ(body["type"], "alert.resolved");
  EXPECT_EQ(body["data"]["state"], "resolved");
}

TEST(DeliveryTest, EveryKindOfAlertHasAName) {
  const std::pair<Kind, const char*> names[] = {{Kind::kDutyMissed, "duty_missed"},
                                                {Kind::kAbsence, "absence"},
                                                {Kind::kAttendanceNotSent, "attendance_not_sent"},
                                                {Kind::kEmergency, "emergency"},
                                                {Kind::kOperator, "operator"},
                                                {Kind::kGlassBroken, "glass_broken"}};
  for (const auto& [kind, name] : names) {
    const Notification notification{.county = "520521", .kind = kind};
    EXPECT_EQ(nlohmann::json::parse(WebhookBody(notification, State::kOpen))["data"]["kind"], name);
  }
}

TEST(DeliveryTest, PausesGrowToAnHour) {
  EXPECT_EQ(PauseAfter(1), absl::Seconds(5));
  EXPECT_EQ(PauseAfter(2), absl::Seconds(10));
  EXPECT_EQ(PauseAfter(11), absl::Hours(1));
  EXPECT_EQ(PauseAfter(1000), absl::Hours(1));
}

TEST(DeliveryTest, SettlesOutcomes) {
  Notification notification{.attempts = 1};
  Settle(notification, absl::UnavailableError("HTTP 503"), kNow);
  EXPECT_EQ(notification.state, NotificationState::kPending);
  EXPECT_EQ(notification.next_attempt_time, kNow + absl::Seconds(5));
  EXPECT_EQ(notification.last_error, "HTTP 503");
  notification.attempts = 2;
  Settle(notification, absl::OkStatus(), kNow);
  EXPECT_EQ(notification.state, NotificationState::kSent);
  EXPECT_EQ(notification.send_time, kNow);
  EXPECT_EQ(notification.last_error, "");
  Notification last{.attempts = kMostAttempts};
  Settle(last, absl::UnavailableError("HTTP 503"), kNow);
  EXPECT_EQ(last.state, NotificationState::kFailed);
}

absl::StatusOr<Config> Read(std::string_view text) {
  auto reader = config::Reader::Parse(text);
  return ReadConfig(*reader);
}

TEST(ConfigTest, AWebhookNeedsASecret) {
  EXPECT_EQ(Read("")->webhook.url, "");
  EXPECT_EQ(Read("[webhook]\nurl = \"\"\nsecret = \"\"")->webhook.url, "");
  EXPECT_FALSE(Read("[webhook]\nurl = \"http://127.0.0.1:1/\"").ok());
  EXPECT_FALSE(
      Read("[webhook]\nurl = \"ftp://127.0.0.1/\"\nsecret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"")
          .ok());
  const auto config =
      Read("[webhook]\nurl = \"http://127.0.0.1:1/\"\nsecret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->webhook.key.size(), 24u);
  EXPECT_EQ(config->webhook.per_minute, 600);
}

}  // namespace
}  // namespace tonghu::alerts
