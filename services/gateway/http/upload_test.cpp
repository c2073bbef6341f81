// Uploads: a stream of requests goes on to the service as it comes, within bounds of memory and time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/gateway/app/gzip.h"
#include "services/gateway/testing/gateway_fixture.h"

namespace tonghu::gateway::testing {
namespace {

using ::testing::HasSubstr;

constexpr size_t kMiB = 1 << 20;
constexpr char kFrozen[] = R"({"text":"a","atOnce":true,"delayMs":3600000})";  // reads no further

class UploadTest : public GatewayTest {
 protected:
  // Head and first bytes of an upload whose length is not said; and its next bytes.
  static std::string Begin(const std::string& bytes, const std::string& headers = kStreamHead) {
    return absl::StrCat("POST ", Path("Gather"), " HTTP/1.1\r\nHost: a\r\n", headers,
                        "Transfer-Encoding: chunked\r\n\r\n", Chunk(bytes));
  }
  static std::string Chunk(const std::string& bytes) {
    return absl::StrCat(absl::Hex(bytes.size()), "\r\n", bytes, "\r\n");
  }
  // A message with a text, of about so many bytes.
  static std::string Message(const std::string& text, size_t size) {
    return absl::StrCat(R"({"text":")", text, R"(","filler":")", std::string(size, 'x'), R"("})");
  }
  // `messages` of a MiB each behind `first`.
  static std::string Long(const std::string& first, int messages) {
    std::string body = Framed(0, first);
    const std::string one = Framed(0, Message("b", kMiB));
    for (int i = 0; i < messages; ++i) body += one;
    return body;
  }
  static Json EndOf(const HttpReply& reply) {
    const auto all = Envelopes(reply.body);
    if (all.empty() || (all.back().flags & kFlagEndOfStream) == 0) return nullptr;
    return Json::parse(all.back().message);
  }
  static std::string ErrorOf(const HttpReply& reply) {
    const Json end = EndOf(reply);
    return end.is_object() && end.contains("error") ? end["error"].value("code", "") : "";
  }
  static std::string TextOf(const HttpReply& reply) {
    return Json::parse(Envelopes(reply.body).at(0).message).value("text", "");
  }
  bool Ended() { return service.streams == 0 && service.cancelled == 1; }
};

TEST_F(UploadTest, AMessageGoesOnBeforeTheNextComes) {
  HttpClient client(port());
  client.Send(Begin(Framed(0, R"({"text":"a"})")));
  ASSERT_TRUE(Comes([this] { return service.gathered == 1; }));
  client.Send(Chunk(Framed(0, R"({"text":"b"})")));
  ASSERT_TRUE(Comes([this] { return service.gathered == 2; }));
  const auto reply = client.Ask(Chunk(Framed(0, R"({"text":"c"})")) + "0\r\n\r\n");
  EXPECT_EQ(TextOf(reply), "abc");
  EXPECT_FALSE(EndOf(reply).contains("error"));
  // The connection carries the next request.
  EXPECT_EQ(client.Ask(RequestBytes("POST " + Path("Look"), kSignedIn, "{}")).status, 200);
}

TEST_F(UploadTest, FarMoreThanACallHoldsComesWholeAndInOrder) {
  std::string body, packed, texts;
  for (int i = 0; i < 40; ++i) {
    const std::string message = Message(absl::StrCat(i, ","), kMiB);
    absl::StrAppend(&texts, i, ",");
    body += Framed(0, message);
    packed += Framed(kFlagCompressed, Gzip(message));
  }
  EXPECT_EQ(TextOf(Post("Gather", kStreamHead, body)), texts);
  const std::string gzip = absl::StrCat(kStreamHead, "Connect-Content-Encoding: gzip\r\n");
  EXPECT_EQ(TextOf(Post("Gather", gzip, packed)), texts);
}

TEST_F(UploadTest, MessagesInBytesComeAsTheyAre) {
  std::string body;
  for (int i = 0; i < 8; ++i) {
    passage::v1::PassageRequest request;
    request.set_text(absl::StrCat(i));
    request.set_filler(std::string(kMiB, 'x'));
    body += Framed(0, request.SerializeAsString());
  }
  const auto reply =
      Post("Gather", "Content-Type: application/connect+proto\r\nAuthorization: Bearer good\r\n", body);
  passage::v1::PassageReply answer;
  ASSERT_TRUE(answer.ParseFromString(Envelopes(reply.body).at(0).message));
  EXPECT_EQ(answer.text(), "01234567");
}

// Sends until the answer comes; gives how many bytes the other side took before.
size_t SendUntilAnswered(HttpClient& client, const std::string& bytes) {
  size_t sent = 0;
  for (;;) {
    pollfd wait{client.socket(), static_cast<int16_t>(POLLIN | (sent < bytes.size() ? POLLOUT : 0)), 0};
    if (::poll(&wait, 1, 60'000) <= 0 || (wait.revents & POLLIN) != 0) return sent;
    const ssize_t n =
        ::send(client.socket(), bytes.data() + sent, bytes.size() - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n <= 0) return sent;
    sent += static_cast<size_t>(n);
  }
}

TEST_F(UploadTest, AServiceThatReadsNoFurtherStopsTheClientUntilTheDeadline) {
  HttpClient client(port());
  const std::string body = Long(kFrozen, 90);
  const std::string head = absl::StrCat(kStreamHead, "Connect-Timeout-Ms: 3000\r\n");
  const size_t sent = SendUntilAnswered(client, RequestBytes("POST " + Path("Gather"), head, body));
  // Two messages, and what the sockets hold.
  EXPECT_LT(sent, 40 * kMiB);
  EXPECT_EQ(ErrorOf(client.Read()), "deadline_exceeded");
  EXPECT_TRUE(Comes([this] { return Ended(); }));
  EXPECT_TRUE(client.Ends(absl::Seconds(30)));
}

TEST_F(UploadTest, ARefusalComesThoughTheClientStillSends) {
  HttpClient client(port());
  const std::string body = Long(R"({"text":"a","atOnce":true,"code":9})", 60);
  SendUntilAnswered(client, RequestBytes("POST " + Path("Gather"), kStreamHead, body));
  const auto reply = client.Read();
  EXPECT_EQ(ErrorOf(reply), "failed_precondition");
  EXPECT_EQ(reply.header("connection"), "close");
  EXPECT_THAT(reply.body, HasSubstr("按要求失败"));
  EXPECT_EQ(service.gathered, 1);
  EXPECT_TRUE(client.Ends(absl::Seconds(30)));
}

TEST_F(UploadTest, AnAnswerComesThoughTheClientSendsNothingMore) {
  for (const char* code : {"0", "9"}) {
    HttpClient client(port());
    client.Send(Begin(Framed(0, absl::StrCat(R"({"text":"a","atOnce":true,"code":)", code, "}"))));
    const auto reply = client.Read();
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(ErrorOf(reply), std::string(code) == "0" ? "" : "failed_precondition");
    EXPECT_EQ(Envelopes(reply.body).size(), std::string(code) == "0" ? 2U : 1U);
    EXPECT_TRUE(client.Ends(absl::Seconds(30)));
  }
}

TEST_F(UploadTest, AStrangerIsRefusedBeforeTheBody) {
  const std::string head =
      absl::StrCat("POST ", Path("Gather"), " HTTP/1.1\r\nHost: a\r\n",
                   "Content-Type: application/connect+json\r\nContent-Length: 50000000\r\n");
  EXPECT_EQ(ErrorOf(Ask(head + "\r\n")), "unauthenticated");
  // Nor is the body asked for.
  const auto asked = Ask(head + "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(asked.status, 200);
  EXPECT_EQ(ErrorOf(asked), "unauthenticated");
  EXPECT_EQ(service.gathered, 0);
  EXPECT_EQ(service.streams, 0);
}

TEST_F(UploadTest, WhoSendsNothingReachesNoService) {
  HttpClient client(port());
  client.Send(Begin("abc"));
  ASSERT_TRUE(Comes([this] { return access.asked == 1; }));
  client.Send(Chunk("d"));
  client.Close();
  EXPECT_TRUE(Comes([this] { return connections() == 0; }));
  EXPECT_EQ(service.started, 0);
}

TEST_F(UploadTest, AClientThatGoesAwayCancelsTheCall) {
  {
    HttpClient client(port());
    client.Send(Begin(Framed(0, R"({"text":"a"})") + Framed(0, R"({"text":"b"})").substr(0, 9)));
    ASSERT_TRUE(Comes([this] { return service.gathered == 1; }));
  }
  EXPECT_TRUE(Comes([this] { return Ended() && connections() == 0; }));
}

TEST_F(UploadTest, AClientThatGoesAwayWhileTheServiceIsSlowCancelsTheCall) {
  {
    HttpClient client(port());
    // The first long message is more than gRPC takes for a service that does not read. The second waits for
    // that; the end comes behind bytes of the third, which nobody reads.
    const std::string longest = Framed(0, Message("b", 4 * kMiB - 64));
    client.Send(RequestBytes("POST " + Path("Gather"), kStreamHead,
                             Framed(0, kFrozen) + longest + longest + Framed(0, Message("c", 32 << 10))));
    ASSERT_TRUE(Comes([this] { return service.gathered == 1; }));
  }
  EXPECT_TRUE(Comes([this] { return Ended() && connections() == 0; }));
}

TEST_F(UploadTest, AServiceThatEndsIsAnErrorAtOnce) {
  HttpClient client(port());
  client.Send(Begin(Framed(0, R"({"text":"a"})")));
  ASSERT_TRUE(Comes([this] { return service.gathered == 1; }));
  StopBackend();
  EXPECT_THAT(ErrorOf(client.Read()), ::testing::AnyOf("unavailable", "canceled"));
}

TEST_F(UploadTest, BrokenEnvelopesEndTheCall) {
  for (const std::string& bad : {Framed(2, "{}"), Framed(0, "nonsense"), Framed(0, "{}").substr(0, 6)}) {
    service.cancelled = service.gathered = 0;
    HttpClient client(port());
    client.Send(Begin(Framed(0, R"({"text":"a"})")));
    ASSERT_TRUE(Comes([this] { return service.gathered == 1; }));
    EXPECT_EQ(ErrorOf(client.Ask(Chunk(bad) + "0\r\n\r\n")), "invalid_argument");
    EXPECT_TRUE(Comes([this] { return Ended(); }));
  }
}

class ShortUploads : public UploadTest {
 protected:
  ShortUploads() {
    prepare = [](Limits& limits, Manners&) {
      limits.message_bytes = 2 * kMiB;
      limits.upload_bytes = 8 * kMiB;
      limits.body_time = std::chrono::seconds(1);
    };
  }
};

TEST_F(ShortUploads, ALongerBodyIsRefusedWhetherAnnouncedOrNot) {
  HttpClient announced(port());
  announced.Send(absl::StrCat("POST ", Path("Gather"), " HTTP/1.1\r\nHost: a\r\n", kStreamHead,
                              "Content-Length: ", 8 * kMiB + 1, "\r\n\r\n", Framed(0, R"({"text":"a"})")));
  const auto early = announced.Read();
  EXPECT_EQ(ErrorOf(early), "resource_exhausted");
  EXPECT_THAT(early.body, HasSubstr("REQUEST_TOO_LARGE"));
  EXPECT_THAT(early.body, HasSubstr("提交的内容超过8 MiB，请减少内容，或分成几次提交。"));
  EXPECT_EQ(service.gathered, 0);
  HttpClient chunked(port());
  SendUntilAnswered(chunked, Begin(Long(R"({"text":"a"})", 9)));
  EXPECT_EQ(ErrorOf(chunked.Read()), "resource_exhausted");
  EXPECT_TRUE(Comes([this] { return Ended(); }));
}

TEST_F(ShortUploads, ALongerMessageIsRefused) {
  HttpClient client(port());
  client.Send(Begin(Framed(0, R"({"text":"a"})")));
  ASSERT_TRUE(Comes([this] { return service.gathered == 1; }));
  const auto reply = client.Ask(Chunk(EnvelopeHead(0, 2 * kMiB + 1)));
  EXPECT_EQ(ErrorOf(reply), "resource_exhausted");
  EXPECT_THAT(reply.body, HasSubstr("提交的内容超过2 MiB"));
  EXPECT_TRUE(Comes([this] { return Ended(); }));
}

TEST_F(ShortUploads, OtherBodiesKeepTheirLimit) {
  const std::string body = Framed(0, Message("a", kMiB));
  const auto whole = Post("Watch", kStreamHead, body + body + body + body + body);
  EXPECT_EQ(ErrorOf(whole), "resource_exhausted");
  EXPECT_THAT(whole.body, HasSubstr("提交的内容超过4 MiB"));
}

TEST_F(ShortUploads, ATrickleIsCutOff) {
  HttpClient client(port());
  client.Send(Begin(Framed(0, R"({"text":"a"})")));
  ASSERT_TRUE(Comes([this] { return service.gathered == 1; }));
  client.Send(Chunk(EnvelopeHead(0, kMiB)));
  EXPECT_TRUE(Comes([&] { return !client.Send(Chunk("x")) || connections() == 0; }));
  EXPECT_TRUE(Comes([this] { return Ended() && connections() == 0; }));
}

TEST_F(ShortUploads, WhoWasQuickMayNotStopForLongEither) {
  HttpClient client(port());
  client.Send(Begin(Long(R"({"text":"a"})", 5)));
  EXPECT_TRUE(Comes([this] { return Ended() && connections() == 0; }));
  EXPECT_EQ(service.gathered, 6);
}

TEST_F(ShortUploads, TheServicesTimeIsNotTheClients) {
  const auto reply = Post("Gather", kStreamHead, Long(R"({"text":"a","delayMs":2500})", 6));
  EXPECT_EQ(TextOf(reply), "abbbbbb");
}

class LongUpload : public UploadTest {
 protected:
  LongUpload() {
    access.reuse = absl::ZeroDuration();
    prepare = [](Limits&, Manners& manners) { manners.ask_again = std::chrono::seconds(1); };
  }
};

TEST_F(LongUpload, ASessionThatIsOverEndsIt) {
  HttpClient client(port());
  client.Send(Begin(Framed(0, R"({"text":"a"})")));
  ASSERT_TRUE(Comes([this] { return service.gathered == 1; }));
  access.over = true;
  EXPECT_TRUE(Comes([&] {
    client.Send(Chunk(Framed(0, R"({"text":"b"})")));
    return client.Fill(1, absl::Milliseconds(20));
  }));
  const auto reply = client.Read();
  EXPECT_EQ(ErrorOf(reply), "unauthenticated");
  EXPECT_THAT(reply.body, HasSubstr("SESSION_OVER"));
  EXPECT_TRUE(Comes([this] { return Ended(); }));
}

}  // namespace
}  // namespace tonghu::gateway::testing
