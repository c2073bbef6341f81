// What the services have written to PostgreSQL since a moment: found in the rows themselves, so that the
// floor writes what they really write, whatever their tables look like.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/postgres/connection.h"

namespace tonghu::bench {

// A moment in the database's history. Taken while nothing is written.
struct Moment {
  int64_t transaction = 0;                // the newest one
  std::map<std::string, int64_t> counts;  // rows by table
};
absl::StatusOr<Moment> Now(postgres::Connection& db);

// A row: its columns in PostgreSQL's binary form.
struct Field {
  std::string bytes;
  bool null = false;
};
using Row = std::vector<Field>;

// Rows of one table and county that are new, or that were changed.
struct Changes {
  std::string table;  // "pairing.contact"
  std::string county;
  std::vector<Row> added;                         // whole rows
  std::vector<std::vector<std::string>> changed;  // the primary key's values as text, one array a column
  size_t size() const { return added.empty() ? (changed.empty() ? 0 : changed[0].size()) : added.size(); }
};

// All changes in the tables that hold a county, of `schemas`. A table that has more rows than at the moment
// counts with its new rows, another one with its changed rows.
absl::StatusOr<std::vector<Changes>> ChangesSince(postgres::Connection& db, const Moment& moment,
                                                  const std::vector<std::string>& schemas);

// Columns of the primary key, in order.
absl::StatusOr<std::vector<std::string>> KeyOf(postgres::Connection& db, const std::string& table);

// Rows as COPY … FROM STDIN (FORMAT binary) takes them.
std::string CopyText(const Row* begin, const Row* end);

}  // namespace tonghu::bench
