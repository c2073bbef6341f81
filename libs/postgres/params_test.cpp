#include "libs/postgres/params.h"

#include <gtest/gtest.h>

namespace tonghu::postgres {
namespace {

TEST(ParamsTest, TimesCountFromTheYear2000) {
  EXPECT_EQ(ToPostgresMicros(absl::FromCivil(absl::CivilDay(2000, 1, 1), absl::UTCTimeZone())), 0);
  const absl::Time now = absl::FromUnixMicros(1'790'000'000'123'456);
  EXPECT_EQ(FromPostgresMicros(ToPostgresMicros(now)), now);
  EXPECT_EQ(FromPostgresMicros(ToPostgresMicros(absl::InfiniteFuture())), absl::InfiniteFuture());
}

TEST(ParamsTest, TimesBeyondTheTableAreInfinite) {
  EXPECT_EQ(ToPostgresMicros(absl::InfinitePast()), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(ToPostgresMicros(absl::InfiniteFuture()), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(FromPostgresMicros(std::numeric_limits<int64_t>::min()), absl::InfinitePast());
  for (const absl::Duration far : {absl::Hours(24) * 365 * 290'000, absl::Hours(24) * 365 * 10'000'000}) {
    EXPECT_EQ(ToPostgresMicros(absl::UnixEpoch() - far), std::numeric_limits<int64_t>::min());
    EXPECT_GT(ToPostgresMicros(absl::UnixEpoch() + far), 0) << "no overflow";
  }
  EXPECT_EQ(FromPostgresMicros(9223371331199999999), absl::InfiniteFuture()) << "absl counts from 1970";
}

TEST(ParamsTest, InfinitePastIsNull) {
  Params params;
  params.Time(absl::InfinitePast()).Text("");
  std::vector<const char*> values;
  std::vector<int> lengths;
  params.Pointers(values, lengths);
  EXPECT_EQ(values[0], nullptr);
  EXPECT_NE(values[1], nullptr) << "an empty text is no NULL";
}

TEST(ParamsTest, ArraysCarryEveryByte) {
  Params params;
  const std::vector<std::string> texts = {"", "{\"',}", std::string("\0x", 2)};
  params.Texts(texts);
  std::vector<const char*> values;
  std::vector<int> lengths;
  params.Pointers(values, lengths);
  EXPECT_EQ(lengths[0], 20 + 3 * 4 + 0 + 5 + 2);
}

}  // namespace
}  // namespace tonghu::postgres
