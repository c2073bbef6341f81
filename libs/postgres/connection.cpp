#include "libs/postgres/connection.h"

#include <endian.h>
#include <libpq-fe.h>
#include <poll.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "libs/ids/uuid.h"
#include "libs/status/macros.h"

namespace tonghu::postgres {
namespace {

constexpr char kSqlState[] = "tonghu/sqlstate";
constexpr int kBinary = 1;
constexpr size_t kMaxQueued = 64;
// Bounds on the server's side of every wait. What is long by nature raises its own (journal::SetLimits).
constexpr char kSession[] =
    "SET statement_timeout = '20s'; SET lock_timeout = '1500ms'; SET idle_in_transaction_session_timeout = "
    "'3s'; SET tcp_user_timeout = '5s'; SET client_min_messages = warning";
// Bounds for a server whose machine or network is gone: the kernel then gives the connection up.
constexpr char kTcp[] = " tcp_user_timeout=5000 keepalives_idle=5 keepalives_interval=2 keepalives_count=2";

// The code for an SQLSTATE (PostgreSQL's manual, appendix A).
absl::StatusCode CodeOf(absl::string_view sqlstate) {
  // Serialization failure, deadlock, lock_timeout and statement_timeout: trying again may succeed.
  if (sqlstate == "40001" || sqlstate == "40P01" || sqlstate == "55P03" || sqlstate == "57014")
    return absl::StatusCode::kAborted;
  if (sqlstate == "23505") return absl::StatusCode::kAlreadyExists;
  // Connection exceptions, insufficient resources, operator intervention, system errors and
  // idle_in_transaction_session_timeout.
  if (absl::StartsWith(sqlstate, "08") || absl::StartsWith(sqlstate, "53") ||
      absl::StartsWith(sqlstate, "57P") || absl::StartsWith(sqlstate, "58") || sqlstate == "25P03") {
    return absl::StatusCode::kUnavailable;
  }
  if (absl::StartsWith(sqlstate, "22")) return absl::StatusCode::kInvalidArgument;
  return absl::StatusCode::kInternal;
}

std::string FirstLine(const char* message) {
  return std::string(*absl::StrSplit(absl::NullSafeStringView(message), '\n').begin());
}

// Whether the server's sentence may repeat a value of a row or a parameter, which may be personal data: data
// exceptions, constraints, views' checks, triggers' own errors.
bool MayHoldValues(absl::string_view sqlstate) {
  for (const char* start : {"22", "23", "44", "P0"}) {
    if (absl::StartsWith(sqlstate, start)) return true;
  }
  return false;
}

std::string Named(const PGresult* result) {
  std::string text;
  for (const auto& [field, name] :
       {std::pair(PG_DIAG_TABLE_NAME, "table"), std::pair(PG_DIAG_COLUMN_NAME, "column"),
        std::pair(PG_DIAG_CONSTRAINT_NAME, "constraint")}) {
    const char* value = PQresultErrorField(result, field);
    if (value != nullptr) absl::StrAppend(&text, " ", name, " ", value);
  }
  return text;
}

absl::Time Monotonic() {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return absl::TimeFromTimespec(now);
}

template <class T>
T ReadBig(const char* data) {
  T value;
  std::memcpy(&value, data, sizeof value);
  return value;
}

}  // namespace

absl::Status Connection::Failure(const PGresult* result) const {
  if (!lost_.empty()) return absl::UnavailableError(absl::StrCat("PostgreSQL ", lost_));
  if (PQstatus(connection_) != CONNECTION_OK) {
    return absl::UnavailableError(
        absl::StrCat("PostgreSQL connection lost: ", FirstLine(PQerrorMessage(connection_))));
  }
  // An error without SQLSTATE is libpq's own, such as lack of memory: trying again may succeed.
  const char* sqlstate = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  if (sqlstate == nullptr)
    return absl::UnavailableError(absl::StrCat("PostgreSQL: ", FirstLine(PQerrorMessage(connection_))));
  std::string text = absl::StrCat("PostgreSQL ", sqlstate, Named(result));
  if (!MayHoldValues(sqlstate))
    absl::StrAppend(&text, ": ", FirstLine(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)));
  absl::Status failure(CodeOf(sqlstate), text);
  failure.SetPayload(kSqlState, absl::Cord(sqlstate));
  return failure;
}

Result& Result::operator=(Result&& other) noexcept {
  std::swap(result_, other.result_);
  return *this;
}

Result::~Result() { PQclear(result_); }

int Result::rows() const { return PQntuples(result_); }

int64_t Result::affected() const {
  const char* text = PQcmdTuples(result_);
  return text[0] == '\0' ? 0 : std::atoll(text);
}

int64_t Result::Int(int row, int column) const {
  const char* data = PQgetvalue(result_, row, column);
  switch (PQgetlength(result_, row, column)) {
    case 8:
      return static_cast<int64_t>(be64toh(ReadBig<uint64_t>(data)));
    case 4:
      return static_cast<int32_t>(be32toh(ReadBig<uint32_t>(data)));
    case 2:
      return static_cast<int16_t>(be16toh(ReadBig<uint16_t>(data)));
    default:
      return 0;
  }
}

bool Result::Bool(int row, int column) const {
  return PQgetlength(result_, row, column) == 1 && PQgetvalue(result_, row, column)[0] != 0;
}

std::string_view Result::Text(int row, int column) const {
  return {PQgetvalue(result_, row, column), static_cast<size_t>(PQgetlength(result_, row, column))};
}

std::string Result::Uuid(int row, int column) const { return ids::UuidText(Text(row, column)); }

uint32_t Result::Type(int column) const { return PQftype(result_, column); }

absl::Time Result::Time(int row, int column) const {
  return IsNull(row, column) ? absl::InfinitePast() : FromPostgresMicros(Int(row, column));
}

bool Result::IsNull(int row, int column) const { return PQgetisnull(result_, row, column) != 0; }

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const std::string& conninfo, Bounds bounds) {
  std::unique_ptr<Connection> connection(
      new Connection(PQconnectStart(absl::StrCat(conninfo, kTcp).c_str()), bounds));
  RETURN_IF_ERROR(connection->Connect());
  RETURN_IF_ERROR(connection->Script(kSession));
  return connection;
}

absl::Status Connection::Connect() {
  const absl::Time end = Monotonic() + bounds_.connect;
  PostgresPollingStatusType step =
      PQstatus(connection_) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (step != PGRES_POLLING_OK && step != PGRES_POLLING_FAILED) {
    if (!AwaitSocket(step == PGRES_POLLING_READING ? POLLIN : POLLOUT, end)) break;
    step = PQconnectPoll(connection_);
  }
  // Nonblocking, so that every wait is AwaitSocket's, which a stop of the process ends.
  if (step == PGRES_POLLING_OK && PQsetnonblocking(connection_, 1) == 0) return absl::OkStatus();
  return Failure(nullptr);
}

Connection::~Connection() { PQfinish(connection_); }

bool Connection::healthy() const {
  return lost_.empty() && PQstatus(connection_) == CONNECTION_OK &&
         PQpipelineStatus(connection_) == PQ_PIPELINE_OFF;
}

bool Connection::AwaitSocket(short events, absl::Time end) {
  if (!lost_.empty()) return false;
  for (;;) {
    const absl::Duration left = std::max(end - Monotonic(), absl::ZeroDuration());
    pollfd waits[] = {{PQsocket(connection_), events, 0}, {bounds_.stop, POLLIN, 0}};
    const int ready = ::poll(waits, 2, static_cast<int>(absl::ToInt64Milliseconds(left)) + 1);
    if (ready < 0 && errno == EINTR) continue;
    // The second descriptor is the pool's timer: the process is stopping.
    if (waits[1].revents != 0) {
      lost_ = "not waited for: this process is stopping";
    } else if (ready <= 0) {
      lost_ = "gives no answer";
    }
    return lost_.empty();
  }
}

PGresult* Connection::NextResult() {
  const absl::Time end = Monotonic() + bounds_.answer;
  for (;;) {
    const int unsent = PQflush(connection_);
    if (unsent < 0 || (unsent == 0 && PQisBusy(connection_) == 0)) break;
    // Answers are taken while statements are still being sent: a server whose answers nobody takes stops
    // reading (libpq, "Pipeline Mode").
    if (!AwaitSocket(unsent > 0 ? POLLIN | POLLOUT : POLLIN, end)) return nullptr;
    if (PQconsumeInput(connection_) == 0) break;
  }
  return PQgetResult(connection_);
}

absl::StatusOr<std::string> Connection::Prepare(std::string_view sql, const Params& params) {
  if (auto found = prepared_.find(absl::string_view(sql.data(), sql.size())); found != prepared_.end())
    return found->second;
  if (auto flushed = Flush(); !flushed.ok()) return flushed.status();
  std::string name = absl::StrCat("s", prepared_.size());
  const std::string text(sql);
  // A prepared text saves parsing it with every call; names are per connection.
  if (PQsendPrepare(connection_, name.c_str(), text.c_str(), params.size(), params.types().data()) != 1)
    return Failure(nullptr);
  RETURN_IF_ERROR(TakeResults());
  prepared_.emplace(text, name);
  return name;
}

absl::StatusOr<Result> Connection::Run(std::string_view sql, Params params) {
  RETURN_IF_ERROR(Queue(sql, std::move(params)));
  ASSIGN_OR_RETURN(auto results, Flush());
  return std::move(results.back());
}

absl::StatusOr<std::vector<Result>> Connection::RunAll(absl::Span<const Statement> statements) {
  for (const Statement& statement : statements) {
    if (auto name = Prepare(statement.sql, statement.params); !name.ok()) return name.status();
  }
  for (const Statement& statement : statements) {
    RETURN_IF_ERROR(Queue(statement.sql, statement.params));
  }
  auto results = Flush();
  // Statements queued before, BEGIN and deferred ones, gave their results first.
  if (results.ok()) results->erase(results->begin(), results->end() - static_cast<int>(statements.size()));
  return results;
}

absl::Status Connection::Defer(std::string_view sql, Params params) {
  absl::Status queued = Queue(sql, std::move(params));
  const bool waits = queued.ok() && in_transaction_ && queue_.size() < kMaxQueued;
  return waits || !queued.ok() ? queued : Flush().status();
}

absl::Status Connection::Queue(std::string_view sql, Params params) {
  absl::StatusOr<std::string> name = Prepare(sql, params);
  if (!name.ok()) return name.status();
  queue_.push_back({*std::move(name), std::move(params)});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Result>> Connection::Flush() {
  const std::vector<Prepared> queue = std::exchange(queue_, {});
  std::vector<Result> results;
  if (queue.empty()) return results;
  // Pipeline mode sends all queued statements before reading an answer: one round trip for all.
  if (PQenterPipelineMode(connection_) != 1) return Failure(nullptr);
  std::vector<const char*> values;
  std::vector<int> lengths;
  bool sent = true;
  for (const Prepared& one : queue) {
    one.params.Pointers(values, lengths);
    const std::vector<int> formats(values.size(), kBinary);
    sent = sent && PQsendQueryPrepared(connection_, one.name.c_str(), one.params.size(), values.data(),
                                       lengths.data(), formats.data(), kBinary) == 1;
  }
  // A connection that stays in pipeline mode is of no more use (healthy).
  if (!sent || PQpipelineSync(connection_) != 1) return Failure(nullptr);
  absl::Status outcome;
  for (size_t i = 0; i < queue.size() && lost_.empty() && PQstatus(connection_) == CONNECTION_OK; ++i) {
    results.emplace_back(NextResult());
    PGresult* raw = results.back().result_;
    const ExecStatusType status = PQresultStatus(raw);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && outcome.ok()) outcome = Failure(raw);
    PQclear(NextResult());  // the null result that ends a statement's results
  }
  PQclear(NextResult());  // the result of PQpipelineSync
  // A lost connection can't leave the pipeline mode either, and gave fewer results than statements.
  if (PQexitPipelineMode(connection_) != 1 && outcome.ok()) outcome = Failure(nullptr);
  if (!outcome.ok()) return outcome;
  return results;
}

absl::Status Connection::Begin() {
  in_transaction_ = true;
  return Queue("BEGIN", {});
}

absl::Status Connection::Commit() {
  // PostgreSQL answers COMMIT of a failed transaction with success, as "ROLLBACK": somebody passed over a
  // statement's error, and the caller would think the work stored.
  absl::Status outcome = PQtransactionStatus(connection_) == PQTRANS_INERROR
                             ? absl::InternalError("commit of a failed transaction")
                             : Run("COMMIT").status();
  if (outcome.ok()) {
    in_transaction_ = false;
  } else {
    Rollback();
  }
  return outcome;
}

void Connection::Rollback() {
  queue_.clear();
  in_transaction_ = false;
  // Nothing is sent where nothing can be rolled back: a lost connection has rolled back by itself, and BEGIN
  // may never have been sent.
  const PGTransactionStatusType status = PQtransactionStatus(connection_);
  if (lost_.empty() && (status == PQTRANS_INTRANS || status == PQTRANS_INERROR))
    Script("ROLLBACK").IgnoreError();
}

bool Connection::PutCopy(std::string_view data) {
  constexpr size_t kMost = 1 << 20;  // libpq counts in int
  while (!data.empty()) {
    const size_t size = std::min(data.size(), kMost);
    const int put = PQputCopyData(connection_, data.data(), static_cast<int>(size));
    if (put < 0) return false;
    if (put == 1) data.remove_prefix(size);
    // Flushed piece by piece, so that libpq keeps no more than one. An error that comes meanwhile is read at
    // the end.
    for (int unsent; (unsent = PQflush(connection_)) != 0;) {
      if (unsent < 0 || !AwaitSocket(POLLIN | POLLOUT, Monotonic() + bounds_.answer) ||
          PQconsumeInput(connection_) == 0)
        return false;
    }
  }
  return true;
}

bool Connection::PutCopyEnd() {
  const absl::Time end = Monotonic() + bounds_.answer;
  for (;;) {
    const int put = PQputCopyEnd(connection_, nullptr);
    if (put != 0) return put == 1;
    if (!AwaitSocket(POLLIN | POLLOUT, end) || PQconsumeInput(connection_) == 0) return false;
  }
}

absl::Status Connection::CopyIn(const std::string& sql, std::initializer_list<std::string_view> pieces) {
  if (auto flushed = Flush(); !flushed.ok()) return flushed.status();
  if (PQsendQuery(connection_, sql.c_str()) != 1) return Failure(nullptr);
  Result begun(NextResult());
  if (PQresultStatus(begun.result_) != PGRES_COPY_IN) {
    absl::Status refused = Failure(begun.result_);
    TakeResults().IgnoreError();
    return refused;
  }
  for (std::string_view piece : pieces) {
    if (!PutCopy(piece)) return Failure(nullptr);
  }
  return PutCopyEnd() ? TakeResults() : Failure(nullptr);
}

absl::Status Connection::Script(const std::string& sql) {
  if (auto flushed = Flush(); !flushed.ok()) return flushed.status();
  return PQsendQuery(connection_, sql.c_str()) == 1 ? TakeResults() : Failure(nullptr);
}

absl::Status Connection::TakeResults() {
  absl::Status outcome;
  bool any = false;
  while (PGresult* raw = NextResult()) {
    any = true;
    const Result result(raw);
    const ExecStatusType status = PQresultStatus(raw);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && outcome.ok()) outcome = Failure(raw);
    if (PQstatus(connection_) != CONNECTION_OK) break;
  }
  return any && lost_.empty() ? outcome : Failure(nullptr);
}

bool IsLockTimeout(const absl::Status& status) {
  return absl::IsAborted(status) && absl::StartsWith(status.message(), "PostgreSQL 55P03");
}

std::string SqlState(const absl::Status& status) {
  return std::string(status.GetPayload(kSqlState).value_or(absl::Cord()));
}

bool IsTransient(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsAborted(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsCancelled(status);
}

absl::StatusOr<Transaction> Transaction::Begin(Connection& connection) {
  RETURN_IF_ERROR(connection.Begin());
  return Transaction(connection);
}

Transaction::~Transaction() {
  if (connection_ != nullptr) connection_->Rollback();
}

absl::Status Transaction::Commit() { return std::exchange(connection_, nullptr)->Commit(); }

}  // namespace tonghu::postgres
