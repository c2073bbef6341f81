#include "services/tonghuctl/exit_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/refusal/refusal.h"

namespace tonghu::tonghuctl {
namespace {

using ::testing::HasSubstr;

TEST(ExitCodeTest, TellsUsageRefusalOutageAndFaultApart) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), 0);
  EXPECT_EQ(ExitCodeOf(UsageError("--at: what?")), 2);
  for (const auto code : {absl::StatusCode::kInvalidArgument, absl::StatusCode::kNotFound,
                          absl::StatusCode::kFailedPrecondition, absl::StatusCode::kAlreadyExists,
                          absl::StatusCode::kPermissionDenied, absl::StatusCode::kUnauthenticated,
                          absl::StatusCode::kAborted, absl::StatusCode::kOutOfRange}) {
    EXPECT_EQ(ExitCodeOf(absl::Status(code, "x")), 3) << absl::StatusCodeToString(code);
  }
  for (const auto code : {absl::StatusCode::kUnavailable, absl::StatusCode::kDeadlineExceeded,
                          absl::StatusCode::kResourceExhausted}) {
    EXPECT_EQ(ExitCodeOf(absl::Status(code, "x")), 4) << absl::StatusCodeToString(code);
  }
  for (const auto code :
       {absl::StatusCode::kInternal, absl::StatusCode::kUnknown, absl::StatusCode::kUnimplemented,
        absl::StatusCode::kDataLoss, absl::StatusCode::kCancelled}) {
    EXPECT_EQ(ExitCodeOf(absl::Status(code, "x")), 1) << absl::StatusCodeToString(code);
  }
}

TEST(ExitCodeTest, AMessageOverTheLimitIsNoOutage) {
  EXPECT_EQ(ExitCodeOf(absl::ResourceExhaustedError("Received message larger than max (10 vs. 4)")), 3);
  EXPECT_EQ(ExitCodeOf(refusal::Make({absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE"})), 3);
  EXPECT_EQ(ExitCodeOf(refusal::Make({absl::StatusCode::kResourceExhausted, "SERVER_BUSY"})), 4);
}

TEST(ExitCodeTest, AnErrorNamesReasonFieldAndRemedy) {
  const absl::Status refused =
      refusal::Invalid("BIRTH_DATE_IN_FUTURE", "child.birth_date", "in the future", "出生日期晚于今天。");
  const std::string text = ErrorText(refused);
  EXPECT_THAT(text, HasSubstr("refused: BIRTH_DATE_IN_FUTURE (field child.birth_date)"));
  EXPECT_THAT(text, HasSubstr("出生日期晚于今天。"));
  const std::string json = ErrorJson(refused);
  EXPECT_THAT(json, HasSubstr("\"exitCode\": 3"));
  EXPECT_THAT(json, HasSubstr("\"field\": \"child.birth_date\""));
  EXPECT_THAT(json, HasSubstr("\"messageZh\": \"出生日期晚于今天。\""));
}

TEST(ExitCodeTest, AFaultHasItsOwnSentence) {
  const absl::Status fault = FaultError("something is wrong", "请看上表。");
  EXPECT_EQ(ExitCodeOf(fault), 1);
  EXPECT_THAT(ErrorText(fault), HasSubstr("请看上表。"));
  EXPECT_THAT(ErrorText(absl::InternalError("x")), HasSubstr("管理员"));
}

TEST(ExitCodeTest, AnOutageSaysWhatToDo) {
  EXPECT_THAT(ErrorText(absl::UnavailableError("refused")), HasSubstr("tonghuctl doctor"));
  EXPECT_THAT(ErrorText(absl::DeadlineExceededError("")), HasSubstr("尚不确定"));
  EXPECT_THAT(ErrorText(UsageError("--at: say it so")), HasSubstr("--help"));
}

}  // namespace
}  // namespace tonghu::tonghuctl
