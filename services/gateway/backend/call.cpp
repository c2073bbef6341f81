#include "services/gateway/backend/call.h"

#include <algorithm>
#include <utility>

#include "libs/rpc/deadline.h"

namespace tonghu::gateway {
namespace {

// gRPC rounds a time-out up when it writes it, by at most a hundredth and a millisecond
// (timeout_encoding.cc); no service is to be told a longer one than the client named.
absl::Duration BeforeRounding(absl::Duration timeout) {
  return std::max(timeout * 0.99 - absl::Milliseconds(1), absl::ZeroDuration());
}

void Prepare(const CallParts& parts, grpc::ClientContext& context) {
  for (const auto& [name, value] : parts.metadata) context.AddMetadata(name, value);
  if (parts.timeout < absl::InfiniteDuration())
    context.set_deadline(rpc::MonotonicDeadline(BeforeRounding(parts.timeout)));
}

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

Headers CopyOf(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata) {
  Headers headers;
  for (const auto& [name, value] : metadata)
    headers.emplace_back(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
  return headers;
}

}  // namespace

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::string bytes;
  bytes.reserve(buffer.Length());
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices)
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

UnaryCall::UnaryCall(CallParts parts, const std::string& request)
    : parts_(std::move(parts)), request_(BufferOf(request)) {
  Prepare(parts_, context_);
}

void UnaryCall::Start(std::function<void()> done) {
  parts_.stub->UnaryCall(&context_, parts_.path, {}, &request_, &reply_,
                         [self = shared_from_this(), done = std::move(done)](grpc::Status status) {
                           self->status_ = std::move(status);
                           done();
                         });
}

Headers UnaryCall::headers() const { return CopyOf(context_.GetServerInitialMetadata()); }
Headers UnaryCall::trailers() const { return CopyOf(context_.GetServerTrailingMetadata()); }

StreamCall::StreamCall(CallParts parts) : parts_(std::move(parts)) { Prepare(parts_, context_); }

void StreamCall::Start(std::function<void()> news) {
  news_ = std::move(news);
  self_ = shared_from_this();
  parts_.stub->PrepareBidiStreamingCall(&context_, parts_.path, {}, this);
  // Reads and writes start outside of reactions, so that the call must not end before the last of either has
  // (gRPC's rule).
  AddMultipleHolds(2);
  StartRead(&reply_);
  StartCall();
}

bool StreamCall::Close() { return requests_.empty() && !std::exchange(closed_, true); }

void StreamCall::Send(const std::string& request) {
  const grpc::ByteBuffer* first = nullptr;
  {
    absl::MutexLock lock(&mutex_);
    if (closed_ || whole_ || cancelled_ || replied_) return;
    requests_.push_back(BufferOf(request));
    if (requests_.size() == 1) first = &requests_.front();
  }
  if (first != nullptr) StartWrite(first);
}

void StreamCall::SendDone() {
  {
    absl::MutexLock lock(&mutex_);
    whole_ = true;
    if (!Close()) return;
  }
  StartWritesDone();
  RemoveHold();
}

bool StreamCall::sending() const {
  absl::MutexLock lock(&mutex_);
  return !requests_.empty();
}

void StreamCall::OnWriteDone(bool ok) {
  const grpc::ByteBuffer* next = nullptr;
  bool last = false;
  bool over = false;
  {
    absl::MutexLock lock(&mutex_);
    requests_.pop_front();
    over = !ok || cancelled_ || replied_;
    if (over) requests_.clear();
    if (!requests_.empty()) next = &requests_.front();
    last = (over || whole_) && Close();
  }
  if (next != nullptr) StartWrite(next);
  if (last && !over) StartWritesDone();
  if (last) RemoveHold();
  news_();
}

void StreamCall::OnReadInitialMetadataDone(bool ok) {
  {
    absl::MutexLock lock(&mutex_);
    headers_ = ok ? CopyOf(context_.GetServerInitialMetadata()) : Headers();
  }
  news_();
}

void StreamCall::OnReadDone(bool ok) {
  if (!ok) return OnReplied();
  bool wanted;
  {
    absl::MutexLock lock(&mutex_);
    wanted = ready_ = !cancelled_;
  }
  // A cancelled call is read to its end, or it would never be done.
  if (!wanted) return StartRead(&reply_);
  news_();
}

// The service has answered, perhaps before it had all requests: no more of them are sent.
void StreamCall::OnReplied() {
  bool last;
  {
    absl::MutexLock lock(&mutex_);
    replied_ = true;
    last = Close();
  }
  if (last) RemoveHold();
  RemoveHold();
}

void StreamCall::OnDone(const grpc::Status& status) {
  const std::shared_ptr<StreamCall> self = std::move(self_);
  {
    absl::MutexLock lock(&mutex_);
    end_ = status;
  }
  news_();
}

void StreamCall::Cancel() {
  bool unread, last;
  {
    absl::MutexLock lock(&mutex_);
    if (cancelled_ || end_.has_value()) return;
    cancelled_ = true;
    unread = std::exchange(ready_, false);
    last = Close();
  }
  context_.TryCancel();
  if (unread) StartRead(&reply_);
  if (last) RemoveHold();
}

std::optional<Headers> StreamCall::TakeHeaders() {
  absl::MutexLock lock(&mutex_);
  return std::exchange(headers_, std::nullopt);
}

std::optional<std::string> StreamCall::TakeMessage() {
  {
    absl::MutexLock lock(&mutex_);
    if (!ready_) return std::nullopt;
    ready_ = false;
  }
  std::string message = BytesOf(reply_);
  StartRead(&reply_);
  return message;
}

bool StreamCall::answered() const {
  absl::MutexLock lock(&mutex_);
  return ready_ || end_.has_value();
}

std::optional<grpc::Status> StreamCall::end() const {
  absl::MutexLock lock(&mutex_);
  return end_;
}

Headers StreamCall::trailers() const { return CopyOf(context_.GetServerTrailingMetadata()); }

}  // namespace tonghu::gateway
