// A connection to PostgreSQL, its results and its transactions.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
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
  absl::Time Time(int row, int column) const;  // timestamptz
  bool IsNull(int row, int column) const;

 private:
  friend class Connection;
  pg_result* result_;
};

// Errors of every call: UNAVAILABLE (connection lost, server starting, stopping, out of disk or connections:
// try again), ABORTED (deadlock, serialization: try again), ALREADY_EXISTS (unique violation),
// INVALID_ARGUMENT (data exception, class 22), INTERNAL (anything else). The message holds SQLSTATE and the
// server's first line, never parameters.
class Connection {
 public:
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const std::string& conninfo);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs one statement; the text is prepared when first seen on this connection, so use few different texts.
  absl::StatusOr<Result> Run(std::string_view sql, const Params& params = {});
  // Runs COPY … FROM STDIN with `pieces` as its data; all rows are stored, or none.
  absl::Status CopyIn(const std::string& sql, std::initializer_list<std::string_view> pieces);
  // Runs a script of statements without parameters.
  absl::Status Script(const std::string& sql);
  // False after the connection was lost; such a connection is of no more use.
  bool healthy() const;
  pg_conn* raw() { return connection_; }

 private:
  explicit Connection(pg_conn* connection) : connection_(connection) {}
  absl::StatusOr<std::string> Prepare(std::string_view sql, const Params& params);
  pg_conn* connection_;
  absl::flat_hash_map<std::string, std::string> prepared_;  // text → statement name
};

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
