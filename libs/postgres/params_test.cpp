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
