#include "services/alerts/domain/lifecycle.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

#include "libs/refusal/refusal.h"

namespace tonghu::alerts {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);
const Person kHead{"t3", "校长"}, kOther{"t4", "督导员"};

Directory Full() {
  Directory directory;
  const Place place{"s1", "520521100", 3, 2};
  for (const directory::PostKind kind : directory::kPostKinds) {
    const std::string holder = "t" + std::to_string(static_cast<int>(kind) + 1);  // the level's number
    directory.PutPost(directory::PostId(kind, place), {.holder = {holder, holder}});
  }
  return directory;
}

Alert Raised(Kind kind = Kind::kDutyMissed) {
  Alert alert{.county = "520521",
              .id = "a1",
              .kind = kind,
              .child_id = "c1",
              .helper_id = "h1",
              .place = {"s1", "520521100", 3, 2}};
  Raise(alert, BuiltInPolicy(kind), Full(), kNow);
  return alert;
}

std::string ReasonOf(const absl::Status& status) { return refusal::Of(status).reason; }

TEST(RaiseTest, TellsTheFirstAtOnce) {
  const Alert alert = Raised();
  EXPECT_EQ(alert.state, State::kOpen);
  ASSERT_EQ(alert.entries.size(), 2u);
  EXPECT_EQ(alert.entries[0].action, Action::kRaised);
  EXPECT_EQ(alert.entries[1].action, Action::kTold);
  EXPECT_EQ(alert.raise_time, kNow);
  EXPECT_EQ(alert.next_step, 1);
  EXPECT_EQ(alert.next_step_time, kNow + absl::Hours(24));
  EXPECT_EQ(alert.level, Level::kHelper);
}

TEST(RaiseTest, AFirstStepMayWait) {
  Policy policy = BuiltInPolicy(Kind::kAbsence);
  policy.version = 3;
  policy.steps[0].delay = absl::Hours(1);
  Alert alert{.kind = Kind::kAbsence};
  Raise(alert, policy, Full(), kNow);
  EXPECT_EQ(alert.entries.size(), 1u);
  EXPECT_EQ(alert.next_step, 0);
  EXPECT_EQ(alert.next_step_time, kNow + absl::Hours(1));
  EXPECT_EQ(alert.policy_version, 3);
}

TEST(ClimbTest, ALateStepCountsFromNow) {
  Alert alert = Raised();
  const absl::Time late = kNow + absl::Hours(24 * 40);
  Climb(alert, BuiltInPolicy(alert.kind), Full(), late);
  EXPECT_EQ(alert.next_step, 2) << "one step, however late";
  EXPECT_EQ(alert.next_step_time, late + absl::Hours(48));
  EXPECT_EQ(alert.level, Level::kSchoolHead);
}

TEST(AcknowledgeTest, StopsTheClimbForAWhile) {
  Alert alert = Raised();
  ASSERT_EQ(Acknowledge(alert, BuiltInPolicy(alert.kind), kHead, kNow + absl::Hours(1)), absl::OkStatus());
  EXPECT_EQ(alert.state, State::kAcknowledged);
  EXPECT_EQ(alert.acknowledged_by, "t3");
  EXPECT_EQ(alert.next_step, 1);
  EXPECT_EQ(alert.next_step_time, kNow + absl::Hours(1) + BuiltInPolicy(alert.kind).resolve_within);
  EXPECT_EQ(alert.entries.back().staff_name, "校长");
}

TEST(AcknowledgeTest, OnceAndByOne) {
  Alert alert = Raised();
  ASSERT_EQ(Acknowledge(alert, BuiltInPolicy(alert.kind), kHead, kNow), absl::OkStatus());
  const size_t entries = alert.entries.size();
  EXPECT_EQ(Acknowledge(alert, BuiltInPolicy(alert.kind), kHead, kNow + absl::Hours(1)), absl::OkStatus());
  EXPECT_EQ(alert.entries.size(), entries) << "the same person again changes nothing";
  EXPECT_EQ(alert.acknowledge_time, kNow);
  EXPECT_EQ(ReasonOf(Acknowledge(alert, BuiltInPolicy(alert.kind), kOther, kNow)), "ALREADY_ACKNOWLEDGED");
}

TEST(AcknowledgeTest, AnUnresolvedAlertClimbsOnAndCanBeAnsweredAbove) {
  Alert alert = Raised();
  ASSERT_TRUE(Acknowledge(alert, BuiltInPolicy(alert.kind), kHead, kNow).ok());
  Climb(alert, BuiltInPolicy(alert.kind), Full(), alert.next_step_time);
  EXPECT_EQ(alert.state, State::kOpen);
  EXPECT_EQ(alert.next_step, 2) << "the next step, not the first";
  EXPECT_EQ(Acknowledge(alert, BuiltInPolicy(alert.kind), kOther, kNow), absl::OkStatus());
}

TEST(ResolveTest, IsFinal) {
  Alert alert = Raised();
  ASSERT_EQ(Resolve(alert, kHead, "已家访，情况正常", kNow + absl::Hours(2)), absl::OkStatus());
  EXPECT_EQ(alert.state, State::kResolved);
  EXPECT_EQ(alert.next_step_time, absl::InfinitePast());
  EXPECT_EQ(alert.entries.back().action, Action::kResolved);
  EXPECT_EQ(alert.entries.back().next_step_time, absl::InfinitePast());
  EXPECT_EQ(ReasonOf(Resolve(alert, kHead, "再次", kNow)), "ALREADY_RESOLVED");
  EXPECT_EQ(ReasonOf(Acknowledge(alert, BuiltInPolicy(alert.kind), kHead, kNow)), "ALREADY_RESOLVED");
  const size_t entries = alert.entries.size();
  ResolveByFact(alert, "已补做", kNow);
  EXPECT_EQ(alert.entries.size(), entries);
  EXPECT_EQ(alert.resolution, "已家访，情况正常");
}

TEST(ResolveTest, NeedsWords) {
  Alert alert = Raised();
  EXPECT_EQ(ReasonOf(Resolve(alert, kHead, " \n", kNow)), "TEXT_MISSING");
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "好";
  EXPECT_EQ(CheckWords(text, "resolution"), absl::OkStatus()) << "characters, not bytes";
  EXPECT_EQ(ReasonOf(Resolve(alert, kHead, text + "a", kNow)), "TEXT_TOO_LONG");
  EXPECT_EQ(alert.state, State::kOpen);
}

TEST(ResolveTest, AFactSettlesWithoutAPerson) {
  Alert alert = Raised();
  ResolveByFact(alert, "已补做", kNow);
  EXPECT_EQ(alert.state, State::kResolved);
  EXPECT_EQ(alert.entries.back().staff_id, "");
}

TEST(RepeatTest, CountsWithoutMovingTheClimb) {
  Alert alert = Raised(Kind::kAbsence);
  const absl::Time next = alert.next_step_time;
  Repeat(alert, kNow + absl::Hours(1));
  EXPECT_EQ(alert.occurrences, 2);
  EXPECT_EQ(alert.next_step_time, next);
  EXPECT_EQ(alert.entries.back().action, Action::kRepeated);
}

// Whatever happens, in any order: an alert has a finite time of its next step until it is resolved, and only
// then none.
TEST(LifecycleTest, AlwaysClimbsUntilResolved) {
  EXPECT_TRUE(rc::check([](const std::vector<int>& events) {
    const Directory directory = *rc::gen::arbitrary<bool>() ? Full() : Directory();
    Alert alert{.kind = static_cast<Kind>(*rc::gen::inRange(1, 5)), .place = {"s1", "520521100", 3, 2}};
    const Policy& policy = BuiltInPolicy(alert.kind);
    absl::Time now = kNow;
    Raise(alert, policy, directory, now);
    for (const int event : events) {
      const size_t entries = alert.entries.size();
      now += absl::Minutes(7);
      switch ((event % 5 + 5) % 5) {
        case 0:
          if (alert.state != State::kResolved) Climb(alert, policy, directory, now);
          break;
        case 1:
          Acknowledge(alert, policy, kHead, now).IgnoreError();
          break;
        case 2:
          Acknowledge(alert, policy, kOther, now).IgnoreError();
          break;
        case 3:
          if (alert.state != State::kResolved) Repeat(alert, now);
          break;
        case 4:
          if (event % 3 == 0) ResolveByFact(alert, "已补做", now);
          break;
      }
      RC_ASSERT(alert.entries.size() >= entries);
      RC_ASSERT((alert.state == State::kResolved) == (alert.next_step_time == absl::InfinitePast()));
      RC_ASSERT(alert.next_step_time < now + absl::Hours(24 * 31));
    }
  }));
}

TEST(ExcuseTest, TheLastMorningSettlesTheAlert) {
  Alert alert{.occurrences = 2};
  Excuse(alert, "缺勤均已请假", kNow);
  EXPECT_EQ(alert.state, State::kOpen);
  EXPECT_EQ(alert.occurrences, 1);
  EXPECT_EQ(alert.entries.back().action, Action::kExcused);
  Excuse(alert, "缺勤均已请假", kNow);
  EXPECT_EQ(alert.state, State::kResolved);
  EXPECT_EQ(alert.resolution, "缺勤均已请假");
  Excuse(alert, "停课", kNow);
  EXPECT_EQ(alert.entries.size(), 2u) << "what is settled stays";
}

TEST(NoteTest, ANoteChangesNeitherStateNorClimb) {
  Alert alert{.state = State::kResolved, .resolution = "孩子平安"};
  EXPECT_TRUE(Note(alert, kHead, "已电话联系祖父", kNow).ok());
  EXPECT_EQ(alert.state, State::kResolved);
  EXPECT_EQ(alert.next_step_time, absl::InfinitePast());
  ASSERT_EQ(alert.entries.size(), 1u);
  EXPECT_EQ(alert.entries.back().action, Action::kNoted);
  EXPECT_EQ(alert.entries.back().note, "已电话联系祖父");
  EXPECT_EQ(alert.entries.back().staff_id, kHead.id);
  EXPECT_EQ(refusal::Of(Note(alert, kHead, " ", kNow)).reason, "TEXT_MISSING");
  EXPECT_EQ(alert.entries.size(), 1u);
}

}  // namespace
}  // namespace tonghu::alerts
