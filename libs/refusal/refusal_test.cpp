#include "libs/refusal/refusal.h"

#include <gtest/gtest.h>

#include "libs/refusal/characters.h"

namespace tonghu::refusal {
namespace {

TEST(RefusalTest, CarriesEverything) {
  const absl::Status status = Invalid("BIRTH_DATE_IN_FUTURE", "child.birth_date",
                                      "the birth date is in the future", "出生日期晚于今天，请核对。");
  EXPECT_TRUE(IsRefusal(status));
  const Refusal refusal = Of(status);
  EXPECT_EQ(refusal.code, absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(refusal.reason, "BIRTH_DATE_IN_FUTURE");
  EXPECT_EQ(refusal.field, "child.birth_date");
  EXPECT_EQ(refusal.message, "the birth date is in the future");
  EXPECT_EQ(refusal.message_zh, "出生日期晚于今天，请核对。");
}

TEST(RefusalTest, OtherStatusesAreNone) {
  const absl::Status status = absl::UnavailableError("no connection");
  EXPECT_FALSE(IsRefusal(status));
  EXPECT_EQ(Of(status).reason, "");
  EXPECT_EQ(Of(status).message, "no connection");
  EXPECT_FALSE(IsRefusal(absl::OkStatus()));
}

TEST(RefusalTest, CodesAreTheirNames) {
  EXPECT_EQ(NotFound("R", "", "m", "z").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Precondition("R", "", "m", "z").code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Exists("R", "", "m", "z").code(), absl::StatusCode::kAlreadyExists);
}

TEST(RefusalTest, ASeparatorInTheChineseTextIsKept) {
  EXPECT_EQ(Of(Invalid("R", "f", "m",
                       "a\x1f"
                       "b"))
                .message_zh,
            "a\x1f"
            "b");
}

TEST(RefusalTest, CharactersAreCountedAsPeopleDo) {
  EXPECT_EQ(CharactersOf(""), 0u);
  EXPECT_EQ(CharactersOf("abc 1"), 5u);
  EXPECT_EQ(CharactersOf("留守儿童"), 4u);
  EXPECT_EQ(CharactersOf("é𠮷"), 2u) << "of two and of four bytes";
}

}  // namespace
}  // namespace tonghu::refusal
