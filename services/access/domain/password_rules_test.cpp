#include "services/access/domain/password_rules.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/refusal/refusal.h"

namespace tonghu::access {
namespace {

std::string ReasonFor(std::string_view password) {
  const absl::Status checked = CheckPassword(password, "520203-t1");
  return checked.ok() ? "" : refusal::Of(checked).reason;
}

TEST(PasswordRulesTest, GoodOnes) {
  for (const char* password : {"Juhua#Tea7", "mountain7Rain", "Xx9!vbTTm2", "four words of no sense",
                               "山高水长Tea9路远马亡", "correcthorsebatterystaple"})
    EXPECT_EQ(ReasonFor(password), "") << password;
}

TEST(PasswordRulesTest, LengthAndKinds) {
  EXPECT_EQ(ReasonFor(""), "PASSWORD_TOO_SHORT");
  EXPECT_EQ(ReasonFor("Juhua#Te7"), "PASSWORD_TOO_SHORT");
  EXPECT_EQ(ReasonFor("山高水长路远"), "PASSWORD_TOO_SHORT");  // characters count, not bytes
  EXPECT_EQ(ReasonFor("mountainrain7"), "PASSWORD_TOO_SIMPLE");
  EXPECT_EQ(ReasonFor("mountainrainrive"), "");  // 16 of any kind
  EXPECT_EQ(ReasonFor(std::string(257, 'x') + "A1"), "PASSWORD_TOO_LONG");
}

TEST(PasswordRulesTest, WhatOthersGuessFirst) {
  for (const char* password :
       {"Password123", "Abc123456!", "Admin@12345", "1qaz@WSX3edc", "Qwer1234!@#", "P@ssw0rd2026",
        "Aa123456789", "woaini5201314A!", "Tonghu@2026", "12345678901234567890"})
    EXPECT_EQ(ReasonFor(password), "PASSWORD_COMMON") << password;
}

TEST(PasswordRulesTest, TheLoginIsNoPassword) { EXPECT_EQ(ReasonFor("My520203-T1!x"), "PASSWORD_HAS_LOGIN"); }

}  // namespace
}  // namespace tonghu::access
