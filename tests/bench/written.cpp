#include "tests/bench/written.h"

#include <fmt/core.h>
#include <libpq-fe.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/str_join.h"
#include "libs/postgres/wire.h"
#include "tests/bench/fill.h"

namespace tonghu::bench {
namespace {

constexpr char kTables[] = R"sql(
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'county'
WHERE c.relkind = 'r' AND n.nspname IN ('pairing', 'alerts', 'reporting') ORDER BY 1)sql";

constexpr char kKey[] = R"sql(
SELECT a.attname::text FROM pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k (number, place)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
WHERE i.indrelid = $1::text::regclass AND i.indisprimary ORDER BY k.place)sql";

// "PGCOPY\n\377\r\n\0", flags, length of the header's extension.
constexpr char kHeader[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
constexpr size_t kHeaderSize = 19;

std::string Since(const Moment& moment) { return fmt::format("xmin::text::bigint > {}", moment.transaction); }

int Number(const char* bytes, size_t size) {
  uint32_t number = 0;
  std::memcpy(reinterpret_cast<char*>(&number) + 4 - size, bytes, size);
  number = be32toh(number);
  return size == 2 ? static_cast<int16_t>(number) : static_cast<int32_t>(number);
}

// The rows in what COPY … TO STDOUT (FORMAT binary) gave.
std::vector<Row> RowsIn(const std::string& data) {
  std::vector<Row> rows;
  const char* at = data.data() + kHeaderSize;
  for (int columns = Number(at, 2); columns >= 0; columns = Number(at, 2)) {
    at += 2;
    Row& row = rows.emplace_back();
    row.reserve(columns);
    for (int i = 0; i < columns; ++i) {
      const int size = Number(at, 4);
      at += 4;
      row.push_back({size < 0 ? "" : std::string(at, size), size < 0});
      at += std::max(size, 0);
    }
  }
  return rows;
}

absl::StatusOr<std::vector<Row>> CopyOut(postgres::Connection& db, const std::string& query) {
  PGresult* begun = PQexec(db.raw(), fmt::format("COPY ({}) TO STDOUT (FORMAT binary)", query).c_str());
  const bool ok = PQresultStatus(begun) == PGRES_COPY_OUT;
  PQclear(begun);
  if (!ok) return absl::InternalError(PQerrorMessage(db.raw()));
  std::string data;
  char* piece = nullptr;
  int size;
  while ((size = PQgetCopyData(db.raw(), &piece, 0)) > 0) {
    data.append(piece, size);
    PQfreemem(piece);
  }
  while (PGresult* rest = PQgetResult(db.raw())) PQclear(rest);
  if (data.size() < kHeaderSize + 2) return absl::InternalError("COPY gave no rows' end");
  return RowsIn(data);
}

absl::StatusOr<int64_t> Count(postgres::Connection& db, const std::string& table) {
  auto rows = db.Run(fmt::format("SELECT count(*) FROM {}", table));
  if (!rows.ok()) return rows.status();
  return rows->Int(0, 0);
}

// Keys of the changed rows, in no order that helps.
absl::Status AddChanged(postgres::Connection& db, const std::string& where, Changes& changes) {
  auto key = KeyOf(db, changes.table);
  if (!key.ok()) return key.status();
  const std::string columns = absl::StrJoin(
      *key, ", ", [](std::string* out, const std::string& name) { out->append(name + "::text"); });
  auto rows = db.Run(fmt::format("SELECT {} FROM {} WHERE {} ORDER BY hashtext(concat({}))", columns,
                                 changes.table, where, columns));
  if (!rows.ok()) return rows.status();
  changes.changed.resize(rows->rows() == 0 ? 0 : key->size());
  for (int i = 0; i < rows->rows(); ++i) {
    for (size_t k = 0; k < key->size(); ++k)
      changes.changed[k].push_back(rows->String(i, static_cast<int>(k)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Moment> Now(postgres::Connection& db) {
  auto tables = db.Run(kTables);
  if (!tables.ok()) return tables.status();
  Moment moment;
  for (int i = 0; i < tables->rows(); ++i) {
    auto count = Count(db, tables->String(i, 0));
    if (!count.ok()) return count.status();
    moment.counts[tables->String(i, 0)] = *count;
  }
  auto newest = db.Run("SELECT txid_current()");
  if (!newest.ok()) return newest.status();
  moment.transaction = newest->Int(0, 0);
  return moment;
}

absl::StatusOr<std::vector<Changes>> ChangesSince(postgres::Connection& db, const Moment& moment,
                                                  const std::vector<std::string>& schemas) {
  std::vector<Changes> all;
  for (const auto& [table, count_before] : moment.counts) {
    bool wanted = false;
    for (const std::string& schema : schemas) wanted = wanted || table.rfind(schema + ".", 0) == 0;
    if (!wanted) continue;
    auto count = Count(db, table);
    if (!count.ok()) return count.status();
    for (const std::string& county : Counties()) {
      const std::string where = fmt::format("county = '{}' AND {}", county, Since(moment));
      Changes changes{table, county, {}, {}};
      if (*count > count_before) {
        auto rows = CopyOut(db, fmt::format("SELECT * FROM {} WHERE {}", table, where));
        if (!rows.ok()) return rows.status();
        changes.added = *std::move(rows);
      } else if (absl::Status added = AddChanged(db, where, changes); !added.ok()) {
        return added;
      }
      if (changes.size() > 0) all.push_back(std::move(changes));
    }
  }
  return all;
}

absl::StatusOr<std::vector<std::string>> KeyOf(postgres::Connection& db, const std::string& table) {
  auto rows = db.Run(kKey, postgres::Params().Text(table));
  if (!rows.ok()) return rows.status();
  std::vector<std::string> columns;
  for (int i = 0; i < rows->rows(); ++i) columns.push_back(rows->String(i, 0));
  return columns;
}

std::string CopyText(const Row* begin, const Row* end) {
  std::string data(kHeader, kHeaderSize);
  for (const Row* row = begin; row != end; ++row) {
    postgres::Append16(data, static_cast<int16_t>(row->size()));
    for (const Field& field : *row) {
      postgres::Append32(data, field.null ? -1 : static_cast<int32_t>(field.bytes.size()));
      data += field.bytes;
    }
  }
  postgres::Append16(data, -1);
  return data;
}

}  // namespace tonghu::bench
