#include <gtest/gtest.h>

#include <atomic>

#include "libs/rpc/testing/echo.h"

namespace tonghu::rpc {
namespace {

using testing::AddressOf;
using testing::Call;
using testing::EchoServer;

// An echo server that counts its calls.
struct Replica {
  std::atomic<int> calls = 0;
  EchoServer service{[this](auto* context, const auto* request, auto* reply) {
    ++calls;
    return EchoServer::Repeat(context, request, reply);
  }};
  std::unique_ptr<Server> server = *Server::Start({.listen = "127.0.0.1:0"}, {&service});
};

// Calls until `done`; bounded.
template <class Done>
bool CallUntil(const std::shared_ptr<grpc::Channel>& channel, Done done) {
  const absl::Time limit = absl::Now() + absl::Seconds(20);
  while (!done() && absl::Now() < limit) Call(channel, {}, absl::Seconds(5));
  return done();
}

TEST(DialTest, CallsGoToEveryReplica) {
  Replica one, two;
  const auto channel = Dial(AddressOf(*one.server) + ", " + AddressOf(*two.server));
  EXPECT_TRUE(CallUntil(channel, [&] { return one.calls > 3 && two.calls > 3; }))
      << one.calls << " " << two.calls;
}

TEST(DialTest, ADeadReplicaIsLeftOut) {
  Replica one, two;
  const auto channel = Dial(AddressOf(*one.server) + "," + AddressOf(*two.server));
  EXPECT_TRUE(CallUntil(channel, [&] { return one.calls > 0 && two.calls > 0; }));
  one.server->Stop(absl::ZeroDuration());
  const int before = two.calls;
  EXPECT_TRUE(CallUntil(channel, [&] { return two.calls > before + 10; }));
}

TEST(DialTest, ComesBackWithinASecondOrSo) {
  std::string address;
  std::shared_ptr<grpc::Channel> channel;
  {
    Replica replica;
    address = AddressOf(*replica.server);
    channel = Dial(address);
    EXPECT_TRUE(Call(channel, {}).status.ok());
  }
  EXPECT_EQ(Call(channel, {}, absl::Seconds(5)).status.error_code(), grpc::UNAVAILABLE)
      << "fails at once, does not wait";
  EchoServer service(EchoServer::Repeat);
  const auto again = Server::Start({.listen = address}, {&service});
  ASSERT_TRUE(again.ok()) << again.status();
  const absl::Time start = absl::Now();
  EXPECT_TRUE(CallUntil(channel, [&] { return Call(channel, {}).status.ok(); }));
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

TEST(DialTest, LocalhostWorksAndNonsenseOnlyFailsCalls) {
  Replica replica;
  EXPECT_TRUE(Call(Dial(absl::StrCat("localhost:", replica.server->port())), {}).status.ok());
  EXPECT_FALSE(Call(Dial("127.0.0.1:1,registry:2"), {}, absl::Seconds(2)).status.ok());
  EXPECT_FALSE(Call(Dial(""), {}, absl::Seconds(2)).status.ok());
}

}  // namespace
}  // namespace tonghu::rpc
