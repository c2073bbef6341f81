// Kinds of commands, and a command that waits for its decision.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/journal/shard_transaction.h"
#include "libs/rpc/gate.h"

namespace tonghu::journal {

class Writer;

// A command waiting for its decision. Made by a Lane.
struct Job {
  virtual ~Job() = default;
  // Gives the caller its answer; called once, on a thread of the writer, after the commit or a final failure.
  virtual void Answer() = 0;
  virtual void Fail(absl::Status status) = 0;
  virtual bool Failed() const = 0;
  virtual std::string EncodeReply() const = 0;
  virtual void DecodeReply(std::string_view bytes) = 0;

  class LaneBase* lane = nullptr;
  int shard = 0;
  std::string county;
  std::string request_id;  // never empty once queued: the same id with the same body is decided once
  int64_t body_hash = 0;
  size_t bytes = 0;              // of memory, about
  std::function<bool()> wanted;  // whether the caller still waits; null: it does
  absl::Time queued;             // on MonotonicNow's scale
  bool left = false;             // the caller has, and is counted
  int64_t position = 0;          // the shard's newest event once this was decided; 0: it was not

  bool Wanted() const { return wanted == nullptr || wanted(); }
};

class LaneBase {
 public:
  virtual ~LaneBase() = default;
  // Decides `jobs` (all of this lane and of the transaction's shard), leaving a reply or a failure in each.
  // An error return means that the transaction is lost.
  virtual absl::Status Decide(ShardTransaction& transaction, absl::Span<Job* const> jobs) = 0;

  virtual const std::string& name() const = 0;
  virtual rpc::Urgency urgency() const = 0;
};

// One command under decision.
template <class Request, class Reply>
struct Slot {
  const std::string* county;
  const Request* request;
  absl::StatusOr<Reply>* reply;  // to be set: the answer or a refusal
};

// Whose command it is.
struct Caller {
  std::string county;
  std::string request_id;                  // may be empty
  std::function<bool()> wanted = nullptr;  // Job::wanted; called on any thread until `done` is
};

// One kind of command. Request and Reply are protobuf messages.
template <class Request, class Reply>
class Lane final : public LaneBase {
 public:
  using Slots = absl::Span<const Slot<Request, Reply>>;
  using Handler = std::function<absl::Status(ShardTransaction&, Slots)>;
  // `position` is Job::position.
  using Done = std::function<void(absl::StatusOr<Reply>, int64_t position)>;

  // `name`, the RPC's, tells bodies of different kinds apart. `handler` decides a batch: it loads what all
  // need, decides each, stores all; a refused command is a refusal in its slot, an error return means that
  // nothing was stored. It may be called again for the same commands, when the transaction was lost.
  Lane(Writer& writer, std::string name, Handler handler, rpc::Urgency urgency = rpc::Urgency::kUsual)
      : writer_(writer), name_(std::move(name)), handler_(std::move(handler)), urgency_(urgency) {}

  // Queues a command; `done` is called once, on another thread, or at once when the queue is full
  // (RESOURCE_EXHAUSTED, reason SERVER_BUSY). A command whose caller has left is not decided.
  void Submit(Caller caller, Request request, Done done);

  absl::Status Decide(ShardTransaction& transaction, absl::Span<Job* const> jobs) override;

  Writer& writer() const { return writer_; }
  const std::string& name() const override { return name_; }
  rpc::Urgency urgency() const override { return urgency_; }

 private:
  struct TypedJob final : Job {
    void Answer() override { done(std::move(reply), position); }
    void Fail(absl::Status status) override { reply = std::move(status); }
    bool Failed() const override { return !reply.ok(); }
    std::string EncodeReply() const override { return reply->SerializeAsString(); }
    void DecodeReply(std::string_view bytes) override {
      Reply stored;
      if (stored.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        reply = std::move(stored);
      } else {
        reply = absl::InternalError("a stored answer can't be read");
      }
    }
    Request request;
    absl::StatusOr<Reply> reply = absl::UnknownError("undecided");
    Done done;
  };

  Writer& writer_;
  const std::string name_;
  const Handler handler_;
  const rpc::Urgency urgency_;
};

template <class Request, class Reply>
absl::Status Lane<Request, Reply>::Decide(ShardTransaction& transaction, absl::Span<Job* const> jobs) {
  std::vector<Slot<Request, Reply>> slots;
  slots.reserve(jobs.size());
  for (Job* job : jobs) {
    auto* typed = static_cast<TypedJob*>(job);
    slots.push_back({&typed->county, &typed->request, &typed->reply});
  }
  return handler_(transaction, slots);
}

}  // namespace tonghu::journal
