#include "libs/totp/totp.h"

#include <gtest/gtest.h>

namespace tonghu::totp {
namespace {

constexpr char kSecret[] = "12345678901234567890";  // of RFC 6238, appendix B

TEST(TotpTest, TheVectorsOfTheRfc) {
  // The last six of the eight digits that appendix B gives for SHA-1.
  const std::pair<int64_t, const char*> vectors[] = {{59, "287082"},         {1111111109, "081804"},
                                                     {1111111111, "050471"}, {1234567890, "005924"},
                                                     {2000000000, "279037"}, {20000000000, "353130"}};
  for (const auto& [seconds, code] : vectors) {
    EXPECT_EQ(CodeAt(kSecret, absl::FromUnixSeconds(seconds)), code) << seconds;
    EXPECT_EQ(StepOfCode(kSecret, code, absl::FromUnixSeconds(seconds)), seconds / 30);
  }
}

TEST(TotpTest, AClockMayBeHalfAMinuteWrongAndNoMore) {
  const absl::Time now = absl::FromUnixSeconds(1'111'111'111);
  for (const int steps : {-1, 0, 1})
    EXPECT_TRUE(StepOfCode(kSecret, CodeAt(kSecret, now + steps * absl::Seconds(30)), now)) << steps;
  for (const int steps : {-3, -2, 2, 3})
    EXPECT_FALSE(StepOfCode(kSecret, CodeAt(kSecret, now + steps * absl::Seconds(30)), now)) << steps;
}

TEST(TotpTest, OtherTextsAreNoCodes) {
  const absl::Time now = absl::FromUnixSeconds(59);
  for (const char* text : {"", "28708", "2870820", "287083", "28708a", " 287082", "２８７０８２"})
    EXPECT_FALSE(StepOfCode(kSecret, text, now)) << text;
}

TEST(TotpTest, SecretsAreTypedInBase32) {
  EXPECT_EQ(ToBase32(kSecret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  EXPECT_EQ(FromBase32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), kSecret);
  EXPECT_EQ(FromBase32("1"), "");
  EXPECT_EQ(AddressOf(kSecret, "520203-t1"),
            "otpauth://totp/%E7%AB%A5%E6%8A%A4:520203-t1?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
            "&issuer=%E7%AB%A5%E6%8A%A4&algorithm=SHA1&digits=6&period=30");
}

}  // namespace
}  // namespace tonghu::totp
