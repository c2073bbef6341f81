// Who reads, changes, or tries to reach a child's file: what of it is in the audit. A flood of refused
// attempts fills no room.
#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/fleet/quiet.h"
#include "tests/harness/eventually.h"
#include "tests/system/rights_fixture.h"
#include "tonghu/alerts/v1/alert_service.grpc.pb.h"

namespace tonghu::system_test {
namespace {

using nlohmann::json;

class RightsAuditTest : public RightsTest {
 protected:
  // A teacher of another class than the first child's.
  static Subject Intruder() {
    Subject teacher = Subjects()[1];
    teacher.actor = "counties/520203/accounts/intruder";
    return teacher;
  }
  // The intruder's refused attempts on a child, the newest first, once everybody has heard everything.
  static std::vector<json> Refused(const std::string& child, const std::string& what) {
    EXPECT_TRUE(fleet::Quiet(stack().endpoints()).Wait(stack().clock().Now(), absl::Seconds(60)).ok());
    const Answer listed =
        Call(*calls().Find("access.AuditService.ListAuditEntries"),
             {{"parent", absl::StrCat("counties/", kCounty)}, {"child", child}, {"actor", Intruder().actor}},
             "operators/local", {});
    EXPECT_TRUE(listed.status.ok()) << listed.status;
    std::vector<json> refused;
    if (!listed.body.contains("entries")) return refused;
    for (const json& entry : listed.body["entries"]) {
      if (entry["action"] == "AUDIT_ACTION_REFUSED" && entry["what"] == what) refused.push_back(entry);
    }
    return refused;
  }
};

TEST_F(RightsAuditTest, AttemptsAreInTheAuditAndAFloodIsFewRows) {
  constexpr int kAttempts = 300;
  const Subject teacher = Intruder();
  const auto& get = *calls().Find("registry.ChildService.GetChild");
  for (int i = 0; i < kAttempts; ++i)
    ASSERT_EQ(CallAs(teacher, get, {{"name", Kept("child1")}}).status.code(),
              absl::StatusCode::kPermissionDenied);
  ASSERT_TRUE(CallAs(Subjects()[0], get, {{"name", Kept("child1")}}).status.ok());
  const auto first = Refused(Kept("child1"), "GetChild");
  ASSERT_GE(first.size(), 1u);
  EXPECT_EQ(first.back()["times"], "1");
  EXPECT_EQ(first.back()["actor"], teacher.actor);
  EXPECT_EQ(first.back()["child"], Kept("child1"));
  EXPECT_EQ(first.back()["producer"], "registry");
  // A service that stops writes down what it has counted.
  ASSERT_TRUE(stack().Stop("registry-1").ok());
  ASSERT_TRUE(stack().Start("registry-1").ok());
  const auto all = Refused(Kept("child1"), "GetChild");
  int64_t times = 0;
  for (const json& entry : all) times += std::stoll(entry["times"].get<std::string>());
  EXPECT_EQ(times, kAttempts);
  EXPECT_LE(all.size(), 10u);
}

TEST_F(RightsAuditTest, AnAttemptOnWhatIsAChildsIsOneOnTheChild) {
  const Subject teacher = Intruder();
  EXPECT_EQ(CallAs(teacher, *calls().Find("alerts.AlertService.GetAlert"), {{"name", Kept("alert3")}})
                .status.code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Refused(Kept("child3"), "GetAlert").size(), 1u);
}

TEST_F(RightsAuditTest, AContactIsInTheAuditOfItsChildByWhoRecordedIt) {
  const std::string child = Kept("child4");
  const Answer listed =
      Call(*calls().Find("access.AuditService.ListAuditEntries"),
           {{"parent", child.substr(0, child.find("/children"))}, {"child", child}}, "operators/local", {});
  ASSERT_TRUE(listed.status.ok()) << listed.status;
  int contacts = 0;
  for (const json& entry : listed.body["entries"]) {
    if (entry["what"] != "contact_logged") continue;
    ++contacts;
    EXPECT_EQ(entry["action"], "AUDIT_ACTION_CHANGED");
    EXPECT_EQ(entry["actor"], "operators/local");
  }
  EXPECT_EQ(contacts, 2) << "a talk and a visit";
}

// What a live stream sent is a reading of the children's files by who watched.
TEST_F(RightsAuditTest, WhomALiveStreamShowedIsInTheAudit) {
  Subject officer = Subjects()[9];
  officer.actor = "counties/520203/accounts/watcher";
  const auto stub = alerts::v1::AlertService::NewStub(ChannelAs("services/gateway", "alerts"));
  grpc::ClientContext context;
  context.AddMetadata(principal::kIdentityKey, Signed(IdentityOf(officer, "alerts")));
  alerts::v1::WatchAlertsRequest watch;
  watch.set_parent(absl::StrCat("counties/", kCounty));
  const auto stream = stub->WatchAlerts(&context, watch);
  stream->WaitForInitialMetadata();  // from now on nothing is missed
  const Answer reported = Call(*calls().Find("alerts.SignalService.ReportEmergency"),
                               {{"parent", watch.parent()},
                                {"child", Kept("child6")},
                                {"kind", "EMERGENCY_KIND_MISSING"},
                                {"description", "放学后未回家"}},
                               "operators/local", {});
  ASSERT_TRUE(reported.status.ok()) << reported.status;
  alerts::v1::WatchAlertsResponse change;
  while (stream->Read(&change) && change.alert().child() != Kept("child6")) {
  }
  EXPECT_EQ(change.alert().child(), Kept("child6"));
  context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::CANCELLED);
  const auto listed = [&] {
    const Answer answer =
        Call(*calls().Find("access.AuditService.ListAuditEntries"),
             {{"parent", watch.parent()}, {"child", Kept("child6")}, {"actor", officer.actor}},
             "operators/local", {});
    EXPECT_TRUE(answer.status.ok()) << answer.status;
    return answer.body.contains("entries") && answer.body["entries"][0]["what"] == "WatchAlerts" &&
           answer.body["entries"][0]["action"] == "AUDIT_ACTION_READ";
  };
  EXPECT_TRUE(harness::Eventually(listed));
}

}  // namespace
}  // namespace tonghu::system_test
