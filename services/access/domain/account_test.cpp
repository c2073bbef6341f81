#include "services/access/domain/account.h"

#include <gtest/gtest.h>

namespace tonghu::access {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);

Account Usual() {
  return {.county = "520203",
          .id = "01990000-0000-7000-8000-000000000001",
          .first_password = false,
          .password_time = kNow - absl::Hours(24),
          .factor = "sealed",
          .factor_confirmed = true};
}

TEST(AccountTest, ASessionNeedsOneThingAfterTheOther) {
  Account account = Usual();
  EXPECT_EQ(StateOf(account, SignIn::kPassword, kNow), SessionState::kNeedsCode);
  EXPECT_EQ(StateOf(account, SignIn::kPasswordAndCode, kNow), SessionState::kActive);
  account.factor_confirmed = false;
  EXPECT_EQ(StateOf(account, SignIn::kPassword, kNow), SessionState::kNeedsEnrollment);
  account.first_password = true;
  EXPECT_EQ(StateOf(account, SignIn::kPassword, kNow), SessionState::kNeedsPassword);
}

TEST(AccountTest, ACodeComesBeforeANewPassword) {
  Account account = Usual();
  account.first_password = true;
  EXPECT_EQ(StateOf(account, SignIn::kPassword, kNow), SessionState::kNeedsCode);
  EXPECT_EQ(StateOf(account, SignIn::kPasswordAndCode, kNow), SessionState::kNeedsPassword);
}

TEST(AccountTest, AnIdentityProviderAnswersForPasswordAndCode) {
  Account account = Usual();
  account.first_password = true;
  account.password_time = kNow - kPasswordLasts;
  EXPECT_EQ(StateOf(account, SignIn::kFederated, kNow), SessionState::kActive);
  account.factor_confirmed = false;
  EXPECT_EQ(StateOf(account, SignIn::kFederated, kNow), SessionState::kActive);
}

TEST(AccountTest, PasswordsGrowOld) {
  Account account = Usual();
  account.password_time = kNow - kPasswordLasts + absl::Seconds(1);
  EXPECT_EQ(StateOf(account, SignIn::kPasswordAndCode, kNow), SessionState::kActive);
  EXPECT_EQ(StateOf(account, SignIn::kPasswordAndCode, kNow + absl::Seconds(1)),
            SessionState::kNeedsPassword);
  // A clock that went back makes no password older.
  EXPECT_EQ(StateOf(account, SignIn::kPasswordAndCode, kNow - absl::Hours(24 * 365)), SessionState::kActive);
}

TEST(AccountTest, FirstPasswordsEndAfterTwoWeeks) {
  Account account = Usual();
  account.first_password = true;
  account.password_time = kNow - kFirstPasswordLasts;
  EXPECT_TRUE(FirstPasswordIsOver(account, kNow));
  EXPECT_FALSE(FirstPasswordIsOver(account, kNow - absl::Seconds(1)));
  account.first_password = false;
  EXPECT_FALSE(FirstPasswordIsOver(account, kNow));
}

TEST(AccountTest, OnlyTheOperatorAtTheMachineNeedsNobody) {
  EXPECT_FALSE(NeedsSecondPerson("operators/local"));
  EXPECT_TRUE(NeedsSecondPerson("counties/520203/accounts/a"));
  EXPECT_TRUE(NeedsSecondPerson(""));
}

TEST(AccountTest, Logins) {
  EXPECT_EQ(LoginOf("520203-T1"), "520203-t1");
  EXPECT_EQ(LoginOf("zhao_yonghua"), "zhao_yonghua");
  for (const char* text : {"", "ab", "a b c", "赵永华", "a/b/c", "x@y"}) EXPECT_EQ(LoginOf(text), "") << text;
  EXPECT_EQ(LoginOf(std::string(64, 'a')).size(), 64u);
  EXPECT_EQ(LoginOf(std::string(65, 'a')), "");
}

}  // namespace
}  // namespace tonghu::access
