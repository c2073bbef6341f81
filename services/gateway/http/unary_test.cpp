// Unary calls by the published protocol: types, codes, sizes, compression, GET, time-outs, metadata.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "services/gateway/app/gzip.h"
#include "services/gateway/testing/gateway_fixture.h"

namespace tonghu::gateway::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

class UnaryTest : public GatewayTest {};

constexpr char kProto[] = "Content-Type: application/proto\r\nAuthorization: Bearer good\r\n";
constexpr char kBearer[] = "Authorization: Bearer good\r\n";

std::string Binary(const std::string& text, int code = 0, int size = 0) {
  passage::v1::PassageRequest request;
  request.set_text(text);
  request.set_code(code);
  request.set_size(size);
  return request.SerializeAsString();
}

TEST_F(UnaryTest, JsonThereAndBack) {
  const auto reply = Post("Look", kSignedIn, R"({"text":"童护"})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("content-type"), "application/json");
  EXPECT_EQ(Json::parse(reply.body)["text"], "童护");
  EXPECT_EQ(reply.header("cache-control"), "no-store");
  EXPECT_EQ(reply.header("x-content-type-options"), "nosniff");
}

TEST_F(UnaryTest, BytesPassUnchanged) {
  const auto reply = Post("Look", kProto, Binary("童护"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("content-type"), "application/proto");
  passage::v1::PassageReply parsed;
  ASSERT_TRUE(parsed.ParseFromString(reply.body));
  EXPECT_EQ(parsed.text(), "童护");
}

TEST_F(UnaryTest, AMessageOfZeroBytesIsAMessage) {
  EXPECT_EQ(Post("Look", kProto, "").status, 200);
  // Zero bytes are no JSON.
  const auto reply = Post("Look", kSignedIn, "");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(CodeOf(reply), "invalid_argument");
}

TEST_F(UnaryTest, EachCodeHasItsHttpStatus) {
  const std::pair<std::string, int> expected[] = {{"", 200},
                                                  {"canceled", 499},
                                                  {"unknown", 500},
                                                  {"invalid_argument", 400},
                                                  {"deadline_exceeded", 504},
                                                  {"not_found", 404},
                                                  {"already_exists", 409},
                                                  {"permission_denied", 403},
                                                  {"resource_exhausted", 429},
                                                  {"failed_precondition", 400},
                                                  {"aborted", 409},
                                                  {"out_of_range", 400},
                                                  {"unimplemented", 501},
                                                  {"internal", 500},
                                                  {"unavailable", 503},
                                                  {"data_loss", 500},
                                                  {"unauthenticated", 401}};
  HttpClient client(port());
  for (int code = 1; code <= 16; ++code) {
    const auto reply = client.Ask(RequestBytes("POST " + Path("Look"), kProto, Binary("x", code)));
    EXPECT_EQ(reply.status, expected[code].second) << code;
    EXPECT_EQ(reply.header("content-type"), "application/json");
    EXPECT_EQ(CodeOf(reply), expected[code].first) << code;
  }
}

TEST_F(UnaryTest, AnErrorBringsItsDetails) {
  const auto json = Json::parse(Post("Look", kSignedIn, R"({"code":5})").body);
  EXPECT_EQ(json["message"], "told to fail");
  std::string zh, reason;
  for (const auto& detail : json["details"]) {
    EXPECT_THAT(detail["value"].get<std::string>(), Not(HasSubstr("=")));
    if (detail["type"] == "google.rpc.LocalizedMessage") zh = detail["debug"]["message"];
    if (detail["type"] == "google.rpc.ErrorInfo") reason = detail["debug"]["reason"];
  }
  EXPECT_EQ(zh, "按要求失败");
  EXPECT_EQ(reason, "TOLD_TO_FAIL");
}

TEST_F(UnaryTest, WhatIsNotServedIsNotFound) {
  for (const char* method : {"Nothing", "Hidden", "Unruled"}) {
    EXPECT_EQ(Post(method, kSignedIn, "{}").status, 404) << method;
  }
  EXPECT_EQ(Ask(RequestBytes("POST /", kSignedIn, "{}")).status, 404);
  EXPECT_EQ(Ask(RequestBytes("POST /x/y/z", kSignedIn, "{}")).status, 404);
}

TEST_F(UnaryTest, OtherVerbsAndTypesAreRefused) {
  for (const char* verb : {"PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"}) {
    const std::string bytes = absl::StrCat(verb, " ", Path("Look"), " HTTP/1.1\r\nHost: a\r\n\r\n");
    HttpClient client(port());
    client.Send(bytes);
    const auto reply = client.Read(/*head_only=*/true);
    EXPECT_EQ(reply.status, 405) << verb;
    EXPECT_EQ(reply.header("allow"), "GET, POST");
  }
  for (const char* type : {"image/jpeg", "application/foo", "text/plain", "application/x-www-form-urlencoded",
                           "application/connect+json", "application/grpc"}) {
    const auto reply = Post("Look", absl::StrCat(kBearer, "Content-Type: ", type, "\r\n"), "{}");
    EXPECT_EQ(reply.status, 415) << type;
    EXPECT_EQ(reply.header("accept-post"), "application/json, application/proto");
  }
}

TEST_F(UnaryTest, MessagesThatAreNoneAreRefused) {
  for (const char* body : {"nonsense", "[]", "{", R"({"text":1})", R"({"no_such_field":1})", "\xff"}) {
    const auto reply = Post("Look", kSignedIn, body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_EQ(CodeOf(reply), "invalid_argument") << body;
  }
}

TEST_F(UnaryTest, TheProtocolsVersionIsChecked) {
  EXPECT_EQ(Post("Look", absl::StrCat(kSignedIn, "Connect-Protocol-Version: 1\r\n"), "{}").status, 200);
  EXPECT_EQ(Post("Look", absl::StrCat(kSignedIn, "Connect-Protocol-Version: 2\r\n"), "{}").status, 400);
}

TEST_F(UnaryTest, TheTimeOutGoesWithTheCall) {
  const auto in_time = Post("Look", absl::StrCat(kSignedIn, "Connect-Timeout-Ms: 20000\r\n"), "{}");
  EXPECT_EQ(in_time.status, 200);
  const int64_t left = std::stoll(Json::parse(in_time.body)["timeoutMs"].get<std::string>());
  EXPECT_LE(left, 20000);
  EXPECT_GT(left, 1000);
  const auto late =
      Post("Look", absl::StrCat(kSignedIn, "Connect-Timeout-Ms: 50\r\n"), R"({"delayMs":60000})");
  EXPECT_EQ(late.status, 504);
  EXPECT_EQ(CodeOf(late), "deadline_exceeded");
  EXPECT_EQ(CodeOf(Post("Look", absl::StrCat(kSignedIn, "Connect-Timeout-Ms: soon\r\n"), "{}")),
            "invalid_argument");
}

TEST_F(UnaryTest, GzipBothWays) {
  const auto packed =
      Post("Look", absl::StrCat(kSignedIn, "Content-Encoding: gzip\r\nAccept-Encoding: gzip\r\n"),
           Gzip(R"({"text":"packed","size":5000})"));
  EXPECT_EQ(packed.status, 200);
  EXPECT_EQ(packed.header("content-encoding"), "gzip");
  EXPECT_EQ(Json::parse(*Gunzip(packed.body, 1 << 20))["text"], "packed");
  const auto unknown = Post("Look", absl::StrCat(kSignedIn, "Content-Encoding: zstd\r\n"), "{}");
  EXPECT_EQ(unknown.status, 501);
  EXPECT_EQ(CodeOf(unknown), "unimplemented");
  EXPECT_EQ(Post("Look", absl::StrCat(kSignedIn, "Content-Encoding: gzip\r\n"), "no gzip").status, 400);
}

TEST_F(UnaryTest, AQueryMayBeAsked) {
  const std::string json = "?connect=v1&encoding=json&message=%7B%22text%22%3A%22hi%22%7D";
  const auto reply = Get(Path("Look") + json, kBearer);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(Json::parse(reply.body)["text"], "hi");
  const std::string binary = absl::WebSafeBase64Escape(Binary("bytes"));
  EXPECT_EQ(Get(Path("Look") + "?encoding=proto&base64=1&message=" + binary, kBearer).status, 200);
  const std::string packed = absl::WebSafeBase64Escape(Gzip(R"({"text":"small"})"));
  const auto unpacked =
      Get(Path("Look") + "?encoding=json&compression=gzip&base64=1&message=" + packed, kBearer);
  EXPECT_EQ(unpacked.status, 200);
  EXPECT_EQ(Json::parse(unpacked.body)["text"], "small");
  EXPECT_EQ(Get(Path("Look") + "?encoding=proto&message=", kBearer).status, 200);
}

TEST_F(UnaryTest, AnAskedQueryIsCheckedAsAPostedOne) {
  EXPECT_EQ(Get(Path("Change") + "?encoding=json&message=%7B%7D", kBearer).status, 405);
  EXPECT_EQ(Get(Path("Watch") + "?encoding=json&message=%7B%7D", kBearer).status, 405);
  EXPECT_EQ(Get(Path("Look") + "?encoding=xml&message=%7B%7D", kBearer).status, 415);
  EXPECT_EQ(Get(Path("Look") + "?message=%7B%7D", kBearer).status, 415);
  for (const char* query :
       {"?encoding=json", "?encoding=json&message=%7B%7D&connect=v2", "?encoding=json&message=!!&base64=1"}) {
    EXPECT_EQ(Get(Path("Look") + query, kBearer).status, 400) << query;
  }
  EXPECT_EQ(Get(Path("Look") + "?encoding=json&message=%7B%7D&compression=br", kBearer).status, 501);
  EXPECT_EQ(Get(Path("Look") + "?encoding=json&message=%7B%7D").status, 401);
}

TEST_F(UnaryTest, PositionsPassAndNothingElse) {
  const auto reply =
      Post("Look",
           absl::StrCat(kSignedIn,
                        "Tonghu-After: passage/1:5\r\nTonghu-Identity-Bin: Zm9yZ2Vk\r\nX-Other: a\r\n"
                        "Tonghu-Address: 1.2.3.4\r\nGrpc-Timeout: 1S\r\n"),
           "{}");
  EXPECT_EQ(reply.header("trailer-tonghu-position"), "passage/1:7");
  EXPECT_EQ(reply.headers.count("trailer-x-secret"), 0U);
  const Json metadata = Json::parse(reply.body)["metadata"];
  EXPECT_EQ(metadata["tonghu-after"], "passage/1:5");
  for (const auto& [name, value] : metadata.items()) {
    EXPECT_THAT(name, AnyOf("tonghu-after", "tonghu-identity-bin", "user-agent")) << value;
  }
}

class SmallMessages : public GatewayTest {
 protected:
  SmallMessages() {
    prepare = [](Limits& limits, Manners&) { limits.message_bytes = 10'000; };
  }
};

TEST_F(SmallMessages, TheBoundIsExact) {
  std::string most = Binary(std::string(9'000, 'x'));
  most = Binary(std::string(9'000 + 10'000 - most.size(), 'x'));
  ASSERT_EQ(most.size(), 10'000U);
  EXPECT_EQ(Post("Look", kProto, most).status, 200);
  const auto more = Post("Look", kProto, most + std::string(10, '\0'));
  EXPECT_EQ(more.status, 429);
  EXPECT_EQ(CodeOf(more), "resource_exhausted");
  const auto bomb =
      Post("Look", absl::StrCat(kSignedIn, "Content-Encoding: gzip\r\n"), Gzip(std::string(1 << 20, ' ')));
  EXPECT_EQ(CodeOf(bomb), "resource_exhausted");
}

TEST_F(UnaryTest, AServiceThatIsAwayIsUnavailable) {
  StopBackend();
  const auto reply = Post("Look", kSignedIn, "{}");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(CodeOf(reply), "unavailable");
}

}  // namespace
}  // namespace tonghu::gateway::testing
