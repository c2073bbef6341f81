// Streams by the published protocol, and what becomes of them when a client goes or stops reading.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/gateway/app/gzip.h"
#include "services/gateway/testing/gateway_fixture.h"

namespace tonghu::gateway::testing {
namespace {

class StreamTest : public GatewayTest {
 protected:
  // The last message of a stream; null when there is none.
  static Json EndOf(const HttpReply& reply) {
    const auto all = Envelopes(reply.body);
    if (all.empty() || (all.back().flags & kFlagEndOfStream) == 0) return nullptr;
    return Json::parse(all.back().message);
  }
  HttpReply Watch(const std::string& body, const std::string& more = "") {
    return Post("Watch", kStreamHead + more, body);
  }
};

TEST_F(StreamTest, MessagesThenTheEnd) {
  const auto reply = Watch(Framed(0, R"({"text":"m","count":3})"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("content-type"), "application/connect+json");
  EXPECT_EQ(reply.header("x-accel-buffering"), "no");
  const auto all = Envelopes(reply.body);
  ASSERT_EQ(all.size(), 4U);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Json::parse(all[i].message)["text"], absl::StrCat("m", i));
  const Json end = EndOf(reply);
  EXPECT_FALSE(end.contains("error"));
  EXPECT_EQ(end["metadata"]["tonghu-position"][0], "passage/1:7");
  EXPECT_FALSE(end["metadata"].contains("x-secret"));
}

TEST_F(StreamTest, AnErrorStandsInTheLastMessage) {
  const auto reply = Watch(Framed(0, R"({"text":"m","count":2,"code":5})"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(Envelopes(reply.body).size(), 3U);
  EXPECT_EQ(EndOf(reply)["error"]["code"], "not_found");
  EXPECT_EQ(EndOf(reply)["error"]["message"], "told to fail");
}

TEST_F(StreamTest, OneMessageIsAskedForAndNoOtherNumber) {
  EXPECT_EQ(EndOf(Watch(""))["error"]["code"], "unimplemented");
  EXPECT_EQ(EndOf(Watch(Framed(0, "{}") + Framed(0, "{}")))["error"]["code"], "unimplemented");
}

TEST_F(StreamTest, BrokenEnvelopesAreRefused) {
  EXPECT_EQ(EndOf(Watch(Framed(0, "{}").substr(0, 6)))["error"]["code"], "invalid_argument");
  EXPECT_EQ(EndOf(Watch("abc"))["error"]["code"], "invalid_argument");
  EXPECT_EQ(EndOf(Watch(Framed(2, "{}")))["error"]["code"], "invalid_argument");
  EXPECT_EQ(EndOf(Watch(Framed(0, "nonsense")))["error"]["code"], "invalid_argument");
  EXPECT_EQ(EndOf(Watch(EnvelopeHead(0, 64 << 20)))["error"]["code"], "resource_exhausted");
}

TEST_F(StreamTest, GzipOfEnvelopes) {
  const std::string gzip = "Connect-Content-Encoding: gzip\r\nConnect-Accept-Encoding: gzip\r\n";
  const auto reply = Watch(Framed(1, Gzip(R"({"text":"m","count":1,"size":5000})")), gzip);
  const auto all = Envelopes(reply.body);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(reply.header("connect-content-encoding"), "gzip");
  EXPECT_EQ(all[0].flags, kFlagCompressed);
  EXPECT_EQ(Json::parse(*Gunzip(all[0].message, 1 << 20))["text"], "m0");
  EXPECT_EQ(EndOf(Watch(Framed(1, "{}")))["error"]["code"], "internal");
  EXPECT_EQ(EndOf(Watch(Framed(0, "{}"), "Connect-Content-Encoding: zstd\r\n"))["error"]["code"],
            "unimplemented");
}

TEST_F(StreamTest, ManyMessagesThere) {
  std::string body;
  for (int i = 0; i < 100; ++i) body += Framed(0, R"({"text":"a"})");
  const auto reply = Post("Gather", kStreamHead, body);
  const auto all = Envelopes(reply.body);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(Json::parse(all[0].message)["text"], std::string(100, 'a'));
  EXPECT_EQ(Envelopes(Post("Gather", kStreamHead, "").body).size(), 2U);
}

TEST_F(StreamTest, UnaryTypesAreRefused) { EXPECT_EQ(Post("Watch", kSignedIn, "{}").status, 415); }

TEST_F(StreamTest, ATimeOutEndsTheStream) {
  const auto reply = Watch(Framed(0, R"({"text":"m"})"), "Connect-Timeout-Ms: 100\r\n");
  EXPECT_EQ(EndOf(reply)["error"]["code"], "deadline_exceeded");
}

TEST_F(StreamTest, WithoutASessionThereIsNoStream) {
  const auto reply = Post("Watch", "Content-Type: application/connect+json\r\n", Framed(0, "{}"));
  EXPECT_EQ(EndOf(reply)["error"]["code"], "unauthenticated");
  EXPECT_EQ(service.streams, 0);
}

TEST_F(StreamTest, TheHeadComesBeforeAnyMessage) {
  HttpClient client(port());
  client.Send(RequestBytes("POST " + Path("Watch"), kStreamHead, Framed(0, "{}")));
  EXPECT_EQ(client.ReadHead().status, 200);
}

TEST_F(StreamTest, AClientThatHangsUpEndsTheCall) {
  {
    HttpClient client(port());
    client.Send(RequestBytes("POST " + Path("Watch"), kStreamHead, Framed(0, "{}")));
    ASSERT_EQ(client.ReadHead().status, 200);
  }
  EXPECT_TRUE(Comes([this] { return service.cancelled == 1 && service.streams == 0; }));
  {
    HttpClient client(port());
    client.Send(RequestBytes("POST " + Path("Look"), kSignedIn, R"({"delayMs":60000})"));
    ASSERT_TRUE(Comes([this] { return service.started == 2; }));
  }
  EXPECT_TRUE(Comes([this] { return service.cancelled == 2; }));
}

TEST_F(StreamTest, ManyIdleStreamsAreHeldAndLetGo) {
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<HttpClient>(port()));
    clients.back()->Send(RequestBytes("POST " + Path("Watch"), kStreamHead, Framed(0, "{}")));
  }
  for (auto& client : clients) ASSERT_EQ(client->ReadHead().status, 200);
  EXPECT_EQ(connections(), 100);
  EXPECT_EQ(Post("Look", kSignedIn, "{}").status, 200);
  clients.clear();
  EXPECT_TRUE(Comes([this] { return service.streams == 0 && connections() == 0; }));
}

// Access is asked again each second, and each time anew.
class LongStream : public StreamTest {
 protected:
  LongStream() {
    access.reuse = absl::ZeroDuration();
    prepare = [](Limits&, Manners& manners) { manners.ask_again = std::chrono::seconds(1); };
  }
  // Opens an endless stream, and waits until access has been asked about it twice more.
  void Open() {
    client_ = std::make_unique<HttpClient>(port());
    client_->Send(RequestBytes("POST " + Path("Watch"), kStreamHead, Framed(0, "{}")));
    ASSERT_EQ(client_->ReadHead().status, 200);
    AwaitTwoQuestions();
  }
  void AwaitTwoQuestions() {
    const int asked = access.asked;
    EXPECT_TRUE(Comes([&] { return access.asked >= asked + 2; }));
  }
  // The reason of the error with which the stream ends.
  std::string EndsBecause() {
    const auto all = Envelopes(client_->ReadChunk());
    if (all.empty()) return "";
    const Json error = Json::parse(all[0].message).value("error", Json::object());
    for (const Json& detail : error.value("details", Json::array())) {
      if (detail["type"] == "google.rpc.ErrorInfo") return detail["debug"]["reason"];
    }
    return "";
  }
  std::unique_ptr<HttpClient> client_;
};

TEST_F(LongStream, ChangedRightsEndIt) {
  Open();
  EXPECT_EQ(service.streams, 1);
  access.officer = true;
  EXPECT_EQ(EndsBecause(), "RIGHTS_CHANGED");
  EXPECT_TRUE(Comes([this] { return service.streams == 0; }));
}

TEST_F(LongStream, ASessionThatIsOverEndsIt) {
  Open();
  access.over = true;
  EXPECT_EQ(EndsBecause(), "SESSION_OVER");
  EXPECT_TRUE(Comes([this] { return service.streams == 0; }));
}

TEST_F(LongStream, WhileAccessIsAwayItGoesOnAndThenIsJudged) {
  Open();
  access.away = true;
  AwaitTwoQuestions();
  EXPECT_EQ(service.streams, 1);
  access.officer = true;
  access.away = false;
  EXPECT_EQ(EndsBecause(), "RIGHTS_CHANGED");
}

class SlowReader : public StreamTest {
 protected:
  SlowReader() {
    prepare = [](Limits& limits, Manners&) { limits.write_time = std::chrono::seconds(1); };
  }
};

TEST_F(SlowReader, AReaderThatStopsIsCutOffAndHoldsLittle) {
  HttpClient client(port(), /*receive_buffer=*/4096);
  client.Send(RequestBytes("POST " + Path("Watch"), kStreamHead, Framed(0, R"({"size":100000})")));
  EXPECT_TRUE(Comes([this] { return service.cancelled == 1 && connections() == 0; }));
  // What the sockets and one message hold, not what the service would write.
  EXPECT_LT(service.written, 300);
}

}  // namespace
}  // namespace tonghu::gateway::testing
