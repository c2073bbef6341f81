// How messages leave the house by the signed webhook, through faults of either side.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "services/alerts/webhook/delivery.h"
#include "services/alerts/webhook/signature.h"
#include "tests/system/alerts_fixture.h"

namespace tonghu::system_test {
namespace {

constexpr absl::Duration kAtOnce = absl::Seconds(2);

// Posts of one type about an alert.
int CountOf(const std::vector<Post>& posts, const std::string& type, const v1::Alert& alert) {
  return static_cast<int>(std::count_if(posts.begin(), posts.end(), [&](const Post& post) {
    const auto body = nlohmann::json::parse(post.body);
    return body["type"] == type && body["data"]["alert"] == alert.name();
  }));
}

TEST_F(AlertsTest, EverybodyToldIsPostedOnceAndSigned) {
  auto alert = ReportEmergency("one-call");
  ASSERT_TRUE(alert.ok()) << alert.status();
  ASSERT_TRUE(ReportEmergency("one-call").ok());
  const auto told = Notifications(*alert);
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(AwaitInState(*alert, v1::NOTIFICATION_STATE_SENT, static_cast<int>(told.size())),
            static_cast<int>(told.size()));
  const std::vector<Post> posts = receiver_.Await(told.size());
  ASSERT_EQ(posts.size(), told.size()) << "one post for each person, also when the call is repeated";
  const auto key = alerts::WebhookKey(kSecret);
  ASSERT_TRUE(key.ok()) << key.status();
  for (const Post& post : posts) {
    const absl::Time time = absl::FromUnixSeconds(std::stoll(post.headers.at("webhook-timestamp")));
    EXPECT_EQ(post.headers.at("webhook-signature"),
              alerts::WebhookSignature(*key, post.headers.at("webhook-id"), time, post.body));
    EXPECT_EQ(nlohmann::json::parse(post.body)["data"]["alert"], alert->name());
    EXPECT_EQ(post.body.find("摔伤"), std::string::npos) << "what happened stays inside";
  }
}

TEST_F(AlertsTest, APartnerWhoFailsIsAskedAgainWithTheSameIdAndGivenUpInTheEnd) {
  receiver_.Answer(503);
  auto alert = ReportEmergency();
  ASSERT_TRUE(alert.ok()) << alert.status();
  std::vector<std::string> ids;
  for (const auto& one : Notifications(*alert)) ids.push_back(one.id());
  for (int attempt = 1; attempt <= alerts::kMostAttempts; ++attempt) {
    ASSERT_TRUE(AwaitEach(ids, attempt)) << "attempt " << attempt;
    ASSERT_TRUE(province_->Quiet().ok());
    Advance(absl::Hours(1));
  }
  EXPECT_EQ(AwaitInState(*alert, v1::NOTIFICATION_STATE_FAILED, static_cast<int>(ids.size())),
            static_cast<int>(ids.size()));
  const std::multiset<std::string> posted = Ids(receiver_.Await(0));
  for (const std::string& id : ids) EXPECT_EQ(posted.count(id), static_cast<size_t>(alerts::kMostAttempts));
  v1::GetAlertRequest get;
  get.set_name(alert->name());
  auto now = province_->clients().Call(&AlertStub::GetAlert, get);
  ASSERT_TRUE(now.ok()) << now.status();
  EXPECT_GT(now->entries_size(), alert->entries_size())
      << "the alert climbs whether or not the webhook works";
}

TEST_F(AlertsTest, WithoutRedisEverythingGoes) {
  ASSERT_TRUE(stack().Kill("redis").ok());
  auto alert = ReportEmergency();
  ASSERT_TRUE(alert.ok()) << alert.status();
  const int told = static_cast<int>(Notifications(*alert).size());
  EXPECT_EQ(AwaitInState(*alert, v1::NOTIFICATION_STATE_SENT, told), told);
}

TEST_F(AlertsTest, AnEmergencyWaitsForNoOtherPost) {
  receiver_.Answer(0);
  v1::ReportAbsenceRequest request;
  request.set_parent("counties/" + pair().county);
  request.mutable_absence()->set_child(pair().child);
  request.mutable_absence()->set_date("2026-08-31");
  ASSERT_TRUE(province_->clients().Call(&SignalStub::ReportAbsence, request).ok());
  ASSERT_TRUE(province_
                  ->Script("alerts", R"sql(
      INSERT INTO notification SELECT county, alert_id || '-9-' || n, alert_id, kind, purpose, staff_id, level, channel, rank, 1, 0, make_time,
        make_time, NULL, '', 0, NULL FROM notification, generate_series(1, 300) n)sql")
                  .ok());
  ASSERT_EQ(receiver_.Await(4).size(), 4u) << "what may be under way at once is under way";
  const absl::Time reported = absl::Now();
  auto alert = ReportEmergency();
  ASSERT_TRUE(alert.ok()) << alert.status();
  const size_t told = Notifications(*alert).size();
  EXPECT_EQ(receiver_.Await(4 + told).size(), 4 + told);
  EXPECT_LT(absl::Now() - reported, kAtOnce);
  EXPECT_EQ(CountOf(receiver_.Await(0), "alert.told", *alert), static_cast<int>(told));
}

// The partner has the messages, the sender dies before it hears so: they come again under their ids as soon
// as it is back, and nobody is forgotten.
TEST_F(AlertsTest, WhatADeadSenderHadGoesAgainAtOnce) {
  receiver_.Answer(0);
  auto alert = ReportEmergency();
  ASSERT_TRUE(alert.ok()) << alert.status();
  const size_t told = Notifications(*alert).size();
  ASSERT_EQ(receiver_.Await(told).size(), told);
  ASSERT_TRUE(stack().Kill("alerts-1").ok());
  receiver_.Answer(200);
  ASSERT_TRUE(stack().Start("alerts-1").ok());
  const absl::Time back = absl::Now();
  const std::vector<Post> posts = receiver_.Await(2 * told);
  EXPECT_LT(absl::Now() - back, kAtOnce);
  EXPECT_EQ(AwaitInState(*alert, v1::NOTIFICATION_STATE_SENT, static_cast<int>(told)),
            static_cast<int>(told));
  const std::multiset<std::string> ids = Ids(posts);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), told);
  EXPECT_EQ(receiver_.Await(0).size(), 2 * told);
}

TEST_F(AlertsTest, WhatIsSettledIsNotSentAgainAndItsEndFollows) {
  receiver_.Answer(503);
  auto alert = ReportEmergency();
  ASSERT_TRUE(alert.ok()) << alert.status();
  const int told = static_cast<int>(Notifications(*alert).size());
  ASSERT_EQ(receiver_.Await(told).size(), static_cast<size_t>(told));
  ASSERT_TRUE(Resolve(*alert).ok());
  EXPECT_EQ(AwaitInState(*alert, v1::NOTIFICATION_STATE_WITHDRAWN, told), told);
  receiver_.Answer(200);
  Advance(absl::Hours(1));
  EXPECT_EQ(AwaitInState(*alert, v1::NOTIFICATION_STATE_SENT, told), told) << "the end, to each";
  const std::vector<Post> posts = receiver_.Await(0);
  EXPECT_EQ(CountOf(posts, "alert.told", *alert), told) << "none after the resolution";
  EXPECT_GE(CountOf(posts, "alert.resolved", *alert), told);
  EXPECT_EQ(nlohmann::json::parse(posts.back().body)["data"]["state"], "resolved");
  const std::multiset<std::string> ids = Ids(posts);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), static_cast<size_t>(2 * told));
}

TEST_F(AlertsTest, AnAnswerTakesBackWhatWaits) {
  receiver_.Answer(503);
  v1::ReportAbsenceRequest request;
  request.set_parent("counties/" + pair().county);
  request.mutable_absence()->set_child(pair().child);
  request.mutable_absence()->set_date("2026-08-31");
  auto reported = province_->clients().Call(&SignalStub::ReportAbsence, request);
  ASSERT_TRUE(reported.ok()) << reported.status();
  const v1::Alert alert = Get(reported->alert());
  const int told = static_cast<int>(Notifications(alert).size());
  ASSERT_EQ(receiver_.Await(told).size(), static_cast<size_t>(told));
  v1::AcknowledgeAlertRequest answer;
  answer.set_name(alert.name());
  answer.set_staff_member(pair().helper);
  ASSERT_TRUE(province_->clients().Call(&AlertStub::AcknowledgeAlert, answer).ok());
  EXPECT_EQ(AwaitInState(alert, v1::NOTIFICATION_STATE_WITHDRAWN, told), told);
}

}  // namespace
}  // namespace tonghu::system_test
