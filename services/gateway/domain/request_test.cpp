#include "services/gateway/domain/request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonghu::gateway {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;

TEST(MediaTypeTest, FourTypesAreKnownAndNoOther) {
  const auto json = ParseMediaType("Application/JSON; charset=UTF-8");
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->codec, Codec::kJson);
  EXPECT_FALSE(json->stream);
  const auto stream = ParseMediaType("application/connect+proto");
  ASSERT_TRUE(stream.has_value());
  EXPECT_EQ(stream->codec, Codec::kProto);
  EXPECT_TRUE(stream->stream);
  for (const char* text :
       {"", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk",
        "application/grpc", "application/jsonp", "application/proto; x=y"}) {
    EXPECT_FALSE(ParseMediaType(text).has_value()) << text;
  }
}

TEST(TimeoutTest, OneToTenDigits) {
  EXPECT_EQ(ParseTimeout("").value(), absl::InfiniteDuration());
  EXPECT_EQ(ParseTimeout("0").value(), absl::ZeroDuration());
  EXPECT_EQ(ParseTimeout("9999999999").value(), absl::Milliseconds(9999999999));
  for (const char* text : {"12345678901", "-1", "+1", "1.5", "1s", " 1"})
    EXPECT_FALSE(ParseTimeout(text).ok()) << text;
}

TEST(TargetTest, PathAndParametersAreDecoded) {
  const auto target = ParseTarget("/a%20b/c?message=%7B%7D&base64=1&x=a+b&empty");
  ASSERT_TRUE(target.ok());
  EXPECT_EQ(target->path, "/a b/c");
  EXPECT_THAT(target->query, UnorderedElementsAre(Pair("message", "{}"), Pair("base64", "1"),
                                                  Pair("x", "a b"), Pair("empty", "")));
}

TEST(TargetTest, NonsenseIsRefused) {
  for (const char* text :
       {"", "a", "http://x/", "/%", "/%2", "/%zz", "/a%00", "/a%0d%0a", "/?m=%4", "/?a=1&a=2"}) {
    EXPECT_FALSE(ParseTarget(text).ok()) << text;
  }
}

TEST(TargetTest, MessageOfAGet) {
  const auto message = [](const char* target) { return MessageOf(*ParseTarget(target)); };
  EXPECT_EQ(message("/m?message=%7B%7D").value(), "{}");
  EXPECT_EQ(message("/m?message=").value(), "");
  // base64url without padding, and standard with it
  EXPECT_EQ(message("/m?base64=1&message=-_8").value(), "\xfb\xff");
  EXPECT_EQ(message("/m?base64=1&message=%2B%2F8%3D").value(), "\xfb\xff");
  EXPECT_FALSE(message("/m").ok());
  EXPECT_FALSE(message("/m?base64=1&message=!").ok());
  EXPECT_EQ(message("/m?base64=0&message=aa").value(), "aa");
}

TEST(HeaderTest, NamesAreComparedWithoutCase) {
  const Headers headers = {{"Content-Type", "a"}, {"content-type", "b"}};
  EXPECT_EQ(Header(headers, "CONTENT-TYPE"), "a");
  EXPECT_EQ(Header(headers, "host"), "");
}

TEST(EncodingTest, GzipIsTakenUnlessRefused) {
  EXPECT_TRUE(AcceptsGzip("br, gzip"));
  EXPECT_TRUE(AcceptsGzip("GZIP;q=0.5"));
  EXPECT_FALSE(AcceptsGzip("gzip;q=0"));
  EXPECT_FALSE(AcceptsGzip("gzip; q=0.0, br"));
  EXPECT_FALSE(AcceptsGzip(""));
  EXPECT_FALSE(AcceptsGzip("x-gzip"));
}

TEST(CookieTest, OneOfThatName) {
  EXPECT_EQ(CookieOf("a=1; tonghu_session=abc; b=2", "tonghu_session"), "abc");
  EXPECT_EQ(CookieOf("xtonghu_session=abc", "tonghu_session"), "");
  EXPECT_EQ(CookieOf("tonghu_session=a; tonghu_session=b", "tonghu_session"), "");
}

}  // namespace
}  // namespace tonghu::gateway
