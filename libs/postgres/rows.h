// New rows of one table, sent by COPY when they are many: it writes them page by page and costs a third of an
// INSERT.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"

namespace tonghu::postgres {

struct Column;

// Collects rows: Rows("contact", "county, kind").Next().Text("520102").Small(1). Every row gives each column,
// in order, in the column's own type.
class Rows {
 public:
  Rows(std::string_view table, std::string_view columns) : table_(table), columns_(columns) {}

  Rows& Next();                         // begins a row
  Rows& Uuid(std::string_view value);   // uuid, of 36 characters
  Rows& Int(int64_t value);             // integer
  Rows& Big(int64_t value);             // bigint
  Rows& Bool(bool value);               // boolean
  Rows& Text(std::string_view value);   // text
  Rows& Bytes(std::string_view value);  // bytea
  Rows& Time(absl::Time value);         // timestamptz; InfinitePast is NULL, InfiniteFuture 'infinity'

  // A whole row: a field for each of its columns.
  Rows& Add(absl::Span<const Column> columns, const void* row);

  bool empty() const { return starts_.empty(); }

  // Stores them all, or none and an error of Connection: a row that is there already is ALREADY_EXISTS.
  absl::Status InsertInto(Connection& connection) const;

 private:
  Rows& Field(uint32_t type, std::string_view bytes);
  void Learn(uint32_t type);
  absl::Status Copy(Connection& connection) const;
  absl::Status InsertOneByOne(Connection& connection) const;

  const std::string table_, columns_;
  std::string data_;            // COPY's binary format, without header and trailer
  std::vector<size_t> starts_;  // of each row in data_
  std::vector<uint32_t> types_;
};

}  // namespace tonghu::postgres
