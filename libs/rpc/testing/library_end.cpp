// A test program ends when gRPC has. gRPC ends its threads behind the last channel, in one of its own; a program
// that exits meanwhile leaves what those threads hold of OpenSSL (the errors of a thread, a half-made connection),
// and LeakSanitizer calls that a leak.
#include <grpc/grpc.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/time/clock.h"

namespace tonghu::rpc::testing {
namespace {

class LibraryEnd : public ::testing::Environment {
 public:
  void TearDown() override {
    const absl::Time limit = absl::Now() + absl::Seconds(30);
    while (grpc_is_initialized() && absl::Now() < limit) std::this_thread::yield();
    EXPECT_FALSE(grpc_is_initialized()) << "gRPC runs on: a test leaves a channel or a server behind";
  }
};

const auto* const registered = ::testing::AddGlobalTestEnvironment(new LibraryEnd);

}  // namespace
}  // namespace tonghu::rpc::testing
