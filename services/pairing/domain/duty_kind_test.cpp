#include "services/pairing/domain/duty_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tonghu/pairing/v1/duty_service.pb.h"

namespace tonghu::pairing {
namespace {

TEST(DutyKindTest, EveryRuleIsFoundAndNoTwoShareAKindAWordOrAContact) {
  std::set<int> kinds;
  std::set<std::string> words;
  std::set<ContactKind> contacts;
  for (const DutyRule& rule : DutyRules()) {
    EXPECT_TRUE(kinds.insert(static_cast<int>(rule.kind)).second);
    EXPECT_TRUE(words.insert(rule.word).second) << rule.word;
    EXPECT_EQ(FindRule(static_cast<int>(rule.kind)), &rule);
    EXPECT_FALSE(rule.built_in.fulfilled_by.empty()) << rule.word << " could never be done";
    EXPECT_FALSE(rule.built_in.owed_by.empty()) << rule.word << " is owed by nobody";
    for (const ContactKind by : rule.built_in.fulfilled_by) {
      EXPECT_TRUE(contacts.insert(by).second) << "it would close duties of two kinds";
      EXPECT_EQ(FulfilledBy(by), rule.kind);
    }
    EXPECT_EQ(rule.built_in.version, 0);
  }
  EXPECT_EQ(FindRule(0), nullptr) << "not given";
  EXPECT_EQ(FindRule(99), nullptr);
}

TEST(DutyKindTest, OnlyTheTalkIsOwedWhereACountyHasSaidNothing) {
  for (const DutyRule& rule : DutyRules())
    EXPECT_EQ(rule.built_in.cadence.times, rule.kind == DutyKind::kTalk ? 1 : 0) << rule.word;
}

TEST(DutyKindTest, TheNumbersAreThoseOfTheApi) {
  for (const DutyRule& rule : DutyRules()) {
    EXPECT_TRUE(v1::DutyKind_IsValid(static_cast<int>(rule.kind))) << rule.word;
    for (const PairingRole role : rule.built_in.owed_by)
      EXPECT_TRUE(v1::PairingRole_IsValid(static_cast<int>(role))) << rule.word;
  }
  EXPECT_EQ(DutyRules().size() + 1, v1::DutyKind_descriptor()->value_count())
      << "all but the unspecified one";
}

TEST(DutyKindTest, WhoOnlyHelpsBesidesDoesNotLookAfterTheChild) {
  EXPECT_TRUE(LooksAfter(PairingRole::kClassTeacher));
  EXPECT_TRUE(LooksAfter(PairingRole::kSchoolLeader));
  EXPECT_FALSE(LooksAfter(PairingRole::kPeer));
  EXPECT_FALSE(LooksAfter(PairingRole::kCounsellor));
  EXPECT_EQ(RolesThatLookAfter(), RuleOf(DutyKind::kTalk).built_in.owed_by) << "those that talk with it";
}

TEST(DutyKindTest, AVisitIsNoTalk) {
  EXPECT_EQ(FulfilledBy(ContactKind::kTalk), DutyKind::kTalk);
  EXPECT_EQ(FulfilledBy(ContactKind::kHomeVisit), DutyKind::kHomeVisit);
  EXPECT_EQ(FulfilledBy(ContactKind::kWhisperAnswer), std::nullopt);
}

}  // namespace
}  // namespace tonghu::pairing
