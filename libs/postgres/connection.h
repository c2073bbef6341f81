// A connection to PostgreSQL, its results and its transactions.
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

// Rows in binary format. Column types must be the ones the getter names; NULL reads as 0, "", false or
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

// How long a connection waits for the server; then it counts as lost.
struct Bounds {
  absl::Duration connect = absl::Seconds(3);
  // Longer than any statement may run (statement_timeout): else the server would have given its error.
  absl::Duration answer = absl::Seconds(65);
  int stop = -1;  // a descriptor that turns readable when nobody may wait any longer
};

// Errors of every call: UNAVAILABLE (connection lost, no answer in time, server starting, stopping, out of
// disk or connections: try again), ABORTED (deadlock, serialization, a lock not had in time: try again),
// ALREADY_EXISTS (unique violation), INVALID_ARGUMENT (data exception, class 22), INTERNAL (anything else).
// The message holds SQLSTATE, the names of table and constraint, and the server's first line where that can
// hold no value of a row or a parameter.
class Connection {
 public:
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const std::string& conninfo, Bounds bounds = {});
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs one statement; the text is prepared when first seen on this connection, so use few different texts.
  absl::StatusOr<Result> Run(std::string_view sql, const Params& params = {});
  // Several that don't wait for one another's results, in one round trip. The first error of any, or a result
  // for each.
  struct Statement {
    std::string_view sql;
    Params params;
  };
  absl::StatusOr<std::vector<Result>> RunAll(absl::Span<const Statement> statements);
  // A statement whose result nobody needs. In a Transaction it travels with the next one (COMMIT at the
  // latest, or when many wait), which then gives its error; outside it is run at once.
  absl::Status Defer(std::string_view sql, const Params& params = {});
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
  // Waits until the socket is ready for `events` (of poll); else, after `end` or when stopped, the connection
  // is lost and the answer is false.
  bool AwaitSocket(short events, absl::Time end);
  // The next result of what was sent; null when there is none or the connection is lost.
  pg_result* NextResult();
  // All results of what was sent: the first error of any.
  absl::Status TakeResults();
  // Hands `data` to COPY; false when it can't.
  bool PutCopy(std::string_view data);
  bool PutCopyEnd();
  // The statement's name. For a new text what is queued goes first, so that an error here is the
  // transaction's.
  absl::StatusOr<std::string> Prepare(std::string_view sql, const Params& params);
  // Prepares and adds to `queue_`.
  absl::Status Queue(std::string_view sql, const Params& params);
  // Sends what is queued; its results, in order.
  absl::StatusOr<std::vector<Result>> Flush();
  absl::Status Begin();
  absl::Status Commit();
  void Rollback();

  pg_conn* connection_;
  const Bounds bounds_;
  std::string lost_;             // why it is of no more use, when that was found here
  bool in_transaction_ = false;  // from Begin on, though BEGIN may still be in the queue
  std::vector<Prepared> queue_;
  absl::flat_hash_map<std::string, std::string> prepared_;  // text → statement name
};

// Whether a lock was not had within lock_timeout.
bool IsLockTimeout(const absl::Status& status);

// What PostgreSQL called the error ("23505"); empty for errors that it did not make.
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
  // After an UNAVAILABLE the outcome is unknown.
  absl::Status Commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace tonghu::postgres
