#include "services/alerts/domain/escalation.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>

namespace tonghu::alerts {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);
const Place kPlace{"s1", "520521100", 3, 2};
const std::vector<Level> kPosts = {Level::kClassTeacher, Level::kSchoolHead, Level::kTownshipSupervisor,
                                   Level::kCountyOffice, Level::kProvinceOffice};

void Hold(Directory& directory, Level level, const std::string& holder, const std::string& deputy = "") {
  const auto kind = static_cast<directory::PostKind>(static_cast<int>(level) - 1);
  directory.PutPost(directory::PostId(kind, kPlace),
                    {.holder = {holder, "n-" + holder}, .deputy = {deputy, "n-" + deputy}});
}

Directory Full() {
  Directory directory;
  for (const Level level : kPosts) Hold(directory, level, "t" + std::to_string(static_cast<int>(level)));
  directory.PutStaff("h1", "n-h1");
  return directory;
}

const Subject kOfHelper{kPlace, "h1"};
const Subject kOfNobody{kPlace, ""};

TEST(TakeStepTest, TellsTheHelperByName) {
  const Taken taken = TakeStep(BuiltInPolicy(Kind::kDutyMissed), 0, kOfHelper, Full(), kNow);
  ASSERT_EQ(taken.entries.size(), 1u);
  EXPECT_EQ(taken.entries[0].action, Action::kTold);
  EXPECT_EQ(taken.entries[0].staff_id, "h1");
  EXPECT_EQ(taken.entries[0].staff_name, "n-h1");
  EXPECT_EQ(taken.entries[0].post_id, "");
  EXPECT_EQ(taken.entries[0].next_step_time, kNow + absl::Hours(24));
  EXPECT_EQ(taken.next_step, 1);
  EXPECT_EQ(taken.next_step_time, kNow + absl::Hours(24));
  EXPECT_EQ(taken.highest, Level::kHelper);
}

TEST(TakeStepTest, WithoutAHelperTheClassTeacherIsTold) {
  const Taken taken = TakeStep(BuiltInPolicy(Kind::kDutyMissed), 0, kOfNobody, Full(), kNow);
  ASSERT_EQ(taken.entries.size(), 1u);
  EXPECT_EQ(taken.entries[0].staff_id, "t2");
  EXPECT_EQ(taken.entries[0].post_id, "class_teacher-s1-3-2");
}

TEST(TakeStepTest, ForAHelperWhoHasLeftTheClassTeacherStandsIn) {
  Directory directory = Full();
  directory.PutLeft("h2");
  const Taken taken = TakeStep(BuiltInPolicy(Kind::kDutyMissed), 0, {kPlace, "h2"}, directory, kNow);
  ASSERT_EQ(taken.entries.size(), 1u);
  EXPECT_EQ(taken.entries[0].staff_id, "t2");
  EXPECT_EQ(taken.entries[0].level, Level::kHelper);
  const Taken unknown = TakeStep(BuiltInPolicy(Kind::kDutyMissed), 0, {kPlace, "h3"}, directory, kNow);
  ASSERT_EQ(unknown.entries.size(), 1u);
  EXPECT_EQ(unknown.entries[0].staff_id, "h3") << "whose facts have not come yet is told by number";
  // The class had the same person, whose post is vacant since.
  Hold(directory, Level::kClassTeacher, "");
  const Taken further = TakeStep(BuiltInPolicy(Kind::kDutyMissed), 0, {kPlace, "h2"}, directory, kNow);
  ASSERT_EQ(further.entries.back().action, Action::kTold);
  EXPECT_NE(further.entries.back().staff_id, "h2");
  EXPECT_GT(further.highest, Level::kHelper) << "somebody who is there, at once";
}

TEST(TakeStepTest, NobodyStandsInForAKeeperWhoHasLeft) {
  Directory directory = Full();
  directory.PutLeft("k1");
  const Place school{"s1", "520521100"};
  const Taken taken = TakeStep(BuiltInPolicy(Kind::kWhisperOverdue), 0, {school, "k1"}, directory, kNow);
  ASSERT_EQ(taken.entries.size(), 1u);
  EXPECT_EQ(taken.entries[0].level, Level::kSchoolHead);
  EXPECT_EQ(taken.entries[0].staff_id, "t3");
}

TEST(TakeStepTest, AVacantPostPassesOnAtOnce) {
  Directory directory = Full();
  Hold(directory, Level::kSchoolHead, "");
  const Taken taken = TakeStep(BuiltInPolicy(Kind::kDutyMissed), 1, kOfHelper, directory, kNow);
  ASSERT_EQ(taken.entries.size(), 2u);
  EXPECT_EQ(taken.entries[0].action, Action::kVacant);
  EXPECT_EQ(taken.entries[0].level, Level::kSchoolHead);
  EXPECT_EQ(taken.entries[0].staff_id, "");
  EXPECT_EQ(taken.entries[0].next_step_time, kNow);
  EXPECT_EQ(taken.entries[1].action, Action::kTold);
  EXPECT_EQ(taken.entries[1].level, Level::kTownshipSupervisor);
  EXPECT_EQ(taken.entries[1].step, 2);
  EXPECT_EQ(taken.next_step, 3);
  EXPECT_EQ(taken.next_step_time, kNow + absl::Hours(72));
}

TEST(TakeStepTest, ADeputyStandsInAndNothingPassesOn) {
  Directory directory = Full();
  Hold(directory, Level::kSchoolHead, "", "d1");
  const Taken taken = TakeStep(BuiltInPolicy(Kind::kDutyMissed), 1, kOfHelper, directory, kNow);
  ASSERT_EQ(taken.entries.size(), 2u);
  EXPECT_EQ(taken.entries[0].action, Action::kVacant);
  EXPECT_EQ(taken.entries[1].action, Action::kTold);
  EXPECT_EQ(taken.entries[1].staff_id, "d1");
  EXPECT_TRUE(taken.entries[1].as_deputy);
  EXPECT_EQ(taken.next_step, 2);
  EXPECT_EQ(taken.next_step_time, kNow + absl::Hours(48));
}

TEST(TakeStepTest, OfSeveralLevelsOneHolderIsEnough) {
  Directory directory;
  Hold(directory, Level::kCountyOffice, "c1");
  const Taken taken = TakeStep(BuiltInPolicy(Kind::kEmergency), 0, kOfNobody, directory, kNow);
  ASSERT_EQ(taken.entries.size(), 4u);
  EXPECT_EQ(taken.entries[3].staff_id, "c1");
  EXPECT_EQ(taken.next_step, 1);
  EXPECT_EQ(taken.next_step_time, kNow + absl::Minutes(15));
}

TEST(TakeStepTest, NobodyAtAllIsTriedAgain) {
  const Policy& policy = BuiltInPolicy(Kind::kEmergency);
  const Taken taken = TakeStep(policy, 0, kOfNobody, Directory(), kNow);
  EXPECT_EQ(taken.entries.size(), 5u);
  EXPECT_EQ(taken.highest, Level::kNobody);
  EXPECT_EQ(taken.next_step, 2);
  EXPECT_EQ(taken.next_step_time, kNow + policy.repeat_last);
}

TEST(TakeStepTest, TheLastStepIsRepeated) {
  const Policy& policy = BuiltInPolicy(Kind::kDutyMissed);
  const Taken taken = TakeStep(policy, 5, kOfHelper, Full(), kNow);
  ASSERT_EQ(taken.entries.size(), 1u);
  EXPECT_EQ(taken.entries[0].level, Level::kProvinceOffice);
  EXPECT_EQ(taken.entries[0].step, 4);
  EXPECT_EQ(taken.next_step, 5);
  EXPECT_EQ(taken.next_step_time, kNow + policy.repeat_last);
}

TEST(TakeStepTest, AStepWithoutDelayIsTakenWithTheOneBefore) {
  Policy policy = BuiltInPolicy(Kind::kAbsence);
  policy.steps[1].delay = absl::ZeroDuration();
  const Taken taken = TakeStep(policy, 0, kOfNobody, Full(), kNow);
  EXPECT_EQ(taken.entries.size(), 2u);
  EXPECT_EQ(taken.next_step, 2);
  EXPECT_EQ(taken.highest, Level::kSchoolHead);
}

TEST(PreviewTest, ShowsEveryStepOnceInItsTime) {
  Directory directory = Full();
  Hold(directory, Level::kSchoolHead, "");
  const std::vector<Entry> entries = Preview(BuiltInPolicy(Kind::kDutyMissed), kOfHelper, directory, kNow);
  ASSERT_EQ(entries.size(), 5u);
  EXPECT_EQ(entries[0].time, kNow);
  EXPECT_EQ(entries[1].action, Action::kVacant);
  EXPECT_EQ(entries[1].time, kNow + absl::Hours(24));
  EXPECT_EQ(entries[2].time, kNow + absl::Hours(24)) << "passed on at once";
  EXPECT_EQ(entries[3].time, kNow + absl::Hours(24 + 72));
  EXPECT_EQ(entries[4].level, Level::kProvinceOffice);
}

TEST(PreviewTest, AFirstStepMayWait) {
  Policy policy = BuiltInPolicy(Kind::kAbsence);
  policy.steps[0].delay = absl::Hours(1);
  EXPECT_EQ(Preview(policy, kOfNobody, Full(), kNow)[0].time, kNow + absl::Hours(1));
}

Policy AnyPolicy() {
  Policy policy{.resolve_within = absl::Minutes(*rc::gen::inRange(1, 1000)),
                .repeat_last = absl::Minutes(*rc::gen::inRange(1, 1000))};
  const int steps = *rc::gen::inRange(1, 11);
  for (int i = 0; i < steps; ++i) {
    Step step{.delay = absl::Minutes(*rc::gen::inRange(0, 3) * 30)};
    for (int level = 1; level <= 6; ++level) {
      if (*rc::gen::arbitrary<bool>()) step.levels.push_back(static_cast<Level>(level));
    }
    if (step.levels.empty() || (i == steps - 1 && step.levels.back() != Level::kProvinceOffice))
      step.levels.push_back(Level::kProvinceOffice);
    policy.steps.push_back(std::move(step));
  }
  return policy;
}

Directory AnyDirectory() {
  Directory directory;
  for (const Level level : kPosts) {
    const int filled = *rc::gen::inRange(0, 4);  // unknown, vacant, deputy, holder
    if (filled > 0) Hold(directory, level, filled == 3 ? "t" : "", filled == 2 ? "d" : "");
  }
  return directory;
}

// Whatever is vacant: whoever can be told is told, or it keeps climbing; the next time is later than now and
// finite.
TEST(TakeStepTest, NothingIsSwallowed) {
  EXPECT_TRUE(rc::check([] {
    const Policy policy = AnyPolicy();
    RC_ASSERT(CheckPolicy(policy).ok());
    const Directory directory = AnyDirectory();
    const Subject subject{kPlace, *rc::gen::arbitrary<bool>() ? "h" : ""};
    const int count = static_cast<int>(policy.steps.size());
    const int step = *rc::gen::inRange(0, count + 2);
    const Taken taken = TakeStep(policy, step, subject, directory, kNow);
    RC_ASSERT(taken.next_step_time > kNow);
    RC_ASSERT(taken.next_step_time <= kNow + absl::Hours(24 * 30));
    RC_ASSERT(taken.next_step > std::min(step, count - 1));
    RC_ASSERT(taken.next_step <= count);
    RC_ASSERT(!taken.entries.empty());
    const bool told = std::any_of(taken.entries.begin(), taken.entries.end(),
                                  [](const Entry& e) { return e.action == Action::kTold; });
    RC_ASSERT(told ||
              taken.next_step == count);  // nobody is told only when all posts up to the last step are vacant
    for (const Entry& entry : taken.entries)
      RC_ASSERT((entry.action == Action::kTold) == !entry.staff_id.empty());
    RC_ASSERT(told == (taken.highest != Level::kNobody));
  }));
}

// Every level of every step from the first to the last appears, whatever is vacant.
TEST(PreviewTest, CoversThePolicy) {
  EXPECT_TRUE(rc::check([] {
    const Policy policy = AnyPolicy();
    const std::vector<Entry> entries = Preview(policy, kOfNobody, AnyDirectory(), kNow);
    for (int step = 0; step < static_cast<int>(policy.steps.size()); ++step) {
      for (const Level level : policy.steps[step].levels) {
        RC_ASSERT(std::any_of(entries.begin(), entries.end(),
                              [&](const Entry& e) { return e.step == step && e.level == level; }));
      }
    }
    RC_ASSERT(std::is_sorted(entries.begin(), entries.end(),
                             [](const Entry& a, const Entry& b) { return a.time < b.time; }));
  }));
}

}  // namespace
}  // namespace tonghu::alerts
