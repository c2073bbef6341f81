#include "services/gateway/domain/envelope.h"

#include <gtest/gtest.h>

namespace tonghu::gateway {
namespace {

std::string Framed(uint8_t flags, const std::string& message) {
  return EnvelopeHead(flags, message.size()) + message;
}

TEST(EnvelopeTest, HeadIsFlagsAndLengthInNetworkOrder) {
  EXPECT_EQ(EnvelopeHead(2, 0x01020304), std::string("\x02\x01\x02\x03\x04", 5));
}

TEST(EnvelopeTest, MessagesComeWholeHoweverTheBytesArrive) {
  const std::string bytes = Framed(0, "first") + Framed(1, "") + Framed(0, std::string(1000, 'x'));
  for (size_t step : {size_t{1}, size_t{3}, size_t{7}, bytes.size()}) {
    EnvelopeReader reader(1000);
    std::vector<Envelope> got;
    for (size_t at = 0; at < bytes.size(); at += step) {
      reader.Feed(absl::string_view(bytes).substr(at, step));
      for (auto next = reader.Next(); next.ok() && next->has_value(); next = reader.Next())
        got.push_back(**next);
    }
    ASSERT_EQ(got.size(), 3U) << step;
    EXPECT_EQ(got[0].message, "first");
    EXPECT_EQ(got[1].flags, kFlagCompressed);
    EXPECT_EQ(got[2].message.size(), 1000U);
    EXPECT_FALSE(reader.torn());
  }
}

TEST(EnvelopeTest, ALongMessageIsRefusedByItsHead) {
  EnvelopeReader reader(10);
  reader.Feed(EnvelopeHead(0, 11));
  EXPECT_EQ(reader.Next().status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(EnvelopeTest, FlagsOfAnAnswerAreRefused) {
  for (uint8_t flags : {kFlagEndOfStream, uint8_t{4}, uint8_t{128}}) {
    EnvelopeReader reader(10);
    reader.Feed(Framed(flags, "x"));
    EXPECT_EQ(reader.Next().status().code(), absl::StatusCode::kInvalidArgument) << int{flags};
  }
}

TEST(EnvelopeTest, ATornEnvelopeIsSeen) {
  EnvelopeReader reader(10);
  reader.Feed(Framed(0, "abc").substr(0, 6));
  ASSERT_TRUE(reader.Next().ok());
  EXPECT_TRUE(reader.torn());
}

}  // namespace
}  // namespace tonghu::gateway
