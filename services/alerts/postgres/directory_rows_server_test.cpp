// The registry's facts, policies and emergencies.
#include "services/alerts/postgres/directory_rows.h"
#include "services/alerts/postgres/emergency_rows.h"
#include "services/alerts/postgres/policy_rows.h"
#include "services/alerts/postgres/testing/store_test.h"

namespace tonghu::alerts {
namespace {

TEST_F(StoreTest, FactsReplaceWhatWasKnown) {
  for (const int version : {1, 2}) {
    const std::string suffix = std::to_string(version);
    ASSERT_TRUE(StoreSchools(*db_, {{kCounty, "s1", "52032410" + suffix}}).ok());
    ASSERT_TRUE(StoreStaff(*db_, {{kCounty, "t1", "张老师" + suffix}}).ok());
    ASSERT_TRUE(
        StorePosts(*db_, {{kCounty, "county_office", {{"h" + suffix, "值班"}, {"d1", "副职"}}}}).ok());
    ASSERT_TRUE(StoreChildren(*db_, {{kCounty, Id("c1"), {"s1", "520324104", 3 + version, 1}}}).ok());
  }
  Directories directories;
  ASSERT_TRUE(LoadStaff(*db_, OtherKeys({"t1", "nobody"}), directories).ok());
  ASSERT_TRUE(LoadPosts(*db_, OtherKeys({"county_office", "province_office"}), directories).ok());
  const Directory& directory = directories[kCounty];
  EXPECT_EQ(*directory.FindName("t1"), "张老师2");
  EXPECT_EQ(directory.FindName("nobody"), nullptr);
  EXPECT_EQ(directory.FindPost("county_office")->holder.id, "h2");
  EXPECT_EQ(directory.FindPost("county_office")->deputy.name, "副职");
  EXPECT_EQ(directory.FindPost("province_office"), nullptr);
  auto children = LoadChildren(*db_, Keys({"c1", "c2"}));
  ASSERT_TRUE(children.ok()) << children.status();
  ASSERT_EQ(children->size(), 1u);
  EXPECT_EQ((children->at({kCounty, Id("c1")}).place), (Place{"s1", "520324104", 5, 1}));
  auto schools = LoadSchools(*db_, OtherKeys({"s1", "s2"}));
  ASSERT_TRUE(schools.ok()) << schools.status();
  ASSERT_EQ(schools->size(), 1u);
  EXPECT_EQ((schools->at({kCounty, "s1"}).township_code), "520324102");
}

TEST_F(StoreTest, PoliciesComeBackByVersionAndDamagedOnesSaySo) {
  Policy policy = BuiltInPolicy(Kind::kAbsence);
  policy.version = 1;
  policy.repeat_last = absl::Hours(5);
  ASSERT_TRUE(InsertPolicies(*db_, {{kCounty, &policy}}, kNow).ok());
  auto book = LoadPolicies(*db_, {kCounty, "520203"});
  ASSERT_TRUE(book.ok()) << book.status();
  policy.put_time = kNow;
  EXPECT_EQ(book->InForce(kCounty, Kind::kAbsence), policy);
  EXPECT_EQ(book->InForce("520203", Kind::kAbsence).version, 0);
  EXPECT_EQ(InsertPolicies(*db_, {{kCounty, &policy}}, kNow).code(), absl::StatusCode::kAlreadyExists);
  for (const char* damaged : {"", "1 2", "1 2 3", "1 x 3:1", "1 2 3:1,", "1 2 3:1 "}) {
    ASSERT_TRUE(db_->Run("UPDATE escalation_policy SET doc = $1", postgres::Params().Text(damaged)).ok());
    EXPECT_EQ(LoadPolicies(*db_, {kCounty}).status().code(), absl::StatusCode::kDataLoss) << damaged;
  }
}

TEST_F(StoreTest, WhatWasReportedComesBack) {
  ASSERT_TRUE(InsertEmergencies(*db_, {{kCounty, Id("a"), 5, "晚自习后未回家", "t1", kNow}}).ok());
  auto events = LoadEmergencies(*db_, Keys({"a", "b"}));
  ASSERT_TRUE(events.ok()) << events.status();
  ASSERT_EQ(events->size(), 1u);
  EXPECT_EQ(events->front().kind, 5);
  EXPECT_EQ(events->front().description, "晚自习后未回家");
  EXPECT_EQ(events->front().reporter_id, "t1");
  EXPECT_EQ(events->front().happen_time, kNow);
  EXPECT_TRUE(LoadEmergencies(*db_, {})->empty());
}

}  // namespace
}  // namespace tonghu::alerts
