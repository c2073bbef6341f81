// A test program ends when gRPC has. gRPC ends its threads behind the last channel, in one of its own; a
// program that exits meanwhile leaves what those threads hold of OpenSSL (the errors of a thread, a half-made
// connection), and LeakSanitizer calls that a leak. Where all tests run in one program gRPC has been seen to
// run on; then this waits no longer.
#include <grpc/grpc.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace tonghu::rpc::testing {
namespace {

class LibraryEnd : public ::testing::Environment {
 public:
  void TearDown() override {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (grpc_is_initialized() && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  }
};

const auto* const registered = ::testing::AddGlobalTestEnvironment(new LibraryEnd);

}  // namespace
}  // namespace tonghu::rpc::testing
