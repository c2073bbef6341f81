// A small province whose alerts go to a receiver of the test, and what its tests ask of them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "tests/fault/province.h"
#include "tests/system/webhook_receiver.h"

namespace tonghu::system_test {

namespace v1 = tonghu::alerts::v1;
using AlertStub = v1::AlertService::Stub;
using SignalStub = v1::SignalService::Stub;

inline constexpr char kSecret[] = "whsec_dG9uZ2h1LXRlc3Qtc2VjcmV0LTEyMzQ1Njc4";

inline std::multiset<std::string> Ids(const std::vector<Post>& posts) {
  std::multiset<std::string> ids;
  for (const Post& post : posts) ids.insert(post.headers.at("webhook-id"));
  return ids;
}

// A stack for each case.
class AlertsTest : public testing::Test {
 protected:
  void SetUp() override {
    Begin({{"TONGHU_WEBHOOK_URL", receiver_.url()}, {"TONGHU_WEBHOOK_SECRET", kSecret}});
  }

  void Begin(const std::map<std::string, std::string>& environment) {
    auto province = fault::Province::Up(1, 5, environment);
    ASSERT_TRUE(province.ok()) << province.status();
    province_ = std::move(*province);
    alerts_ = v1::AlertService::NewStub(stack().Channel("alerts"));
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
    return province_->clients().Call(&SignalStub::ReportEmergency, request);
  }

  v1::Alert Get(const std::string& name) {
    v1::GetAlertRequest request;
    request.set_name(name);
    auto alert = province_->clients().Call(&AlertStub::GetAlert, request);
    EXPECT_TRUE(alert.ok()) << alert.status();
    return alert.value_or(v1::Alert());
  }

  absl::StatusOr<v1::Alert> Resolve(const v1::Alert& alert) {
    v1::ResolveAlertRequest request;
    request.set_name(alert.name());
    request.set_staff_member(pair().helper);
    request.set_resolution("已到医院看望，孩子平安");
    return province_->clients().Call(&AlertStub::ResolveAlert, request);
  }

  // Begins to watch the county; from now on nothing is missed.
  std::unique_ptr<grpc::ClientReader<v1::WatchAlertsResponse>> Watch(AlertStub& stub,
                                                                     grpc::ClientContext& context) {
    v1::WatchAlertsRequest request;
    request.set_parent("counties/" + pair().county);
    auto stream = stub.WatchAlerts(&context, request);
    v1::WatchAlertsResponse begun;
    EXPECT_TRUE(stream->Read(&begun));
    EXPECT_FALSE(begun.has_alert()) << "the first message says that the stream has begun";
    return stream;
  }

  std::vector<v1::Notification> Notifications(const v1::Alert& alert) {
    v1::ListNotificationsRequest request;
    request.set_alert(alert.name());
    auto listed = province_->clients().Call(&AlertStub::ListNotifications, request);
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
  std::unique_ptr<AlertStub> alerts_;
};

// The same without a webhook: the live stream is the only channel.
class LiveTest : public AlertsTest {
 protected:
  void SetUp() override { Begin({}); }
};

}  // namespace tonghu::system_test
