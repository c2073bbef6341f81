#include "libs/rpc/position.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/testing/echo.h"

namespace tonghu::rpc {
namespace {

using testing::EchoReply;
using testing::EchoRequest;

TEST(PositionTest, ReadsWhatItWrites) {
  const auto positions = ParsePositions(" registry/3:1042, pairing/0:0,");
  ASSERT_TRUE(positions.ok()) << positions.status();
  ASSERT_EQ(positions->size(), 2u);
  EXPECT_EQ(Format((*positions)[0]), "registry/3:1042");
  EXPECT_EQ(Format((*positions)[1]), "pairing/0:0");
  EXPECT_TRUE(ParsePositions("")->empty());
}

TEST(PositionTest, RefusesWhatIsNone) {
  for (const char* text : {"registry", "registry/3", "registry:3", "/3:1", "registry/:1",
                           "registry/3:", "registry/-1:2", "registry/3:-1", "registry/3:99999999999999999999",
                           "a b/3:1", "registry/3:1;pairing/3:1", "3:1/registry"}) {
    EXPECT_EQ(refusal::Of(ParsePositions(text).status()).reason, "POSITION_MALFORMED") << text;
  }
  std::string many;
  for (int i = 0; i < 257; ++i) absl::StrAppend(&many, "registry/", i, ":1,");
  EXPECT_EQ(refusal::Of(ParsePositions(many).status()).reason, "POSITION_MALFORMED");
}

TEST(PositionsTest, KeepTheNewestOfEachJournalAndNotTooMany) {
  Positions seen;
  EXPECT_EQ(seen.Text(), "");
  seen.Add({"registry", 3, 10});
  seen.Add({"registry", 3, 8});
  seen.Add({"pairing", 3, 1});
  EXPECT_EQ(seen.Text(), "pairing/3:1,registry/3:10");
  for (int i = 0; i < 1000; ++i) seen.Add({"alerts", i, 1});
  EXPECT_EQ(ParsePositions(seen.Text())->size(), 256u);
}

// A service that says where it stands and tells what the caller handed on.
class HandOnTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto server = Server::Start({.listen = "127.0.0.1:0"}, {&echo_});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = std::move(*server);
  }

  std::string After(const std::shared_ptr<grpc::Channel>& channel, const std::string& said) {
    EchoRequest request;
    request.set_text(said);
    const testing::Answer answer = testing::Call(channel, request);
    return answer.status.ok() ? answer.text : FromGrpc(answer.status).ToString();
  }

  testing::EchoServer echo_{[](auto* context, const EchoRequest* request, EchoReply* reply) {
    if (!request->text().empty()) context->AddTrailingMetadata(kPositionKey, request->text());
    const auto after = ReadAfter(*context);
    absl::StatusOr<EchoReply> answer = EchoReply();
    if (!after.ok()) answer = after.status();
    for (const Position& position : after.ok() ? *after : std::vector<Position>())
      answer->set_text(absl::StrCat(answer->text(), Format(position), " "));
    return testing::Finish(context, answer, reply);
  }};
  std::unique_ptr<Server> server_;
};

TEST_F(HandOnTest, WhatAnswersSayGoesWithLaterCallsOfAllItsChannels) {
  const auto seen = std::make_shared<Positions>();
  const auto one = Dial(testing::AddressOf(*server_), {.seen = seen});
  const auto other = Dial(testing::AddressOf(*server_), {.seen = seen});
  EXPECT_EQ(After(one, "registry/3:7"), "");
  EXPECT_EQ(After(other, "registry/3:6"), "registry/3:7 ");
  EXPECT_EQ(After(other, "nonsense"), "registry/3:7 ");
  EXPECT_EQ(After(one, "pairing/1:2,registry/4:1"), "registry/3:7 ");
  EXPECT_EQ(After(one, ""), "pairing/1:2 registry/3:7 registry/4:1 ");
  EXPECT_EQ(After(Dial(testing::AddressOf(*server_)), "registry/3:9"), "") << "a channel without";
  EXPECT_EQ(After(one, ""), "pairing/1:2 registry/3:7 registry/4:1 ");
}

TEST_F(HandOnTest, AMalformedPositionIsRefused) {
  EchoRequest request;
  EchoReply reply;
  const auto context = WithDeadline(absl::Seconds(20));
  context->AddMetadata(kAfterKey, "registry/3:1");
  context->AddMetadata(kAfterKey, "registry");
  const grpc::Status status =
      testing::EchoService::NewStub(Dial(testing::AddressOf(*server_)))->Echo(context.get(), request, &reply);
  EXPECT_EQ(refusal::Of(FromGrpc(status)).reason, "POSITION_MALFORMED");
}

}  // namespace
}  // namespace tonghu::rpc
