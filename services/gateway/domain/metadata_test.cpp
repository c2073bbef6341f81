#include "services/gateway/domain/metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonghu::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const Passing kOurs{false, {"tonghu-after"}, {"tonghu-position"}};
const Passing kEverything{true, {}, {}};

TEST(MetadataTest, OnlyNamedHeadersPass) {
  const Headers headers = {
      {"Tonghu-After", "registry/3:5"}, {"X-Other", "a"}, {"tonghu-identity-bin", "aGk"}};
  EXPECT_THAT(MetadataOf(headers, kOurs), ElementsAre(Pair("tonghu-after", "registry/3:5")));
  EXPECT_THAT(HeadersOf({{"tonghu-position", "a/1:2"}, {"x-other", "b"}}, kOurs, "trailer-"),
              ElementsAre(Pair("trailer-tonghu-position", "a/1:2")));
}

TEST(MetadataTest, NoNameOfAProtocolOrOfOursEverPasses) {
  for (const char* name :
       {"host", "cookie", "authorization", "te", "connection", "content-type", "grpc-timeout",
        "connect-timeout-ms", "tonghu-identity-bin", "tonghu-address", "tonghu-user-agent", "x-forwarded-for",
        "sec-fetch-site", ":path", "tonghu-identity"}) {
    EXPECT_THAT(MetadataOf({{name, "aa"}}, kEverything), IsEmpty()) << name;
    const Passing named{false, {name}, {name}};
    EXPECT_THAT(MetadataOf({{name, "aa"}}, named), IsEmpty()) << name;
    EXPECT_THAT(HeadersOf({{name, "aa"}}, named, ""), IsEmpty()) << name;
  }
}

TEST(MetadataTest, BinaryValuesAreBase64) {
  EXPECT_THAT(MetadataOf({{"X-A-Bin", "-_8, aGk="}}, kEverything),
              ElementsAre(Pair("x-a-bin", "\xfb\xff"), Pair("x-a-bin", "hi")));
  EXPECT_THAT(HeadersOf({{"x-a-bin", "\xfb\xff"}}, kEverything, ""), ElementsAre(Pair("x-a-bin", "+/8")));
}

TEST(MetadataTest, ValuesThatWouldBreakAHeadAreLeftOut) {
  EXPECT_THAT(HeadersOf({{"x-a", "a\r\nset-cookie: b"}, {"x-b", "童"}}, kEverything, ""), IsEmpty());
}

}  // namespace
}  // namespace tonghu::gateway
