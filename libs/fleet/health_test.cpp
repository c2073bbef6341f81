#include "libs/fleet/health.h"

#include <gtest/gtest.h>

#include "libs/rpc/server.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"

namespace tonghu::fleet {
namespace {

TEST(HealthTest, KnowsWhetherAServerServes) {
  journal::v1::JournalService::CallbackService journal;
  auto server = *rpc::Server::Start({.listen = "127.0.0.1:0"}, {&journal});
  const std::string address = "127.0.0.1:" + std::to_string(server->port());
  EXPECT_TRUE(IsServing(rpc::Dial(address), absl::Seconds(30)));
  server->Serve(false);
  EXPECT_FALSE(IsServing(rpc::Dial(address), absl::Seconds(30)));
  server->Stop(absl::ZeroDuration());
  server.reset();
  EXPECT_FALSE(IsServing(rpc::Dial(address), absl::Seconds(1)));
}

}  // namespace
}  // namespace tonghu::fleet
