// How many identities are kept.
#include "services/gateway/backend/identities.h"

#include <gtest/gtest.h>

#include "absl/synchronization/notification.h"
#include "services/gateway/testing/passage_server.h"

namespace tonghu::gateway::testing {
namespace {

class IdentitiesTest : public ::testing::Test {
 protected:
  IdentitiesTest() {
    access_.reuse = absl::Seconds(10);
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&access_);
    server_ = builder.BuildAndStart();
    identities_ = std::make_unique<Identities>(
        Kept(grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials())),
        wall_);
  }
  // Keeps a channel to the end of the process: gRPC 1.51 aborts when the last channel of a process ends while
  // the thread that told its last answer is still on its way back.
  static std::shared_ptr<grpc::Channel> Kept(std::shared_ptr<grpc::Channel> channel) {
    static auto& kept = *new std::vector<std::shared_ptr<grpc::Channel>>;
    return kept.emplace_back(std::move(channel));
  }
  // Asks for the identity of one of many callers. Gives how often access was asked in all.
  int AskFor(int caller) {
    absl::Notification answered;
    const Identities::Done done = [&answered](const grpc::Status& status, const Known& known) {
      EXPECT_TRUE(status.ok()) << status.error_message();
      EXPECT_FALSE(known.identity.empty());
      answered.Notify();
    };
    identities_->Ask({absl::StrCat("good-", caller), "", "", ""}, "passage", done);
    answered.WaitForNotification();
    return access_.asked;
  }

  AccessService access_;
  clock::SystemClock wall_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Identities> identities_;
};

TEST_F(IdentitiesTest, SmallOnesAreAllKept) {
  for (int i = 0; i < 60; ++i) EXPECT_EQ(AskFor(i), i + 1);
  for (int i = 0; i < 60; ++i) EXPECT_EQ(AskFor(i), 60);
}

TEST_F(IdentitiesTest, OfLargeOnesNoMoreThanTheBoundIsKept) {
  access_.children = 40'000;
  const size_t each = size_t{40'000} * 38 * 2;  // the identity, and the rights in it
  const int callers = static_cast<int>(Identities::kMostKeptBytes / each) + 2;
  for (int i = 0; i < callers; ++i) EXPECT_EQ(AskFor(i), i + 1);
  EXPECT_EQ(AskFor(callers - 1), callers) << "the newest is kept";
  EXPECT_EQ(AskFor(0), callers + 1) << "the oldest is not";
}

}  // namespace
}  // namespace tonghu::gateway::testing
