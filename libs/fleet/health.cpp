#include "libs/fleet/health.h"

#include <grpcpp/impl/client_unary_call.h>
#include <grpcpp/support/byte_buffer.h>

#include <string>
#include <vector>

#include "libs/rpc/server.h"

namespace tonghu::fleet {
namespace {

// gRPC's health protocol, by its bytes: Debian's gRPC brings no health.proto to generate code from.
constexpr char kCheck[] = "/grpc.health.v1.Health/Check";
constexpr char kServing[] = "\x08\x01";  // HealthCheckResponse{status: SERVING}

}  // namespace

bool IsServing(const std::shared_ptr<grpc::Channel>& channel, absl::Duration timeout) {
  const auto context = rpc::WithDeadline(timeout);
  // An empty request asks for the server as a whole.
  const grpc::Slice nothing;
  const grpc::ByteBuffer request(&nothing, 1);
  grpc::ByteBuffer response;
  const grpc::internal::RpcMethod check(kCheck, grpc::internal::RpcMethod::NORMAL_RPC);
  const bool answered =
      grpc::internal::BlockingUnaryCall(channel.get(), check, context.get(), request, &response).ok();
  std::vector<grpc::Slice> slices;
  if (!answered || !response.Dump(&slices).ok()) return false;
  std::string bytes;
  for (const grpc::Slice& slice : slices)
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes == kServing;
}

}  // namespace tonghu::fleet
