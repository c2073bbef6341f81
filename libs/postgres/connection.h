// A connection to PostgreSQL (libpq), its results and its transactions.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/postgres/params.h"

struct pg_conn;
struct pg_result;

namespace tonghu::postgres {

// Rows in binary format. A getter must be the one of the column's type. NULL reads as 0, "", false or
// InfinitePast.
class Result {
 public:
  explicit Result(pg_result* result) : result_(result) {}
  Result(Result&& other) noexcept : result_(other.result_) { other.result_ = nullptr; }
  Result& operator=(Result&& other) noexcept;
  ~Result();

  int rows() const;
  int64_t affected() const;                          // rows changed by INSERT, UPDATE or DELETE
  int64_t Int(int row, int column) const;            // bigint, integer, smallint
  bool Bool(int row, int column) const;              // boolean
  std::string_view Text(int row, int column) const;  // text, bytea; valid while the result lives
  std::string String(int row, int column) const { return std::string(Text(row, column)); }
  std::string Uuid(int row, int column) const;  // uuid, as text
  absl::Time Time(int row, int column) const;   // timestamptz
  bool IsNull(int row, int column) const;
  uint32_t Type(int column) const;  // its OID; 0 when there is no such column

 private:
  friend class Connection;
  pg_result* result_;
};

// How long a connection waits for the server, which then counts as lost.
struct Bounds {
  absl::Duration connect = absl::Seconds(3);
  // Longer than any statement may run (statement_timeout), since a server that is alive gives its error by
  // then.
  absl::Duration answer = absl::Seconds(65);
  int stop = -1;  // a file descriptor that turns readable when nobody may wait any longer; -1: none
};

// A connection. Not thread-safe.
// Errors of every call: UNAVAILABLE (connection lost, no answer in time, server starting or stopping, out of
// disk or connections: try again), ABORTED (deadlock, serialization, a lock not had in time: try again),
// ALREADY_EXISTS (unique violation), INVALID_ARGUMENT (data exception, class 22), INTERNAL (anything else).
// The message holds the SQLSTATE, the names of table and constraint, and the server's first line where that
// can hold no value of a row or a parameter.
class Connection {
 public:
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const std::string& conninfo, Bounds bounds = {});
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs one statement. The text is prepared when it is first seen on this connection, so few different texts
  // should be used.
  absl::StatusOr<Result> Run(std::string_view sql, Params params = {});
  // Runs several statements that do not need one another's results, in one round trip. Gives a result for
  // each, or the first error of any.
  struct Statement {
    std::string_view sql;
    Params params;
  };
  absl::StatusOr<std::vector<Result>> RunAll(absl::Span<const Statement> statements);
  // Runs a statement whose result nobody needs. In a Transaction the statement travels with the next one
  // (COMMIT at the latest, or when many wait), which then gives its error. Outside it runs at once.
  absl::Status Defer(std::string_view sql, Params params = {});
  // Runs COPY … FROM STDIN with `pieces` as its data; all rows are stored, or none.
  absl::Status CopyIn(const std::string& sql, std::initializer_list<std::string_view> pieces);
  // Runs a script of statements without parameters.
  absl::Status Script(const std::string& sql);
  // False after the connection was lost; such a connection is of no more use.
  bool healthy() const;
  pg_conn* raw() { return connection_; }

 private:
  friend class Transaction;
  struct Prepared {
    std::string name;
    Params params;
  };
  Connection(pg_conn* connection, Bounds bounds) : connection_(connection), bounds_(bounds) {}
  absl::Status Connect();
  absl::Status Failure(const pg_result* result) const;
  // Waits until the socket is ready for `events` (of poll). False when `end` came or the process stops: the
  // connection then counts as lost.
  bool AwaitSocket(short events, absl::Time end);
  // The next result of the statements sent; null when there is none or the connection is lost.
  pg_result* NextResult();
  // Reads all results of what was sent. Gives the first error of any.
  absl::Status TakeResults();
  // Hands `data` to COPY; false when that fails.
  bool PutCopy(std::string_view data);
  bool PutCopyEnd();
  // Gives the prepared statement's name. For a new text the queued statements are sent first, so that an
  // error here is the transaction's.
  absl::StatusOr<std::string> Prepare(std::string_view sql, const Params& params);
  // Prepares and adds to `queue_`.
  absl::Status Queue(std::string_view sql, Params params);
  // Sends the queued statements. Gives their results, in order.
  absl::StatusOr<std::vector<Result>> Flush();
  absl::Status Begin();
  absl::Status Commit();
  void Rollback();

  pg_conn* connection_;
  const Bounds bounds_;
  std::string lost_;             // why the connection is of no more use, when that was found here
  bool in_transaction_ = false;  // from Begin on, though BEGIN may still be in the queue
  std::vector<Prepared> queue_;
  absl::flat_hash_map<std::string, std::string> prepared_;  // text → statement name
};

// Whether the error says that a lock was not had within lock_timeout.
bool IsLockTimeout(const absl::Status& status);

// The SQLSTATE of an error ("23505"); empty for an error that PostgreSQL did not make.
std::string SqlState(const absl::Status& status);

// Whether the same work may succeed when tried again.
bool IsTransient(const absl::Status& status);

// A transaction; rolled back unless committed.
class Transaction {
 public:
  static absl::StatusOr<Transaction> Begin(Connection& connection);
  Transaction(Transaction&& other) noexcept : connection_(other.connection_) { other.connection_ = nullptr; }
  ~Transaction();
  Connection& connection() { return *connection_; }
  // Commits. After UNAVAILABLE the outcome is unknown.
  absl::Status Commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace tonghu::postgres
