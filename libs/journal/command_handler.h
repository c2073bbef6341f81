// Command handlers (one for each kind of command), and the command that waits to be decided.
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
#include "libs/directory/place.h"
#include "libs/journal/shard_transaction.h"
#include "libs/rpc/gate.h"

namespace tonghu::journal {

class CommandExecutor;

// Whether a child may be named by who gives a command (rpc::Call::CheckChild); null: every child may. Called
// on the executor's threads, under the shard's lock.
using ChildCheck = std::function<absl::Status(const std::string& child_id, const directory::Place* place)>;

// A command that waits for its decision. Made by a CommandHandler; its type is known there only.
struct QueuedCommand {
  virtual ~QueuedCommand() = default;
  // Gives the caller the answer. Called once, on a thread of the executor, after the commit or a final
  // failure.
  virtual void Answer() = 0;
  virtual void Fail(absl::Status status) = 0;
  virtual bool Failed() const = 0;
  virtual std::string EncodeReply() const = 0;
  virtual void DecodeReply(std::string_view bytes) = 0;

  class CommandHandlerBase* handler = nullptr;
  int shard = 0;
  std::string county;
  std::string actor;
  std::string request_id;        // a UUID or empty; the same id with the same body is decided once
  int64_t body_hash = 0;         // of the body, where an answer is stored for the request id; else 0
  size_t bytes = 0;              // of memory, roughly
  std::function<bool()> wanted;  // whether the caller still waits; null: always
  ChildCheck check_child;
  absl::Time queued;     // on MonotonicNow's scale
  bool left = false;     // the caller has left, and was counted
  int64_t position = 0;  // of the shard's newest event after the decision; 0: not decided

  bool Wanted() const { return wanted == nullptr || wanted(); }
};

// Whose commands one call of a decider may decide.
enum class Actors {
  kOne,   // commands of one actor; the executor sets the transaction's actor
  kMany,  // commands of any actors; the decider sets the transaction's actor before it appends an event
};

// Who takes the shard's lock for a decider.
enum class Lock {
  kTaken,    // the executor, before it calls the decider
  kByEnter,  // the decider, by ShardTransaction::Enter with what it reads first, which saves a round trip
};

// Who finds out that a command with a request id repeats an earlier one.
enum class Repeats {
  kStoredAnswers,  // the executor, by the answer that it stored with the first one's changes, for seven days
  // The decider, by the request id in the rows that the first one stored. Each command that it accepts anew
  // appends an event, by which an unknown outcome of the commit is found out.
  kOwnRows,
};

// The refusal of a request id that came with another body before: REQUEST_ID_REUSED.
absl::Status RequestIdReused();

// The manner in which commands of a kind are decided.
struct Manner {
  rpc::Urgency urgency = rpc::Urgency::kUsual;
  Actors actors = Actors::kOne;
  Lock lock = Lock::kTaken;
  Repeats repeats = Repeats::kStoredAnswers;
  // The decider checks the children that a command names (Command::check_child), with what it reads anyhow,
  // so that no place is looked up before (rpc::Body::checks_children).
  bool checks_children = false;
  bool always = false;  // taken on also while the replica takes no usual commands (Options::admit)
};

// A handler as the executor sees it, without the types of its messages.
class CommandHandlerBase {
 public:
  virtual ~CommandHandlerBase() = default;
  // Decides the commands, all of this handler and of the transaction's shard, and leaves a reply or a failure
  // in each. A status other than OK means that the transaction is lost.
  virtual absl::Status Decide(ShardTransaction& transaction, absl::Span<QueuedCommand* const> queued) = 0;

  virtual const std::string& name() const = 0;
  virtual const Manner& manner() const = 0;
};

// One command under decision.
template <class Request, class Reply>
struct Command {
  const std::string* county;
  const std::string* actor;       // who gave the command
  const std::string* request_id;  // QueuedCommand::request_id
  const ChildCheck* check_child;  // asked by deciders whose manner says `checks_children`
  const Request* request;
  absl::StatusOr<Reply>* reply;  // to be set: the answer or a refusal
};

// Who gives a command, and for which county.
struct Caller {
  std::string county;
  std::string actor;                       // rpc::Caller::actor
  std::string request_id;                  // as the caller gave it; may be empty
  std::function<bool()> wanted = nullptr;  // QueuedCommand::wanted; called on any thread until `done` is
  ChildCheck check_child = nullptr;        // likewise
};

// The handler of one kind of command. Request and Reply are protobuf messages.
template <class Request, class Reply>
class CommandHandler final : public CommandHandlerBase {
 public:
  using Commands = absl::Span<const Command<Request, Reply>>;
  using Decider = std::function<absl::Status(ShardTransaction&, Commands)>;
  // Called with the answer; `position` is QueuedCommand::position.
  using Done = std::function<void(absl::StatusOr<Reply>, int64_t position)>;

  // `name` is the RPC's; it tells bodies of different kinds with one request id apart. `decider` decides a
  // batch: it loads what all commands need, decides each, and stores all. A refused command gets a refusal as
  // its reply; a status other than OK means that nothing was stored. The decider may be called again for the
  // same commands when the transaction was lost.
  CommandHandler(CommandExecutor& executor, std::string name, Decider decider, Manner manner = {})
      : executor_(executor), name_(std::move(name)), decider_(std::move(decider)), manner_(manner) {}

  // Queues a command. `done` is called once: on another thread, or at once when the queue is full
  // (RESOURCE_EXHAUSTED, reason SERVER_BUSY). A command whose caller has left is not decided.
  void Submit(Caller caller, std::shared_ptr<const Request> request, Done done);

  absl::Status Decide(ShardTransaction& transaction, absl::Span<QueuedCommand* const> queued) override;

  CommandExecutor& executor() const { return executor_; }
  const std::string& name() const override { return name_; }
  const Manner& manner() const override { return manner_; }

 private:
  struct TypedCommand final : QueuedCommand {
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
    std::shared_ptr<const Request> request;
    absl::StatusOr<Reply> reply = absl::UnknownError("undecided");
    Done done;
  };

  CommandExecutor& executor_;
  const std::string name_;
  const Decider decider_;
  const Manner manner_;
};

template <class Request, class Reply>
absl::Status CommandHandler<Request, Reply>::Decide(ShardTransaction& transaction,
                                                    absl::Span<QueuedCommand* const> queued) {
  std::vector<Command<Request, Reply>> commands;
  commands.reserve(queued.size());
  for (QueuedCommand* one : queued) {
    auto* typed = static_cast<TypedCommand*>(one);
    commands.push_back({&typed->county, &typed->actor, &typed->request_id, &typed->check_child,
                        typed->request.get(), &typed->reply});
  }
  return decider_(transaction, commands);
}

}  // namespace tonghu::journal
