// Policies and emergencies.
#include "services/alerts/postgres/emergency_rows.h"
#include "services/alerts/postgres/policy_rows.h"
#include "services/alerts/postgres/stored.h"
#include "services/alerts/postgres/testing/store_test.h"

namespace tonghu::alerts {
namespace {

TEST_F(StoreTest, PoliciesComeBackByVersionAndDamagedOnesSaySo) {
  Policy policy = BuiltInPolicy(Kind::kAbsence);
  policy.version = 1;
  policy.put_time = kNow;
  policy.repeat_last = absl::Hours(5);
  ASSERT_TRUE(InsertPolicies(*db_, {{kCounty, policy}}).ok());
  auto book = LoadPolicies(*db_, {kCounty, "520203"});
  ASSERT_TRUE(book.ok()) << book.status();
  EXPECT_EQ(book->InForce(kCounty, Kind::kAbsence), policy);
  EXPECT_EQ(book->InForce("520203", Kind::kAbsence).version, 0);
  EXPECT_EQ(InsertPolicies(*db_, {{kCounty, policy}}).code(), absl::StatusCode::kAlreadyExists);
  for (const std::string& damaged : {std::string(), std::string("\xff\xff"), EncodePolicy(Policy())}) {
    ASSERT_TRUE(db_->Run("UPDATE escalation_policy SET doc = $1", postgres::Params().Bytes(damaged)).ok());
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
