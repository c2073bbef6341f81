// Calls to services by the name of the method, with messages as bytes.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/gateway/domain/request.h"

namespace tonghu::gateway {

// What every call needs.
struct CallParts {
  std::shared_ptr<grpc::GenericStub> stub;
  std::string path;  // "/tonghu.pairing.v1.DutyService/ListDuties"
  Headers metadata;
  absl::Duration timeout;  // infinite: none
};

// The bytes of a message.
std::string BytesOf(const grpc::ByteBuffer& buffer);

// One message there, one back. Kept alive by itself until it is done. Thread-safe.
class UnaryCall : public std::enable_shared_from_this<UnaryCall> {
 public:
  UnaryCall(CallParts parts, const std::string& request);
  // `done` is called once, on a thread of gRPC's; from then on the results below are there.
  void Start(std::function<void()> done);
  void Cancel() { context_.TryCancel(); }

  const grpc::Status& status() const { return status_; }
  std::string reply() const { return BytesOf(reply_); }
  Headers headers() const;
  Headers trailers() const;

 private:
  const CallParts parts_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_, reply_;
  grpc::Status status_;
};

// Messages there, and messages back, one at a time: the next is read when the one before was taken. Kept
// alive by itself until it is done. Thread-safe.
class StreamCall final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                         public std::enable_shared_from_this<StreamCall> {
 public:
  explicit StreamCall(CallParts parts);
  // `news` is called on threads of gRPC's whenever something below has changed, for the last time when the
  // call is done.
  void Start(std::function<void()> news);
  void Cancel();

  // Sends a message behind those sent before; SendDone: it was the last. After Start, on one thread. Without
  // effect when the call is over.
  void Send(const std::string& request);
  void SendDone();
  // Whether there are messages that the service's flow control has not let through yet.
  bool sending() const;

  // The headers of the answer, once.
  std::optional<Headers> TakeHeaders();
  // The next message. Takes care of reading the one after it.
  std::optional<std::string> TakeMessage();
  // Whether there is a message to take, or the end.
  bool answered() const;
  // The end, behind the last message, and its trailers.
  std::optional<grpc::Status> end() const;
  Headers trailers() const;

  void OnReadInitialMetadataDone(bool ok) override;
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

 private:
  void OnReplied();
  // Closes the writing, unless a message is under way. True once, when the hold of writing is to be removed.
  bool Close() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const CallParts parts_;
  grpc::ClientContext context_;
  grpc::ByteBuffer reply_;
  std::function<void()> news_;
  std::shared_ptr<StreamCall> self_;  // until OnDone
  mutable absl::Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  bool ready_ ABSL_GUARDED_BY(mutex_) = false;  // reply_ holds a message that nobody has taken
  std::deque<grpc::ByteBuffer> requests_ ABSL_GUARDED_BY(mutex_);  // the first is being written
  bool whole_ ABSL_GUARDED_BY(mutex_) = false;                     // no request comes behind these
  bool replied_ ABSL_GUARDED_BY(mutex_) = false;                   // no reply comes any more
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;                    // nothing is written any more
  std::optional<Headers> headers_ ABSL_GUARDED_BY(mutex_);
  std::optional<grpc::Status> end_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tonghu::gateway
