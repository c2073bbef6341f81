#include "services/registry/rpc/import_service.h"

#include <grpcpp/alarm.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <chrono>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "tonghu/registry/v1/import_service.grpc.pb.h"

namespace tonghu::registry {
namespace {

// Memory stays bounded (I7): by message, by file, over all uploads, and by their number.
constexpr size_t kMaxChunk = 1 << 20;
constexpr int64_t kMaxBuffered = 192 << 20;
constexpr int kMaxUploads = 16;
constexpr auto kUploadTime = std::chrono::minutes(5);

absl::Status Malformed() {
  return refusal::Invalid("REQUEST_MALFORMED", "", "a message of the stream can't be parsed",
                          "请求内容无法解析，请检查客户端版本或文件名编码。");
}

absl::Status OutOfOrder() {
  return refusal::Invalid("HEADER_NOT_FIRST", "header",
                          "the first message holds the header, every later one a chunk",
                          "导入请求的第一条消息应为文件说明，其后均为文件内容。");
}

}  // namespace

// One upload: reads the stream, then has a worker do the import. Deletes itself when both the call and its
// alarm are over.
class ImportService::Upload final : public grpc::ServerReadReactor<grpc::ByteBuffer> {
 public:
  Upload(ImportService& service, const rpc::Endpoint& endpoint, grpc::CallbackServerContext* context,
         grpc::ByteBuffer* reply)
      : service_(service), endpoint_(endpoint), context_(context), reply_(reply) {
    // A stream has no deadline of its own unless the caller sets one: a client that stalls must not hold its
    // bytes for ever (I7).
    alarm_.Set(std::chrono::system_clock::now() + kUploadTime, [this](bool expired) {
      if (expired) Expire();
      Release();
    });
    // Counted also when refused, since OnDone counts down.
    if (service_.uploads_.fetch_add(1) >= kMaxUploads) {
      End(refusal::ServerBusy());
    } else {
      StartRead(&message_);
    }
  }

  void OnReadDone(bool ok) override {
    // The stream has ended, or was broken: the size in the header tells.
    if (!ok) return Import();
    const absl::Status taken = Take();
    if (!taken.ok()) return End(taken);
    StartRead(&message_);
  }

  // gRPC calls OnDone after Finish: the worker, if there was one, has done its part.
  void OnDone() override {
    {
      absl::MutexLock lock(&mutex_);
      done_ = true;
    }
    service_.uploads_.fetch_sub(1);
    service_.buffered_bytes_.fetch_sub(counted_);
    alarm_.Cancel();
    Release();
  }

 private:
  ~Upload() override = default;

  void Release() {
    if (holders_.fetch_sub(1) == 1) delete this;
  }

  void Expire() {
    // The lock keeps OnDone away meanwhile, after which the context is gone.
    absl::MutexLock lock(&mutex_);
    if (!done_) context_->TryCancel();
  }

  void End(const absl::Status& status) { Finish(service_.pipeline_.Close(endpoint_, call_.get(), status)); }

  absl::Status Take() {
    v1::ImportRosterRequest request;
    if (!grpc::GenericDeserialize<grpc::ProtoBufferReader, v1::ImportRosterRequest>(&message_, &request).ok())
      return Malformed();
    message_.Clear();
    // The header comes first, and once.
    if (request.has_header() == begun_) return OutOfOrder();
    // The header says the county, so the call is admitted when the header has come.
    if (!begun_) {
      begun_ = true;
      ASSIGN_OR_RETURN(auto admitted, service_.pipeline_.Admit(endpoint_, *context_, request));
      call_ = std::move(admitted);
      file_.actor = call_->caller().actor;
      file_.header = std::move(*request.mutable_header());
      return CheckHeader(file_.header);
    }
    return Append(request.chunk());
  }

  absl::Status Append(const std::string& chunk) {
    if (chunk.size() > kMaxChunk)
      return refusal::Invalid("FILE_TOO_LARGE", "chunk", "a chunk holds at most 1 MiB",
                              "单个数据块超过1MiB，请分块上传。");
    if (file_.bytes.size() + chunk.size() > static_cast<size_t>(kLargestFile))
      return refusal::Invalid("FILE_TOO_LARGE", "chunk", "a file holds at most 64 MiB",
                              "文件超过64MiB，请分成几个文件导入。");
    const auto size = static_cast<int64_t>(chunk.size());
    counted_ += size;
    // The bytes are counted before a refusal, since OnDone gives back what was counted.
    if (service_.buffered_bytes_.fetch_add(size) + size > kMaxBuffered) return refusal::ServerBusy();
    file_.bytes += chunk;
    return absl::OkStatus();
  }

  void Import() {
    if (!begun_) return End(OutOfOrder());
    const bool taken = service_.workers_.Submit([this] {
      const auto wanted = [this] { return !context_->IsCancelled(); };
      auto response = wanted()
                          ? registry::ImportRoster(service_.parts_, std::move(file_), wanted)
                          : absl::CancelledError("the caller went away while sending; nothing was stored");
      if (response.ok()) {
        bool own_buffer = false;
        grpc::GenericSerialize<grpc::ProtoBufferWriter, v1::ImportRosterResponse>(*response, reply_,
                                                                                  &own_buffer);
        // The answer says the position behind the import, so that the caller's next call sees what was
        // imported.
        service_.pipeline_.gate()->Leave(*context_, call_->county());
      }
      End(response.status());
    });
    if (!taken) End(refusal::ServerBusy());
  }

  ImportService& service_;
  const rpc::Endpoint& endpoint_;
  grpc::CallbackServerContext* const context_;
  std::shared_ptr<const rpc::Call> call_;  // once the header has come
  grpc::ByteBuffer* const reply_;
  grpc::ByteBuffer message_;
  grpc::Alarm alarm_;
  std::atomic<int> holders_{2};  // the call and the alarm
  bool begun_ = false;
  RosterFile file_;
  int64_t counted_ = 0;
  absl::Mutex mutex_;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;  // the context is gone
};

ImportService::ImportService(journal::Node& node, ImportParts parts)
    : parts_(std::move(parts)), pipeline_(node.pipeline()), service_(node.Offer<v1::ImportService>()) {
  service_->RawClientStream(
      "ImportRoster",
      [this](const rpc::Endpoint& endpoint, grpc::CallbackServerContext* context, grpc::ByteBuffer* reply) {
        return new Upload(*this, endpoint, context, reply);
      });
}

}  // namespace tonghu::registry
