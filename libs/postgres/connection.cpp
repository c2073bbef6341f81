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

bool Connection::healthy() const { return PQstatus(connection_) == CONNECTION_OK; }

absl::StatusOr<std::string> Connection::Prepare(std::string_view sql, const Params& params) {
  std::string text(sql);
  if (auto found = prepared_.find(text); found != prepared_.end()) return found->second;
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
  absl::StatusOr<std::string> statement = Prepare(sql, params);
  if (!statement.ok()) return statement.status();
  std::vector<const char*> values;
  std::vector<int> lengths;
  params.Pointers(values, lengths);
  const std::vector<int> formats(values.size(), kBinary);
  PGresult* raw = PQexecPrepared(connection_, statement->c_str(), params.size(), values.data(),
                                 lengths.data(), formats.data(), kBinary);
  Result result(raw);
  const ExecStatusType status = PQresultStatus(raw);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return Failure(connection_, raw);
  return result;
}

absl::Status Connection::CopyIn(const std::string& sql, std::initializer_list<std::string_view> pieces) {
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
  if (absl::Status begun = connection.Script("BEGIN"); !begun.ok()) return begun;
  return Transaction(connection);
}

Transaction::~Transaction() {
  // A lost connection has rolled back by itself.
  if (connection_ != nullptr) connection_->Script("ROLLBACK").IgnoreError();
}

absl::Status Transaction::Commit() {
  Connection* connection = std::exchange(connection_, nullptr);
  // COMMIT of a failed transaction succeeds as "ROLLBACK": a statement's error was passed over.
  if (PQtransactionStatus(connection->raw()) == PQTRANS_INERROR) {
    connection->Script("ROLLBACK").IgnoreError();
    return absl::InternalError("commit of a failed transaction");
  }
  return connection->Script("COMMIT");
}

}  // namespace tonghu::postgres
