// Who tries to reach a child's file without the right is in the audit, and a flood of attempts fills no room.
#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/fleet/quiet.h"
#include "tests/system/rights_fixture.h"

namespace tonghu::system_test {
namespace {

using nlohmann::json;

class RefusedTest : public RightsTest {
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

TEST_F(RefusedTest, AttemptsAreInTheAuditAndAFloodIsFewRows) {
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

TEST_F(RefusedTest, AnAttemptOnWhatIsAChildsIsOneOnTheChild) {
  const Subject teacher = Intruder();
  EXPECT_EQ(CallAs(teacher, *calls().Find("alerts.AlertService.GetAlert"), {{"name", Kept("alert3")}})
                .status.code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Refused(Kept("child3"), "GetAlert").size(), 1u);
}

TEST_F(RefusedTest, AContactIsInTheAuditOfItsChildByWhoRecordedIt) {
  const std::string child = Kept("child4");
  const Answer listed = Call(*calls().Find("access.AuditService.ListAuditEntries"),
                             {{"parent", child.substr(0, child.find("/children"))}, {"child", child}},
                             "operators/local", {});
  ASSERT_TRUE(listed.status.ok()) << listed.status;
  int contacts = 0;
  for (const json& entry : listed.body["entries"]) {
    if (entry["what"] != "contact_logged") continue;
    ++contacts;
    EXPECT_EQ(entry["action"], "AUDIT_ACTION_CHANGED");
    EXPECT_EQ(entry["actor"], "operators/local");
  }
  EXPECT_EQ(contacts, 1);
}

}  // namespace
}  // namespace tonghu::system_test
