// What a client may not do: requests that two readers could take differently, slowness, size, number.
#include <gtest/gtest.h>

#include "services/gateway/testing/gateway_fixture.h"

namespace tonghu::gateway::testing {
namespace {

class AbuseTest : public GatewayTest {
 protected:
  AbuseTest() {
    prepare = [](Limits& limits, Manners&) {
      limits.header_time = std::chrono::seconds(1);
      limits.body_time = std::chrono::seconds(1);
      limits.body_bytes = 32 << 10;
      limits.message_bytes = 32 << 10;
      limits.connections = 40;
      limits.connections_per_address = 20;
    };
  }
  int StatusOf(const std::string& bytes) { return Ask(bytes).status; }
};

TEST_F(AbuseTest, FramesThatTwoReadersCouldTakeDifferentlyAreRefused) {
  const std::string line = "POST " + Path("Look") + " HTTP/1.1\r\nHost: a\r\n";
  const std::string rest = std::string(kSignedIn) + "\r\n0\r\n\r\n";
  for (const char* headers :
       {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length: 5, 5\r\n", "Content-Length: -1\r\n",
        "Content-Length: +5\r\n", "Content-Length: 0x5\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Host: b\r\n",
        "Origin: a\r\nOrigin: b\r\n", "Authorization: a\r\n", "Cookie: a=1\r\nCookie: b=2\r\n",
        "Content-Type: text/plain\r\n", "Transfer-Encoding : chunked\r\n", "Bad Name: x\r\n",
        "X: a\nb\r\n"}) {
    EXPECT_EQ(StatusOf(line + headers + rest), 400) << headers;
  }
  EXPECT_EQ(StatusOf(line + "Transfer-Encoding: gzip, chunked\r\n" + rest), 501);
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("nonsense\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET / HTTP/9.9\r\nHost: a\r\n\r\n"), 400);
}

TEST_F(AbuseTest, HeadsOfMoreThan16KiBAreRefused) {
  const std::string line = "GET / HTTP/1.1\r\nHost: a\r\n";
  EXPECT_EQ(StatusOf(line + "X: " + std::string(40'000, 'x') + "\r\n\r\n"), 431);
  std::string many;
  for (int i = 0; i < 4000; ++i) many += "X: y\r\n";
  EXPECT_EQ(StatusOf(line + many + "\r\n"), 431);
}

TEST_F(AbuseTest, AHeadThatTricklesIsCutOff) {
  HttpClient client(port());
  client.Send("GET / HTTP/1.1\r\n");
  ASSERT_TRUE(Comes([this] { return connections() == 1; }));
  absl::Time until = clock::MonotonicNow() + absl::Seconds(60);
  while (connections() > 0 && clock::MonotonicNow() < until) {
    client.Send("X: y\r\n");
    absl::SleepFor(absl::Milliseconds(100));
  }
  EXPECT_EQ(connections(), 0);
}

class ShortIdleTime : public AbuseTest {
 protected:
  ShortIdleTime() {
    prepare = [](Limits& limits, Manners&) {
      limits.idle_time = std::chrono::seconds(1);
      limits.body_time = std::chrono::seconds(1);
      limits.body_bytes = 32 << 10;
    };
  }
};

TEST_F(ShortIdleTime, ABodyThatDoesNotComeAndAnIdleConnectionAreCutOff) {
  HttpClient body(port());
  body.Send(absl::StrCat("POST ", Path("Look"), " HTTP/1.1\r\nHost: a\r\n", kSignedIn,
                         "Content-Length: 100\r\n\r\n{"));
  HttpClient idle(port());
  EXPECT_TRUE(Comes([this] { return connections() == 0; }));
}

TEST_F(AbuseTest, TooMuchIsRefusedWhetherAnnouncedOrNot) {
  const auto announced = Post("Look", kSignedIn, std::string(100 << 10, ' '));
  EXPECT_EQ(announced.status, 429);
  std::string chunks;
  for (int i = 0; i < 100; ++i) chunks += absl::StrCat("400\r\n", std::string(1024, ' '), "\r\n");
  const auto chunked = Ask(absl::StrCat("POST ", Path("Look"), " HTTP/1.1\r\nHost: a\r\n", kSignedIn,
                                        "Transfer-Encoding: chunked\r\n\r\n", chunks));
  EXPECT_EQ(chunked.status, 429);
}

TEST_F(AbuseTest, ConnectionsOfOneAddressAreCounted) {
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(std::make_unique<HttpClient>(port()));
  ASSERT_TRUE(Comes([this] { return connections() == 20; }));
  HttpClient more(port());
  more.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(more.Read().status, 0);
  clients.pop_back();
  ASSERT_TRUE(Comes([this] { return connections() < 20; }));
  EXPECT_EQ(Get("/").status, 404);
}

class ManyConnections : public AbuseTest {
 protected:
  ManyConnections() {
    prepare = [](Limits& limits, Manners& manners) {
      limits.connections = 40;
      limits.connections_per_address = 20;
      manners.proxies = *Networks::Parse("127.0.0.1");
    };
  }
};

TEST_F(ManyConnections, OfAProxyOnlyTheWholeIsBounded) {
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 40; ++i) clients.push_back(std::make_unique<HttpClient>(port()));
  ASSERT_TRUE(Comes([this] { return connections() == 40; }));
  HttpClient more(port());
  more.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(more.Read().status, 0);
}

TEST_F(AbuseTest, OneConnectionCarriesManyRequests) {
  HttpClient client(port());
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(client.Ask(RequestBytes("POST " + Path("Look"), kSignedIn, "{}")).status, 200);
    EXPECT_EQ(client.Ask("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n").status, 404);
    EXPECT_EQ(client.Ask(RequestBytes("POST " + Path("Look"), kSignedIn, "nonsense")).status, 400);
  }
  // Several at once are answered one after the other.
  client.Send(RequestBytes("POST " + Path("Look"), kSignedIn, R"({"text":"1"})") +
              RequestBytes("POST " + Path("Look"), kSignedIn, R"({"text":"2"})"));
  EXPECT_EQ(Json::parse(client.Read().body)["text"], "1");
  EXPECT_EQ(Json::parse(client.Read().body)["text"], "2");
}

TEST_F(AbuseTest, AClientThatAsksFirstIsToldToGoOn) {
  HttpClient client(port());
  client.Send(absl::StrCat("POST ", Path("Look"), " HTTP/1.1\r\nHost: a\r\n", kSignedIn,
                           "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
  EXPECT_EQ(client.ReadHead().status, 100);
  client.Send("{}");
  EXPECT_EQ(client.Read().status, 200);
}

TEST_F(AbuseTest, OldClientsAreServedOnce) {
  HttpClient client(port());
  EXPECT_EQ(client.Ask("GET /nothing HTTP/1.0\r\n\r\n").status, 404);
  EXPECT_TRUE(client.Ends(absl::Seconds(30)));
}

}  // namespace
}  // namespace tonghu::gateway::testing
