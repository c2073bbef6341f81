#include "libs/ids/uuid.h"

#include <gtest/gtest.h>

#include "libs/ids/ids.h"

namespace tonghu::ids {
namespace {

TEST(UuidTest, BytesComeBackAsTheTextTheyWere) {
  SeededSource source(7);
  for (int i = 0; i < 1000; ++i) {
    const std::string text = source.Next(absl::FromUnixMillis(1'790'000'000'000 + i));
    std::string bytes = "before";
    ASSERT_TRUE(AppendUuidBytes(text, bytes));
    EXPECT_EQ(bytes.substr(0, 6), "before");
    EXPECT_EQ(UuidText(bytes.substr(6)), text);
  }
}

TEST(UuidTest, BytesAreInTheOrderOfTheText) {
  std::string bytes;
  ASSERT_TRUE(AppendUuidBytes("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", bytes));
  EXPECT_EQ(bytes, std::string("\x01\x7f\x22\xe2\x79\xb0\x7c\xc3\x98\xc4\xdc\x0c\x0c\x07\x39\x8f"));
}

TEST(UuidTest, AnyOtherTextHasNoBytes) {
  for (const char* text :
       {"", "nobody", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
        "017F22E2-79B0-7CC3-98C4-DC0C0C07398F", "017f22e2-79b0-7cc3-98c4_dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e279b0-7cc3-98c4-dc0c0c07398f-"}) {
    std::string bytes;
    EXPECT_FALSE(AppendUuidBytes(text, bytes)) << text;
    EXPECT_EQ(bytes, "") << text;
    EXPECT_FALSE(IsUuid(text)) << text;
  }
  EXPECT_EQ(UuidText("123"), "");
}

}  // namespace
}  // namespace tonghu::ids
