#include "libs/journal/command_executor.h"

#include <prometheus/counter.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/journal/lease.h"
#include "libs/postgres/columns.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"

namespace tonghu::journal {
namespace {

// How often callers who have left are looked for while their commands wait.
constexpr absl::Duration kSiftEvery = absl::Milliseconds(200);
constexpr absl::Duration kFirstPause = absl::Milliseconds(5);
constexpr absl::Duration kLongestPause = absl::Milliseconds(500);
constexpr absl::Duration kAcquire = absl::Seconds(2);

// A stored answer.
struct AnswerRow {
  const QueuedCommand* command;
  std::string reply;
  absl::Time time;
};
constexpr postgres::Columns kAnswer{
    postgres::Field<&AnswerRow::command, &QueuedCommand::county>("county"),
    postgres::Field<&AnswerRow::command, &QueuedCommand::request_id>("request_id", postgres::kUuid),
    postgres::Field<&AnswerRow::command, &QueuedCommand::body_hash>("body_hash"),
    postgres::Field<&AnswerRow::reply>("reply", postgres::kBytea), postgres::Field<&AnswerRow::time>("time")};

// The answer when it is not known whether the command was committed: a repeat with the same id finds out.
absl::Status Unknown(const absl::Status& cause) {
  return refusal::Make(
      {absl::StatusCode::kUnavailable, "OUTCOME_UNKNOWN", "",
       absl::StrCat("the database is away; repeat with the same request_id: ", cause.message()),
       "数据库暂时不可用，请使用相同的请求编号重试"});
}

// Whether an answer is stored for each command of the handler that has a request id.
bool HasStoredAnswers(const QueuedCommand& command) {
  return command.handler->manner().repeats == Repeats::kStoredAnswers;
}

// Fills in stored answers of requests decided before. Gives the commands that are still to be decided.
absl::StatusOr<std::vector<QueuedCommand*>> WithoutAnswered(ShardTransaction& transaction,
                                                            absl::Span<QueuedCommand* const> commands) {
  // Only requests with an id can have been decided before; `places` leads from a row back to the command.
  std::vector<std::string> counties, ids;
  std::vector<size_t> places;
  for (size_t i = 0; i < commands.size(); ++i) {
    if (commands[i]->request_id.empty() || !HasStoredAnswers(*commands[i])) continue;
    counties.push_back(commands[i]->county);
    ids.push_back(commands[i]->request_id);
    places.push_back(i);
  }
  std::vector<QueuedCommand*> open(commands.begin(), commands.end());
  if (ids.empty()) return open;
  ASSIGN_OR_RETURN(
      auto rows,
      transaction.db().Run(
          "SELECT w.n, r.body_hash, r.reply FROM unnest($1, $2) WITH ORDINALITY AS w (county, request_id, n) "
          "JOIN request r ON r.county = w.county AND r.request_id = w.request_id",
          postgres::Params().Texts(counties).Uuids(ids)));
  for (int i = 0; i < rows.rows(); ++i) {
    QueuedCommand*& command = open[places[rows.Int(i, 0) - 1]];
    // A used id with another body is another request, and must not get the first one's answer.
    if (rows.Int(i, 1) == command->body_hash) {
      command->DecodeReply(rows.Text(i, 2));
    } else {
      command->Fail(RequestIdReused());
    }
    command = nullptr;
  }
  std::erase(open, nullptr);
  return open;
}

// Moves the refused commands out of `decided` and gives them.
std::vector<QueuedCommand*> TakeRefused(std::vector<QueuedCommand*>& decided) {
  const auto first = std::stable_partition(decided.begin(), decided.end(),
                                           [](const QueuedCommand* command) { return !command->Failed(); });
  std::vector<QueuedCommand*> refused(first, decided.end());
  decided.erase(first, decided.end());
  return refused;
}

}  // namespace

absl::Status RequestIdReused() {
  return refusal::Exists("REQUEST_ID_REUSED", "request_id",
                         "this request id was used with another body; choose a new one",
                         "该请求编号已用于不同内容的请求，请更换请求编号");
}

CommandExecutor::CommandExecutor(Options options, Parts parts, Committed committed)
    : options_(std::move(options)),
      parts_(parts),
      committed_(std::move(committed)),
      queue_(options_.queue),
      sifter_([this] { Sift(); }) {
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Work(rpc::Urgency::kUsual); });
  // Emergencies have a thread of their own, which nothing else keeps busy.
  threads_.emplace_back([this] { Work(rpc::Urgency::kUrgent); });
}

void CommandExecutor::Drain(absl::Duration most) {
  queue_.Stop();
  {
    absl::MutexLock lock(&mutex_);
    // Of several who drain the nearest end counts.
    give_up_ = std::min(give_up_, MonotonicNow() + most);
  }
  queue_.AwaitNothingLeft(most);
  // What could not be decided in time is answered undecided: another replica takes the repeat.
  queue_.Empty();
}

void CommandExecutor::Stop() {
  Drain(absl::ZeroDuration());
  {
    absl::MutexLock lock(&mutex_);
    ended_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  if (sifter_.joinable()) sifter_.join();
}

void CommandExecutor::Enqueue(std::unique_ptr<QueuedCommand> command) {
  const Manner& manner = command->handler->manner();
  // An urgent command is never turned away because the service is busy.
  const bool always = manner.always || manner.urgency == rpc::Urgency::kUrgent;
  if (absl::Status admitted = always ? absl::OkStatus() : options_.admit(); !admitted.ok()) {
    command->Fail(std::move(admitted));
    command->Answer();
    return;
  }
  queue_.Put(std::move(command));
}

void CommandExecutor::Sift() {
  const auto ended = [this] {
    absl::MutexLock lock(&mutex_);
    return ended_;
  };
  for (; !ended(); absl::SleepFor(kSiftEvery)) CountLeft(queue_.Sift());
}

void CommandExecutor::CountLeft(int count) {
  if (options_.left != nullptr && count > 0) options_.left->Increment(count);
}

void CommandExecutor::Work(rpc::Urgency urgency) {
  while (std::optional<Batch> batch = queue_.Take(urgency)) {
    std::vector<QueuedCommand*> commands;
    for (auto& command : batch->commands) commands.push_back(command.get());
    // One bound for all tries, from the moment when the batch is taken. Every command has its answer
    // afterwards, so the status is of no further use.
    CommitAll({batch->shard, urgency, MonotonicNow() + options_.queue.patience}, commands).IgnoreError();
    queue_.Finish(*std::move(batch));
  }
}

// Something among the commands can't be stored: they are halved until it stands alone, so that it fails
// alone. An outage ends the halving for all.
absl::Status CommandExecutor::CommitAll(const Effort& effort, absl::Span<QueuedCommand* const> commands) {
  const absl::Status status = Attempt(effort, commands);
  if (status.ok()) return status;
  // An outage concerns every command alike, so nothing is halved.
  if (postgres::IsTransient(status)) {
    for (QueuedCommand* command : commands) command->Fail(Unknown(status));
    return status;
  }
  // The command at fault stands alone: it is told its own error, and the others go on.
  if (commands.size() == 1) {
    commands[0]->Fail(status);
    return absl::OkStatus();
  }
  const absl::Span<QueuedCommand* const> rest = commands.subspan(commands.size() / 2);
  absl::Status outage = CommitAll(effort, commands.first(commands.size() / 2));
  // Halving takes up to twice as many transactions as commands: the callers' patience bounds it.
  if (outage.ok() && MonotonicNow() > effort.end)
    outage = absl::DeadlineExceededError("too many commands can't be stored");
  if (outage.ok()) return CommitAll(effort, rest);
  for (QueuedCommand* command : rest) command->Fail(Unknown(outage));
  return outage;
}

absl::Status CommandExecutor::Attempt(const Effort& effort, absl::Span<QueuedCommand* const> commands) {
  // Nearly every command is new, so stored answers are looked for only when a key turns out to be there
  // already, or when it is not known what became of the first try.
  Tries tries;
  for (absl::Duration pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
    absl::Status tried = TryCommit(effort, commands, tries);
    // A key that is there already is most likely a request id that comes again.
    const bool again = absl::IsAlreadyExists(tried) && !tries.look_for_answers;
    tries.look_for_answers = true;
    if (again) tried = TryCommit(effort, commands, tries);
    if (tried.ok() || !postgres::IsTransient(tried) || !PauseBefore(effort.end, pause)) return tried;
  }
}

bool CommandExecutor::PauseBefore(absl::Time end, absl::Duration pause) {
  const auto late = [&] {
    absl::MutexLock lock(&mutex_);
    return MonotonicNow() + pause > std::min(end, give_up_);
  };
  if (late()) return false;
  absl::SleepFor(pause);  // by the monotonic clock, unlike absl's timed waits
  return !late();
}

std::vector<QueuedCommand*> CommandExecutor::WithoutLeft(absl::Span<QueuedCommand* const> commands) {
  std::vector<QueuedCommand*> wanted;
  int left = 0;
  for (QueuedCommand* command : commands) {
    if (command->Wanted()) {
      wanted.push_back(command);
      continue;
    }
    command->Fail(absl::CancelledError("the caller left before the command was decided"));
    left += !std::exchange(command->left, true);
  }
  CountLeft(left);
  return wanted;
}

absl::Status CommandExecutor::TryCommit(const Effort& effort, absl::Span<QueuedCommand* const> commands,
                                        Tries& tries) {
  postgres::Pool& pool = effort.urgency == rpc::Urgency::kUrgent ? parts_.urgent : parts_.pool;
  ASSIGN_OR_RETURN(auto connection, pool.Acquire(kAcquire));
  const Purpose purpose = effort.urgency == rpc::Urgency::kUrgent ? Purpose::kUrgent : Purpose::kCommand;
  // Without the lock: a decider may take the lock together with what it reads first (Lock::kByEnter).
  ASSIGN_OR_RETURN(auto transaction,
                   ShardTransaction::Open(*connection, {effort.shard, parts_.clock, purpose}));
  ASSIGN_OR_RETURN(auto was_committed, WasCommitted(transaction, tries));
  if (!was_committed) {
    tries.decided = WithoutLeft(commands);  // some may have left while the lock was waited for
    RETURN_IF_ERROR(DecideAndStore(transaction, tries.decided, tries.look_for_answers));
    tries.position = transaction.position();
    const absl::Status committed = transaction.Commit();
    std::vector<Run> runs = transaction.TakeRuns();
    // The connection was lost at the commit: the journal shows later whether the first run is there.
    if (absl::IsUnavailable(committed) && !runs.empty()) tries.doubtful = std::move(runs[0]);
    if (!committed.ok()) return committed;
    // Handed on after the commit only: nobody must publish what is not stored.
    committed_(effort.shard, std::move(runs));
  }
  // Those of the try that stands, which may be an earlier one.
  for (QueuedCommand* command : tries.decided) command->position = tries.position;
  return absl::OkStatus();
}

// Whether the last try's commit succeeded though its answer did not come. If so, its decisions stand.
absl::StatusOr<bool> CommandExecutor::WasCommitted(ShardTransaction& transaction, Tries& tries) {
  if (!tries.doubtful.has_value()) return false;
  // The doubtful transaction held the lock until its end, so with the lock its outcome is final.
  RETURN_IF_ERROR(transaction.Enter());
  ASSIGN_OR_RETURN(auto stands, transaction.Stands(*tries.doubtful));
  tries.doubtful.reset();
  // The runs went with the last try: the relay reads them from the journal.
  if (stands) committed_(transaction.shard(), {});
  return stands;
}

absl::Status CommandExecutor::DecideAndStore(ShardTransaction& transaction,
                                             absl::Span<QueuedCommand* const> wanted, bool look_for_answers) {
  absl::StatusOr<std::vector<QueuedCommand*>> open =
      std::vector<QueuedCommand*>(wanted.begin(), wanted.end());
  if (wanted.empty()) return absl::OkStatus();
  if (look_for_answers) {
    RETURN_IF_ERROR(transaction.Enter());
    open = WithoutAnswered(transaction, wanted);
  }
  if (!open.ok()) return open.status();
  RETURN_IF_ERROR(DecideRuns(transaction, *open));
  const std::vector<QueuedCommand*> refused = TakeRefused(*open);
  if (!look_for_answers && !refused.empty()) {
    // A refused command may be the repetition of one that was done before, whose answer it then gets.
    if (auto looked = WithoutAnswered(transaction, refused); !looked.ok()) return looked.status();
  }
  return StoreAnswers(transaction, *open);
}

// Stores the answers of commands with a request id. Where no event tells later whether the transaction was
// committed, every command is given an id, so that its answer tells.
absl::Status CommandExecutor::StoreAnswers(ShardTransaction& transaction,
                                           absl::Span<QueuedCommand* const> accepted) {
  std::vector<AnswerRow> rows;
  for (QueuedCommand* command : accepted) {
    if (!HasStoredAnswers(*command)) continue;
    if (command->request_id.empty()) {
      if (transaction.appended() > 0) continue;
      // By this id a later try finds the answer.
      command->request_id = parts_.ids.Next(transaction.now());
    }
    rows.push_back({command, command->EncodeReply(), transaction.now()});
  }
  // A request id that was stored before fails, here or with the commit (ALREADY_EXISTS); the next try looks
  // for answers first (I1).
  return kAnswer.Insert(transaction.db(), "request", rows);
}

absl::Status CommandExecutor::DecideRuns(ShardTransaction& transaction,
                                         absl::Span<QueuedCommand* const> commands) {
  for (size_t begin = 0; begin < commands.size();) {
    const QueuedCommand& first = *commands[begin];
    size_t end = begin + 1;
    // A run: neighbours of one handler, and of one actor unless the handler tells actors apart.
    while (end < commands.size() && commands[end]->handler == first.handler &&
           (first.handler->manner().actors == Actors::kMany || commands[end]->actor == first.actor))
      ++end;
    transaction.set_actor(first.actor);
    if (first.handler->manner().lock == Lock::kTaken) {
      RETURN_IF_ERROR(transaction.Enter());
    }
    RETURN_IF_ERROR(first.handler->Decide(transaction, commands.subspan(begin, end - begin)));
    begin = end;
  }
  return absl::OkStatus();
}

}  // namespace tonghu::journal
