// How an emergency leaves the house: the signed webhook and the live stream, through faults of either side.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "libs/journal/event_row.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "services/alerts/webhook/delivery.h"
#include "services/alerts/webhook/signature.h"
#include "tests/fault/province.h"
#include "tests/system/webhook_receiver.h"

namespace tonghu::system_test {
namespace {

namespace v1 = tonghu::alerts::v1;
using AlertStub = v1::AlertService::Stub;
using SignalStub = v1::SignalService::Stub;

constexpr char kSecret[] = "whsec_dG9uZ2h1LXRlc3Qtc2VjcmV0LTEyMzQ1Njc4";

std::multiset<std::string> Ids(const std::vector<Post>& posts) {
  std::multiset<std::string> ids;
  for (const Post& post : posts) ids.insert(post.headers.at("webhook-id"));
  return ids;
}

class AlertsTest : public testing::Test {
 protected:
  void SetUp() override {
    auto province = fault::Province::Up(
        1, 5, {{"TONGHU_WEBHOOK_URL", receiver_.url()}, {"TONGHU_WEBHOOK_SECRET", kSecret}});
    ASSERT_TRUE(province.ok()) << province.status();
    province_ = std::move(*province);
  }

  const fault::Paired& pair() const { return province_->paired()[0]; }
  harness::Stack& stack() { return province_->stack(); }

  absl::StatusOr<v1::Alert> ReportEmergency(const std::string& request_id = "") {
    v1::ReportEmergencyRequest request;
    request.set_parent("counties/" + pair().county);
    request.set_child(pair().child);
    request.set_kind(v1::EMERGENCY_KIND_ACCIDENT);
    request.set_description("放学路上摔伤，已送卫生院");
    request.set_reporter(pair().helper);
    request.set_request_id(request_id);
    return demo::Call(*province_->clients().signals, &SignalStub::ReportEmergency, request);
  }

  // Begins to watch the county; from now on nothing is missed.
  std::unique_ptr<grpc::ClientReader<v1::WatchAlertsResponse>> Watch(AlertStub& stub,
                                                                     grpc::ClientContext& context) {
    v1::WatchAlertsRequest request;
    request.set_parent("counties/" + pair().county);
    auto stream = stub.WatchAlerts(&context, request);
    stream->WaitForInitialMetadata();
    return stream;
  }

  std::vector<v1::Notification> Notifications(const v1::Alert& alert) {
    v1::ListNotificationsRequest request;
    request.set_alert(alert.name());
    auto listed = demo::Call(*province_->clients().alerts, &AlertStub::ListNotifications, request);
    // A channel learns of a restart by a call that breaks.
    if (absl::IsUnavailable(listed.status()))
      listed = demo::Call(*province_->clients().alerts, &AlertStub::ListNotifications, request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    return listed.ok()
               ? std::vector<v1::Notification>(listed->notifications().begin(), listed->notifications().end())
               : std::vector<v1::Notification>();
  }

  // How many of its notifications are in a state, as soon as that is `count`.
  int AwaitInState(const v1::Alert& alert, v1::NotificationState state, int count) {
    int found = -1;
    for (const absl::Time end = absl::Now() + absl::Seconds(20); absl::Now() < end;
         absl::SleepFor(absl::Milliseconds(5))) {
      const auto all = Notifications(alert);
      found = static_cast<int>(
          std::count_if(all.begin(), all.end(), [&](const auto& one) { return one.state() == state; }));
      if (found == count) break;
    }
    return found;
  }

  // Whether each of these was posted at least so often, as soon as it was.
  bool AwaitEach(const std::vector<std::string>& ids, size_t times) {
    for (size_t wanted = ids.size() * times;;) {
      const std::vector<Post> posts = receiver_.Await(wanted);
      const std::multiset<std::string> posted = Ids(posts);
      if (std::all_of(ids.begin(), ids.end(),
                      [&](const std::string& id) { return posted.count(id) >= times; }))
        return true;
      if (posts.size() < wanted) return false;
      wanted = posts.size() + 1;
    }
  }

  void Advance(absl::Duration by) { ASSERT_TRUE(stack().clock().AdvanceTo(stack().clock().Now() + by).ok()); }

  WebhookReceiver receiver_;
  std::unique_ptr<fault::Province> province_;
};

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
  auto now = demo::Call(*province_->clients().alerts, &AlertStub::GetAlert, get);
  ASSERT_TRUE(now.ok()) << now.status();
  EXPECT_GT(now->entries_size(), alert->entries_size())
      << "the alert climbs whether or not the webhook works";
}

TEST_F(AlertsTest, AnAlertSaysWhenItsChildWasLastSpokenWith) {
  const absl::Time talked = stack().clock().Now() - absl::Minutes(30);
  for (const absl::Duration earlier : {absl::ZeroDuration(), absl::Minutes(10)}) {
    pairing::v1::CreateContactRequest request;
    request.set_parent("counties/" + pair().county);
    request.mutable_contact()->set_child(pair().child);
    request.mutable_contact()->set_helper(pair().helper);
    request.mutable_contact()->set_kind(pairing::v1::CONTACT_KIND_TALK);
    journal::SetTime(talked - earlier, request.mutable_contact()->mutable_happen_time());
    auto logged = demo::Call(*province_->clients().contacts,
                             &pairing::v1::ContactService::Stub::CreateContact, request);
    ASSERT_TRUE(logged.ok()) << logged.status();
    ASSERT_TRUE(province_->Quiet().ok());
  }
  auto alert = ReportEmergency();
  ASSERT_TRUE(alert.ok()) << alert.status();
  v1::GetAlertRequest get;
  get.set_name(alert->name());
  auto got = demo::Call(*province_->clients().alerts, &AlertStub::GetAlert, get);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(journal::ToTime(got->last_contact_time()), talked) << "the later talk, though reported first";
}

TEST_F(AlertsTest, WithoutRedisEverythingGoes) {
  ASSERT_TRUE(stack().Kill("redis").ok());
  auto alert = ReportEmergency();
  ASSERT_TRUE(alert.ok()) << alert.status();
  const int told = static_cast<int>(Notifications(*alert).size());
  EXPECT_EQ(AwaitInState(*alert, v1::NOTIFICATION_STATE_SENT, told), told);
}

// The partner has the message, the sender dies before it hears so: the message comes again under its id, and
// nobody is forgotten.
TEST_F(AlertsTest, KilledWhilePostingItPostsAgain) {
  receiver_.Answer(0);
  auto alert = ReportEmergency();
  ASSERT_TRUE(alert.ok()) << alert.status();
  const int told = static_cast<int>(Notifications(*alert).size());
  ASSERT_EQ(receiver_.Await(1).size(), 1u);
  ASSERT_TRUE(stack().Kill("alerts-1").ok());
  receiver_.Answer(200);
  ASSERT_TRUE(stack().Start("alerts-1").ok());
  Advance(absl::Minutes(4));  // the dead one's claim lapses after three
  EXPECT_EQ(AwaitInState(*alert, v1::NOTIFICATION_STATE_SENT, told), told);
  const std::multiset<std::string> ids = Ids(receiver_.Await(told + 1));
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), static_cast<size_t>(told));
  EXPECT_EQ(ids.size(), static_cast<size_t>(told + 1)) << "only the one under way is doubled";
}

TEST_F(AlertsTest, WhoeverWatchesIsToldThatTheReplicaStops) {
  auto context = rpc::WithDeadline(absl::Seconds(60));
  auto stream = Watch(*province_->clients().alerts, *context);
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
  auto slow_stub = v1::AlertService::NewStub(
      grpc::CreateCustomChannel(stack().Replicas("alerts")[0], grpc::InsecureChannelCredentials(), small));
  auto slow_context = rpc::WithDeadline(absl::Seconds(60)),
       good_context = rpc::WithDeadline(absl::Seconds(60));
  auto slow = Watch(*slow_stub, *slow_context), good = Watch(*province_->clients().alerts, *good_context);
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
  EXPECT_EQ(slow->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  good_context->TryCancel();
}

}  // namespace
}  // namespace tonghu::system_test
