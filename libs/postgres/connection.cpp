#include "libs/postgres/connection.h"

#include <endian.h>
#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace tonghu::postgres {
namespace {

constexpr int kBinary = 1;
constexpr size_t kMaxQueued = 64;
// Bounds on the server's side of every wait.
constexpr char kSession[] =
    "SET statement_timeout = '60s'; SET lock_timeout = '20s'; SET idle_in_transaction_session_timeout = "
    "'60s'; SET client_min_messages = warning";

absl::StatusCode CodeOf(absl::string_view sqlstate) {
  if (sqlstate == "40001" || sqlstate == "40P01" || sqlstate == "55P03" || sqlstate == "57014")
    return absl::StatusCode::kAborted;
  if (sqlstate == "23505") return absl::StatusCode::kAlreadyExists;
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

absl::Status Failure(PGconn* connection, const PGresult* result) {
  if (PQstatus(connection) != CONNECTION_OK) {
    return absl::UnavailableError(
        absl::StrCat("PostgreSQL connection lost: ", FirstLine(PQerrorMessage(connection))));
  }
  const char* sqlstate = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  if (sqlstate == nullptr)
    return absl::UnavailableError(absl::StrCat("PostgreSQL: ", FirstLine(PQerrorMessage(connection))));
  return absl::Status(CodeOf(sqlstate),
                      absl::StrCat("PostgreSQL ", sqlstate, ": ",
                                   FirstLine(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY))));
}

template <class T>
T ReadBig(const char* data) {
  T value;
  std::memcpy(&value, data, sizeof value);
  return value;
}

}  // namespace

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

absl::Time Result::Time(int row, int column) const {
  return IsNull(row, column) ? absl::InfinitePast() : FromPostgresMicros(Int(row, column));
}

bool Result::IsNull(int row, int column) const { return PQgetisnull(result_, row, column) != 0; }

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const std::string& conninfo) {
  std::unique_ptr<Connection> connection(
      new Connection(PQconnectdb(absl::StrCat(conninfo, " connect_timeout=3").c_str())));
  if (!connection->healthy()) {
    return absl::UnavailableError(absl::StrCat("PostgreSQL: ", FirstLine(PQerrorMessage(connection->raw()))));
  }
  if (absl::Status session = connection->Script(kSession); !session.ok()) return session;
  return connection;
}

Connection::~Connection() { PQfinish(connection_); }

bool Connection::healthy() const {
  return PQstatus(connection_) == CONNECTION_OK && PQpipelineStatus(connection_) == PQ_PIPELINE_OFF;
}

absl::StatusOr<std::string> Connection::Prepare(std::string_view sql, const Params& params) {
  std::string text(sql);
  if (auto found = prepared_.find(text); found != prepared_.end()) return found->second;
  if (auto flushed = Flush(); !flushed.ok()) return flushed.status();
  std::string name = absl::StrCat("s", prepared_.size());
  PGresult* result = PQprepare(connection_, name.c_str(), text.c_str(), params.size(), params.types().data());
  const bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;
  absl::Status failure = ok ? absl::OkStatus() : Failure(connection_, result);
  PQclear(result);
  if (!ok) return failure;
  prepared_.emplace(std::move(text), name);
  return name;
}

absl::StatusOr<Result> Connection::Run(std::string_view sql, const Params& params) {
  if (absl::Status queued = Queue(sql, params); !queued.ok()) return queued;
  auto results = Flush();
  if (!results.ok()) return results.status();
  return std::move(results->back());
}

absl::StatusOr<std::vector<Result>> Connection::RunAll(absl::Span<const Statement> statements) {
  for (const Statement& statement : statements) {
    if (auto name = Prepare(statement.sql, statement.params); !name.ok()) return name.status();
  }
  for (const Statement& statement : statements) {
    if (absl::Status queued = Queue(statement.sql, statement.params); !queued.ok()) return queued;
  }
  auto results = Flush();
  if (results.ok()) results->erase(results->begin(), results->end() - static_cast<int>(statements.size()));
  return results;
}

absl::Status Connection::Defer(std::string_view sql, const Params& params) {
  absl::Status queued = Queue(sql, params);
  const bool waits = queued.ok() && in_transaction_ && queue_.size() < kMaxQueued;
  return waits || !queued.ok() ? queued : Flush().status();
}

absl::Status Connection::Queue(std::string_view sql, const Params& params) {
  absl::StatusOr<std::string> name = Prepare(sql, params);
  if (!name.ok()) return name.status();
  queue_.push_back({*std::move(name), params});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Result>> Connection::Flush() {
  const std::vector<Prepared> queue = std::exchange(queue_, {});
  std::vector<Result> results;
  if (queue.empty()) return results;
  if (PQenterPipelineMode(connection_) != 1) return Failure(connection_, nullptr);
  std::vector<const char*> values;
  std::vector<int> lengths;
  bool sent = true;
  for (const Prepared& one : queue) {
    one.params.Pointers(values, lengths);
    const std::vector<int> formats(values.size(), kBinary);
    sent = sent && PQsendQueryPrepared(connection_, one.name.c_str(), one.params.size(), values.data(),
                                       lengths.data(), formats.data(), kBinary) == 1;
  }
  if (!sent || PQpipelineSync(connection_) != 1) return Failure(connection_, nullptr);
  absl::Status outcome;
  for (size_t i = 0; i < queue.size() && PQstatus(connection_) == CONNECTION_OK; ++i) {
    results.emplace_back(PQgetResult(connection_));
    PGresult* raw = results.back().result_;
    const ExecStatusType status = PQresultStatus(raw);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && outcome.ok())
      outcome = Failure(connection_, raw);
    PQclear(PQgetResult(connection_));  // the end of its results
  }
  PQclear(PQgetResult(connection_));  // the sync
  // A connection that was lost can't leave the mode either, and gave fewer results.
  if (PQexitPipelineMode(connection_) != 1 && outcome.ok()) outcome = Failure(connection_, nullptr);
  if (!outcome.ok()) return outcome;
  return results;
}

absl::Status Connection::Begin() {
  in_transaction_ = true;
  return Queue("BEGIN", {});
}

absl::Status Connection::Commit() {
  // COMMIT of a failed transaction succeeds as "ROLLBACK": a statement's error was passed over.
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
  // A lost connection has rolled back by itself, and BEGIN may never have been sent.
  const PGTransactionStatusType status = PQtransactionStatus(connection_);
  if (status == PQTRANS_INTRANS || status == PQTRANS_INERROR) Script("ROLLBACK").IgnoreError();
}

absl::Status Connection::CopyIn(const std::string& sql, std::initializer_list<std::string_view> pieces) {
  if (auto flushed = Flush(); !flushed.ok()) return flushed.status();
  Result begun(PQexec(connection_, sql.c_str()));
  if (PQresultStatus(begun.result_) != PGRES_COPY_IN) return Failure(connection_, begun.result_);
  constexpr size_t kMost = 1 << 20;  // libpq counts in int
  for (std::string_view piece : pieces) {
    for (; !piece.empty(); piece.remove_prefix(std::min(piece.size(), kMost))) {
      if (PQputCopyData(connection_, piece.data(), static_cast<int>(std::min(piece.size(), kMost))) != 1)
        return Failure(connection_, nullptr);
    }
  }
  if (PQputCopyEnd(connection_, nullptr) != 1) return Failure(connection_, nullptr);
  absl::Status outcome;
  for (PGresult* raw; (raw = PQgetResult(connection_)) != nullptr;) {
    Result result(raw);
    if (PQresultStatus(raw) != PGRES_COMMAND_OK && outcome.ok()) outcome = Failure(connection_, raw);
  }
  return outcome;
}

absl::Status Connection::Script(const std::string& sql) {
  if (auto flushed = Flush(); !flushed.ok()) return flushed.status();
  PGresult* result = PQexec(connection_, sql.c_str());
  const ExecStatusType status = PQresultStatus(result);
  absl::Status outcome = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK
                             ? absl::OkStatus()
                             : Failure(connection_, result);
  PQclear(result);
  return outcome;
}

bool IsTransient(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsAborted(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsCancelled(status);
}

absl::StatusOr<Transaction> Transaction::Begin(Connection& connection) {
  if (absl::Status begun = connection.Begin(); !begun.ok()) return begun;
  return Transaction(connection);
}

Transaction::~Transaction() {
  if (connection_ != nullptr) connection_->Rollback();
}

absl::Status Transaction::Commit() { return std::exchange(connection_, nullptr)->Commit(); }

}  // namespace tonghu::postgres
