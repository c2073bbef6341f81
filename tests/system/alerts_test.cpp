// What those told can see of an alert: by asking, and on the live stream.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "libs/clock/timestamp.h"
#include "libs/refusal/refusal.h"
#include "tests/system/alerts_fixture.h"

namespace tonghu::system_test {
namespace {

TEST_F(AlertsTest, ThoseToldCanReadWhatHappened) {
  auto context = rpc::WithDeadline(absl::Seconds(60));
  auto stream = Watch(*alerts_, *context);
  auto reported = ReportEmergency();
  ASSERT_TRUE(reported.ok()) << reported.status();
  const v1::Alert alert = Get(reported->name());
  EXPECT_EQ(alert.emergency().kind(), v1::EMERGENCY_KIND_ACCIDENT);
  EXPECT_EQ(alert.emergency().description(), "放学路上摔伤，已送卫生院");
  EXPECT_EQ(alert.emergency().reporter(), pair().helper);
  EXPECT_EQ(clock::ToTime(alert.emergency().happen_time()), stack().clock().Now());
  v1::ListAlertsRequest list;
  list.set_parent("counties/" + pair().county);
  auto listed = province_->clients().Call(&AlertStub::ListAlerts, list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->alerts_size(), 1);
  EXPECT_EQ(listed->alerts(0).emergency().description(), alert.emergency().description());
  v1::WatchAlertsResponse change;
  ASSERT_TRUE(stream->Read(&change));
  EXPECT_EQ(change.alert().emergency().description(), alert.emergency().description());
  context->TryCancel();
}

// A helper marks a contact; whoever is told learns what it is about, and reads the words where they were
// written.
TEST_F(AlertsTest, AConcernIsOneAlertWhateverDiesAndItsWordsStayInTheContact) {
  const auto mark = [&](int minute, const std::string& words, std::vector<pairing::v1::Concern> concerns) {
    pairing::v1::CreateContactRequest request;
    request.set_parent("counties/" + pair().county);
    auto& contact = *request.mutable_contact();
    contact.set_child(pair().child);
    contact.set_helper(pair().helper);
    contact.set_kind(pairing::v1::CONTACT_KIND_TALK);
    contact.set_note(words);
    contact.set_mood(pairing::v1::MOOD_LOW);
    contact.mutable_concerns()->Assign(concerns.begin(), concerns.end());
    clock::SetTime(stack().clock().Now() - absl::Minutes(9 - minute), contact.mutable_happen_time());
    auto logged = province_->clients().Call(&pairing::v1::ContactService::Stub::CreateContact, request);
    EXPECT_TRUE(logged.ok()) << logged.status();
    return logged.value_or(pairing::v1::Contact());
  };
  const auto concerns = [&] {
    v1::ListAlertsRequest list;
    list.set_parent("counties/" + pair().county);
    list.set_kind(v1::ALERT_KIND_CONCERN);
    auto listed = province_->clients().Call(&AlertStub::ListAlerts, list);
    EXPECT_TRUE(listed.ok()) << listed.status();
    return std::vector<v1::Alert>(listed->alerts().begin(), listed->alerts().end());
  };
  ASSERT_TRUE(stack().Kill("alerts").ok());
  const auto first =
      mark(1, "夜里一个人在家", {pairing::v1::CONCERN_GUARDIANSHIP, pairing::v1::CONCERN_SAFETY});
  mark(2, "今天很好", {});
  ASSERT_TRUE(stack().Kill("pairing").ok());
  ASSERT_TRUE(stack().Start("pairing").ok());
  ASSERT_TRUE(stack().Start("alerts").ok());
  const auto second = mark(3, "不想上学", {pairing::v1::CONCERN_DROPPING_OUT});
  ASSERT_TRUE(province_->Quiet().ok());
  const auto alerts = concerns();
  ASSERT_EQ(alerts.size(), 1u);
  const v1::Alert& alert = alerts.front();
  EXPECT_EQ(alert.child(), pair().child);
  EXPECT_EQ(alert.occurrences(), 2);
  ASSERT_EQ(alert.marked_contacts_size(), 2);
  EXPECT_EQ(alert.marked_contacts(0).contact(), first.name());
  EXPECT_EQ(alert.marked_contacts(0).helper(), pair().helper);
  EXPECT_EQ(alert.marked_contacts(0).concerns(1), pairing::v1::CONCERN_SAFETY);
  EXPECT_EQ(alert.marked_contacts(1).contact(), second.name());
  std::set<int> told;
  for (const v1::AlertEntry& entry : alert.entries()) {
    if (entry.action() == v1::ALERT_ACTION_TOLD || entry.action() == v1::ALERT_ACTION_VACANT)
      told.insert(entry.level());
  }
  EXPECT_TRUE(told.contains(v1::LEVEL_CLASS_TEACHER) && told.contains(v1::LEVEL_SCHOOL_HEAD));
  for (const Post& post : receiver_.Await(1)) {
    EXPECT_EQ(post.body.find("夜里"), std::string::npos) << post.body;
    EXPECT_NE(post.body.find("concern"), std::string::npos) << post.body;
  }
  EXPECT_EQ(alert.ShortDebugString().find("夜里"), std::string::npos);
}

// So that also those learn of the beginning whose proxy keeps the head until something follows.
TEST_F(LiveTest, AMessageWithoutAnAlertComesBeforeAnyChange) {
  auto context = rpc::WithDeadline(absl::Seconds(60));
  v1::WatchAlertsRequest request;
  request.set_parent("counties/" + pair().county);
  auto stream = alerts_->WatchAlerts(context.get(), request);
  stream->WaitForInitialMetadata();
  auto reported = ReportEmergency();
  ASSERT_TRUE(reported.ok()) << reported.status();
  v1::WatchAlertsResponse first, second;
  ASSERT_TRUE(stream->Read(&first) && stream->Read(&second));
  EXPECT_FALSE(first.has_alert());
  EXPECT_EQ(second.alert().name(), reported->name());
  context->TryCancel();
}

TEST_F(LiveTest, NobodyHasTakenItUntilSomebodyWatches) {
  auto unseen = ReportEmergency();
  ASSERT_TRUE(unseen.ok()) << unseen.status();
  const int told = static_cast<int>(Notifications(*unseen).size());
  ASSERT_GT(told, 0);
  EXPECT_EQ(Get(unseen->name()).delivery().not_taken(), told);
  EXPECT_EQ(Get(unseen->name()).delivery().sent(), 0);
  auto context = rpc::WithDeadline(absl::Seconds(60));
  auto stream = Watch(*alerts_, *context);
  auto seen = ReportEmergency();
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(AwaitInState(*seen, v1::NOTIFICATION_STATE_SENT, told), told);
  EXPECT_EQ(AwaitInState(*unseen, v1::NOTIFICATION_STATE_NOT_TAKEN, told), told) << "that one nobody saw";
  ASSERT_TRUE(Resolve(*seen).ok());
  ASSERT_TRUE(Resolve(*unseen).ok());
  std::set<std::string> over;
  for (const auto& one : Notifications(*seen)) {
    if (one.purpose() == v1::NOTIFICATION_PURPOSE_RESOLVED) over.insert(one.staff_member());
  }
  EXPECT_EQ(over.size(), static_cast<size_t>(told)) << "whoever was told hears the end, once";
  EXPECT_EQ(Notifications(*unseen).size(), static_cast<size_t>(told))
      << "nobody was told, nobody hears the end";
  EXPECT_EQ(AwaitInState(*seen, v1::NOTIFICATION_STATE_SENT, 2 * told), 2 * told);
  context->TryCancel();
}

TEST_F(AlertsTest, WhoeverWatchesIsToldThatTheReplicaStops) {
  auto context = rpc::WithDeadline(absl::Seconds(60));
  auto stream = Watch(*alerts_, *context);
  ASSERT_TRUE(stack().Stop("alerts-1").ok());
  v1::WatchAlertsResponse change;
  EXPECT_FALSE(stream->Read(&change));
  EXPECT_EQ(refusal::Of(rpc::FromGrpc(stream->Finish())).reason, "SERVER_STOPPING");
}

TEST_F(AlertsTest, ASlowWatcherIsCutOffAndTheOthersSeeEverything) {
  constexpr int kEmergencies = 500;
  // Takes no more than HTTP/2's first window while nobody reads.
  grpc::ChannelArguments small;
  small.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  small.SetSslTargetNameOverride(rpc::ServerName("alerts"));
  auto slow_stub = v1::AlertService::NewStub(
      grpc::CreateCustomChannel(stack().Replicas("alerts")[0], stack().Tls()->channel(), small));
  auto slow_context = rpc::WithDeadline(absl::Seconds(300)),
       good_context = rpc::WithDeadline(absl::Seconds(300));
  auto slow = Watch(*slow_stub, *slow_context), good = Watch(*alerts_, *good_context);
  std::set<std::string> seen;
  std::thread reader([&] {
    v1::WatchAlertsResponse change;
    while (seen.size() < kEmergencies && good->Read(&change)) {
      if (change.action() == v1::ALERT_ACTION_RAISED) seen.insert(change.alert().name());
    }
  });
  std::set<std::string> raised;
  for (int i = 0; i < kEmergencies; ++i) {
    auto alert = ReportEmergency();
    if (alert.ok()) raised.insert(alert->name());
  }
  reader.join();
  EXPECT_EQ(raised.size(), static_cast<size_t>(kEmergencies));
  EXPECT_EQ(seen, raised);
  v1::WatchAlertsResponse change;
  while (slow->Read(&change)) {
  }
  // Who does not even take the answer for 10 s is cancelled.
  EXPECT_THAT(slow->Finish().error_code(),
              testing::AnyOf(grpc::StatusCode::RESOURCE_EXHAUSTED, grpc::StatusCode::CANCELLED));
  good_context->TryCancel();
}

}  // namespace
}  // namespace tonghu::system_test
