#include "services/pairing/domain/duty_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "libs/clock/clock.h"
#include "tonghu/pairing/v1/pairing_service.pb.h"

namespace tonghu::pairing {
namespace {

using testing::Contains;
using testing::Not;
using testing::UnorderedElementsAre;

absl::Time At(int year, int month, int day, int hour = 0) {
  return absl::FromCivil(absl::CivilHour(year, month, day, hour), clock::China());
}

TEST(DutyKindTest, EveryRuleIsFoundAndNoTwoShareAKindAWordOrAContact) {
  std::set<int> kinds;
  std::set<std::string> words;
  std::set<ContactKind> contacts;
  for (const DutyRule& rule : DutyRules()) {
    EXPECT_TRUE(kinds.insert(static_cast<int>(rule.kind)).second);
    EXPECT_TRUE(words.insert(rule.word).second) << rule.word;
    EXPECT_EQ(FindRule(static_cast<int>(rule.kind)), &rule);
    EXPECT_FALSE(rule.fulfilled_by.empty()) << rule.word << " could never be done";
    EXPECT_FALSE(rule.owed_by.empty()) << rule.word << " is owed by nobody";
    for (const ContactKind by : rule.fulfilled_by) {
      EXPECT_TRUE(contacts.insert(by).second) << "it would close duties of two kinds";
      EXPECT_EQ(FulfilledBy(by), rule.kind);
    }
    EXPECT_TRUE(CheckPolicy(rule.built_in).ok()) << rule.word;
    EXPECT_EQ(rule.built_in.version, 0);
  }
  EXPECT_EQ(FindRule(0), nullptr) << "not given";
  EXPECT_EQ(FindRule(99), nullptr);
}

TEST(DutyKindTest, WhoIsPairedBesidesOwesNoTalk) {
  EXPECT_THAT(OwingRoles(), UnorderedElementsAre(PairingRole::kClassTeacher, PairingRole::kHelperTeacher,
                                                 PairingRole::kProxyParent, PairingRole::kSchoolLeader));
  for (int role = 1; role <= v1::PairingRole_MAX; ++role) {
    EXPECT_EQ(OwesDuties(PairingRole{role}), IsOwedBy(RuleOf(DutyKind::kTalk), PairingRole{role})) << role;
    EXPECT_TRUE(v1::PairingRole_IsValid(role)) << role;
  }
  EXPECT_FALSE(OwesDuties(PairingRole::kPeer));
}

TEST(DutyKindTest, ATalkIsDoneByATalkOnly) {
  EXPECT_EQ(FulfilledBy(ContactKind::kTalk), DutyKind::kTalk);
  for (int kind = 2; kind <= static_cast<int>(ContactKind::kParentsHome); ++kind)
    EXPECT_EQ(FulfilledBy(ContactKind{kind}), std::nullopt) << kind;
  EXPECT_THAT(FulfillingKinds(), Not(Contains(static_cast<int64_t>(ContactKind::kHomeVisit))));
}

TEST(DutyKindTest, WindowsFollowOneAnotherAndNoneIsLongerThanSaid) {
  for (const DutyRule& rule : DutyRules()) {
    for (absl::Time time = At(2026, 8, 20, 9); time < At(2027, 9, 1); time += absl::Hours(11)) {
      const Window window = WindowAt(rule.kind, time);
      EXPECT_TRUE(window.Has(time));
      EXPECT_FALSE(window.Has(window.end));
      EXPECT_LE(window.end - window.start, absl::Hours(24) * kLongestWindowDays);
      EXPECT_EQ(WindowAt(rule.kind, window.end).start, window.end);
      EXPECT_LE(OldestWindowStart(time), window.start);
    }
  }
  EXPECT_EQ(WindowAt(DutyKind::kTalk, At(2026, 9, 13, 23)).start, At(2026, 9, 7)) << "Monday to Monday";
}

TEST(PoliciesTest, TheBuiltInOneWhereACountyHasSetNone) {
  Policies policies;
  policies.Set("520521", DutyKind::kTalk, {3, absl::Hours(1), absl::Hours(2)});
  EXPECT_EQ(policies.Of("520521", DutyKind::kTalk).version, 3);
  EXPECT_EQ(policies.Of("520522", DutyKind::kTalk).report_grace, absl::Hours(48));
}

TEST(CheckPolicyTest, Bounds) {
  const DutyPolicy good = RuleOf(DutyKind::kTalk).built_in;
  const auto with = [&](auto member, absl::Duration value) {
    DutyPolicy policy = good;
    policy.*member = value;
    return CheckPolicy(policy).ok();
  };
  EXPECT_TRUE(CheckPolicy(good).ok());
  EXPECT_FALSE(with(&DutyPolicy::report_grace, -absl::Seconds(1)));
  EXPECT_FALSE(with(&DutyPolicy::report_grace, absl::Hours(24 * 15)));
  EXPECT_FALSE(with(&DutyPolicy::late_report_after, absl::Minutes(59)));
}

}  // namespace
}  // namespace tonghu::pairing
