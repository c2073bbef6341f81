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
