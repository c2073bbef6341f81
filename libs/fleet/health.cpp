#include "libs/fleet/health.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "libs/rpc/server.h"

namespace tonghu::fleet {
namespace {

constexpr char kCheck[] = "/grpc.health.v1.Health/Check";
constexpr char kServing[] = "\x08\x01";  // HealthCheckResponse{status: SERVING}

}  // namespace

bool IsServing(const std::shared_ptr<grpc::Channel>& channel, absl::Duration timeout) {
  grpc::GenericStub stub(channel);
  const auto context = rpc::WithDeadline(timeout);
  const grpc::Slice nothing;
  const grpc::ByteBuffer request(&nothing, 1);
  grpc::ByteBuffer response;
  bool answered = false;
  absl::Notification done;
  stub.UnaryCall(context.get(), kCheck, grpc::StubOptions(), &request, &response, [&](grpc::Status status) {
    answered = status.ok();
    done.Notify();
  });
  done.WaitForNotification();
  std::vector<grpc::Slice> slices;
  if (!answered || !response.Dump(&slices).ok()) return false;
  std::string bytes;
  for (const grpc::Slice& slice : slices)
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes == kServing;
}

}  // namespace tonghu::fleet
