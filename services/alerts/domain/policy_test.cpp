#include "services/alerts/domain/policy.h"

#include <gtest/gtest.h>

#include "libs/refusal/refusal.h"

namespace tonghu::alerts {
namespace {

constexpr Kind kKinds[] = {Kind::kDutyMissed, Kind::kAbsence,  Kind::kAttendanceNotSent,
                           Kind::kEmergency,  Kind::kOperator, Kind::kGlassBroken,
                           Kind::kConcern};

std::string FieldOf(const Policy& policy) { return refusal::Of(CheckPolicy(policy)).field; }

TEST(BuiltInPolicyTest, PassesItsOwnCheck) {
  for (const Kind kind : kKinds) {
    EXPECT_EQ(CheckPolicy(BuiltInPolicy(kind)), absl::OkStatus());
    EXPECT_EQ(BuiltInPolicy(kind).kind, kind);
    EXPECT_EQ(BuiltInPolicy(kind).version, 0);
    EXPECT_EQ(BuiltInPolicy(kind).steps.front().delay, absl::ZeroDuration()) << "somebody is told at once";
  }
}

TEST(BuiltInPolicyTest, AConcernIsToldToTheTeacherAndTheHead) {
  const Policy& policy = BuiltInPolicy(Kind::kConcern);
  EXPECT_EQ(policy.steps[0].levels, (std::vector<Level>{Level::kClassTeacher, Level::kSchoolHead}));
  EXPECT_EQ(policy.steps[1].levels, std::vector<Level>{Level::kTownshipSupervisor});
}

TEST(BuiltInPolicyTest, AMissedDutyClimbsInNineDays) {
  const Policy& policy = BuiltInPolicy(Kind::kDutyMissed);
  ASSERT_EQ(policy.steps.size(), 5u);
  absl::Duration total;
  for (const Step& step : policy.steps) total += step.delay;
  EXPECT_EQ(total, absl::Hours(24 + 48 + 72 + 72));
  EXPECT_EQ(policy.steps[0].levels, std::vector<Level>{Level::kHelper});
}

TEST(BuiltInPolicyTest, AnEmergencyTellsFourAtOnce) {
  EXPECT_EQ(BuiltInPolicy(Kind::kEmergency).steps[0].levels.size(), 4u);
}

TEST(CheckPolicyTest, RefusesByField) {
  const Policy good = BuiltInPolicy(Kind::kAbsence);
  Policy bad = good;
  bad.steps.clear();
  EXPECT_EQ(FieldOf(bad), "policy.steps");
  bad = good;
  bad.steps.assign(11, good.steps.back());
  EXPECT_EQ(FieldOf(bad), "policy.steps");
  bad = good;
  bad.steps.pop_back();
  EXPECT_EQ(FieldOf(bad), "policy.steps") << "the last step reaches the province";
  bad = good;
  bad.steps[1].delay = -absl::Seconds(1);
  EXPECT_EQ(FieldOf(bad), "policy.steps[1].delay");
  bad.steps[1].delay = absl::Hours(24 * 30) + absl::Seconds(1);
  EXPECT_EQ(FieldOf(bad), "policy.steps[1].delay");
  for (const std::vector<Level>& levels :
       {std::vector<Level>{}, std::vector<Level>{Level::kNobody}, std::vector<Level>{static_cast<Level>(7)},
        std::vector<Level>{Level::kHelper, Level::kHelper}}) {
    bad = good;
    bad.steps[2].levels = levels;
    EXPECT_EQ(FieldOf(bad), "policy.steps[2].levels");
  }
  bad = good;
  bad.resolve_within = absl::Seconds(59);
  EXPECT_EQ(FieldOf(bad), "policy.resolve_within");
  bad = good;
  bad.repeat_last = absl::InfiniteDuration();
  EXPECT_EQ(FieldOf(bad), "policy.repeat_last");
}

}  // namespace
}  // namespace tonghu::alerts
