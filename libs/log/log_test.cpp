#include "libs/log/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonghu::log {
namespace {

using testing::MatchesRegex;

std::string Logged(const std::string& level, void (*write)()) {
  testing::internal::CaptureStderr();
  Init("pairing", "pairing-1%n", level);
  write();
  return testing::internal::GetCapturedStderr();
}

constexpr char kTime[] =
    "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}[+-][0-9]{2}:[0-9]{2}";

TEST(LogTest, ARecordIsOneLine) {
  EXPECT_THAT(Logged("info", [] { spdlog::info("duty missed duty={}", "counties/520521/duties/1"); }),
              MatchesRegex(std::string(kTime) +
                           " info pairing pairing-1%n duty missed duty=counties/520521/duties/1\n"));
}

TEST(LogTest, ControlCharactersCantForgeARecord) {
  EXPECT_THAT(
      Logged("info", [] { spdlog::warn("a\nb\r\x1b[0m小"); }),
      MatchesRegex(std::string(kTime) + " warning pairing pairing-1%n a\\\\nb\\\\x0d\\\\x1b\\[0m小\n"));
}

TEST(LogTest, LevelsBelowTheSettingAreDropped) {
  EXPECT_EQ(Logged("error", [] { spdlog::warn("x"); }), "");
  EXPECT_NE(Logged("debug", [] { spdlog::debug("x"); }), "");
}

}  // namespace
}  // namespace tonghu::log
