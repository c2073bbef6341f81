// What the public conformance suite asks of a server and the other tests here do not: a gateway that is open,
// as another runner finds it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/gateway/testing/gateway_fixture.h"

namespace tonghu::gateway::testing {
namespace {

constexpr char kStream[] = "Content-Type: application/connect+json\r\n";
constexpr size_t kMostBytes = 200 << 10;  // of a message, as the suite has it

class ConformanceTest : public GatewayTest {
 protected:
  ConformanceTest() {
    prepare = [](Limits& limits, Manners& manners) {
      limits.message_bytes = kMostBytes;
      limits.unary_time = std::chrono::seconds(7);
      manners.open = manners.passing.everything = true;
    };
  }
  // The time-out that reached the service, in milliseconds; 0: none.
  int64_t TimeoutBehind(const std::string& method, const std::string& headers) {
    const bool stream = method != "Look";
    const auto reply = Post(method, headers + (stream ? kStream : kJsonHead),
                            stream ? Framed(0, R"({"count":1})") : R"({})");
    const Json json = Json::parse(stream ? Envelopes(reply.body)[0].message : reply.body);
    return std::stoll(json.value("timeoutMs", "0"));
  }
  static Json EndOf(const HttpReply& reply) {
    const auto all = Envelopes(reply.body);
    return all.empty() ? Json() : Json::parse(all.back().message);
  }
  static std::string MessageOfSize(size_t bytes) {
    const std::string empty = R"({"text":""})";
    return absl::StrCat(R"({"text":")", std::string(bytes - empty.size(), 'x'), R"("})");
  }
};

TEST_F(ConformanceTest, ACallWithoutTimeOutGetsNone) {
  EXPECT_EQ(TimeoutBehind("Look", ""), 0);
  EXPECT_EQ(TimeoutBehind("Watch", ""), 0);
}

TEST_F(ConformanceTest, NoServiceHasLongerThanTheClient) {
  for (const int64_t named : {200, 999, 1000, 2000, 9999, 10'000, 60'000, 99'999, 100'000, 1'000'000}) {
    for (const char* method : {"Look", "Watch"}) {
      const int64_t left = TimeoutBehind(method, absl::StrCat("Connect-Timeout-Ms: ", named, "\r\n"));
      EXPECT_LE(left, named) << method;
      EXPECT_GT(left, 0) << method << " " << named;
    }
  }
}

TEST_F(ConformanceTest, MetadataPassBothWays) {
  const auto reply =
      Post("Look", absl::StrCat(kJsonHead, "X-Mine: a\r\nX-Mine: b\r\nX-Mine-Bin: AAE\r\n"), "{}");
  const Json metadata = Json::parse(reply.body)["metadata"];
  EXPECT_EQ(metadata["x-mine"], "b");  // the service keeps the last of a name
  EXPECT_EQ(metadata["x-mine-bin"], "binary");
  EXPECT_EQ(reply.header("trailer-x-secret"), "stays inside");
  EXPECT_EQ(Post("Unruled", kJsonHead, "{}").status, 200);
}

TEST_F(ConformanceTest, AllRequestsThenAllAnswers) {
  const auto reply = Post("Return", kStream, Framed(0, R"({"text":"a"})") + Framed(0, R"({"text":"b"})"));
  const auto all = Envelopes(reply.body);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(Json::parse(all[0].message)["text"], "a");
  EXPECT_EQ(Json::parse(all[1].message)["text"], "b");
  EXPECT_FALSE(EndOf(reply).contains("error"));
  EXPECT_EQ(Envelopes(Post("Return", kStream, "").body).size(), 1U);
}

TEST_F(ConformanceTest, AMessageThatIsTooLongIsRefusedWhileTheClientStillSends) {
  for (const char* method : {"Gather", "Return"}) {
    HttpClient client(port());
    client.Send(absl::StrCat("POST ", Path(method), " HTTP/1.1\r\nHost: a\r\n", kStream,
                             "Transfer-Encoding: chunked\r\n\r\n"));
    const auto chunk = [&client](const std::string& bytes) {
      return client.Send(absl::StrCat(absl::Hex(bytes.size()), "\r\n", bytes, "\r\n"));
    };
    EXPECT_TRUE(chunk(Framed(0, MessageOfSize(kMostBytes))));
    EXPECT_TRUE(chunk(Framed(0, MessageOfSize(kMostBytes + 10))));
    // The answer is there before the body ends, and stays readable however much still comes.
    EXPECT_TRUE(client.Fill(1));
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(chunk(Framed(0, MessageOfSize(kMostBytes))));
    EXPECT_EQ(EndOf(client.Read())["error"]["code"], "resource_exhausted") << method;
  }
}

TEST_F(ConformanceTest, AStreamsVersionIsCheckedAsACallsIs) {
  const auto ask = [this](const char* version) {
    return EndOf(Post("Watch", absl::StrCat(kStream, "Connect-Protocol-Version: ", version, "\r\n"),
                      Framed(0, R"({"count":1})")));
  };
  EXPECT_FALSE(ask("1").contains("error"));
  EXPECT_EQ(ask("2")["error"]["code"], "invalid_argument");
}

TEST_F(ConformanceTest, AParameterBase64OtherThanOneIsIgnored) {
  EXPECT_EQ(Get(Path("Look") + "?encoding=json&message=%7B%7D&base64=0").status, 200);
}

}  // namespace
}  // namespace tonghu::gateway::testing
