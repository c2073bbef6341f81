// Calls in raw bytes, for services whose protos Debian does not ship and for requests no generated code would
// send.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "libs/rpc/server.h"

namespace tonghu::rpc::testing {

// Bytes as gRPC's buffer, and back; "" for a buffer that can't be read.
inline grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

inline std::string ToBytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices)
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

// The answer to a call; `bytes` is the message.
struct RawAnswer {
  grpc::Status status;
  std::string bytes;
};

// Makes a unary call, of at most 20 s. `method` is the full path: "/package.Service/Method".
inline RawAnswer CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                         const std::string& request) {
  grpc::GenericStub stub(channel);
  const auto context = WithDeadline(absl::Seconds(20));
  const grpc::ByteBuffer sent = ToBuffer(request);
  grpc::ByteBuffer received;
  RawAnswer answer;
  absl::Notification done;
  stub.UnaryCall(context.get(), method, grpc::StubOptions(), &sent, &received, [&](grpc::Status status) {
    answer.status = std::move(status);
    done.Notify();
  });
  done.WaitForNotification();
  answer.bytes = ToBytes(received);
  return answer;
}

// Sends one message on a stream and gives the first answer, "" when there is none.
inline RawAnswer AskStream(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                           const std::string& request) {
  grpc::GenericStub stub(channel);
  const auto context = WithDeadline(absl::Seconds(20));
  grpc::CompletionQueue queue;
  const auto await = [&queue] {
    void* tag;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  RawAnswer answer;
  grpc::ByteBuffer received;
  auto stream = stub.PrepareCall(context.get(), method, &queue);
  stream->StartCall(nullptr);
  bool good = await();
  if (good) stream->WriteLast(ToBuffer(request), grpc::WriteOptions(), nullptr), good = await();
  if (good) stream->Read(&received, nullptr), good = await();
  if (good) answer.bytes = ToBytes(received);
  stream->Finish(&answer.status, nullptr);
  await();
  return answer;
}

}  // namespace tonghu::rpc::testing
