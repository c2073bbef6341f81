// A row's columns, described once: name, member, and the column's type. From the description come the SELECT
// list and the reading of what it selects, the arrays of `unnest`, and COPY, so that no place counts columns.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "libs/postgres/wire.h"

namespace tonghu::postgres {

// What a member is, and so how its value becomes one of the column's type.
enum class MemberKind : uint8_t {
  kString,    // text, bytea, tid; uuid, where a text that is no UUID is NULL: it is nobody's id
  kBool,      // boolean
  kInt32,     // int and enums: smallint, integer, bigint
  kInt64,     // smallint, integer, bigint
  kTime,      // timestamptz; InfinitePast is NULL
  kDay,       // integer, counted from 1970-01-01; date
  kMaybeDay,  // the same; none is NULL
  kDuration,  // bigint: whole seconds
};

struct Column {
  const char* name;  // of the table; where it is only read, any SQL expression with a '.' or '(' in it
  uint32_t type;     // OID
  MemberKind member;
  const void* (*at)(const void* row);  // the member in a row
};

// A column of rows of this type.
template <class Row>
struct ColumnOf : Column {};

namespace internal {

template <class Member>
constexpr MemberKind KindOf() {
  if constexpr (std::is_same_v<Member, std::string>)
    return MemberKind::kString;
  else if constexpr (std::is_same_v<Member, bool>)
    return MemberKind::kBool;
  else if constexpr (std::is_same_v<Member, int64_t>)
    return MemberKind::kInt64;
  else if constexpr (std::is_same_v<Member, absl::Time>)
    return MemberKind::kTime;
  else if constexpr (std::is_same_v<Member, absl::CivilDay>)
    return MemberKind::kDay;
  else if constexpr (std::is_same_v<Member, std::optional<absl::CivilDay>>)
    return MemberKind::kMaybeDay;
  else if constexpr (std::is_same_v<Member, absl::Duration>)
    return MemberKind::kDuration;
  else {
    static_assert((std::is_enum_v<Member> || std::is_same_v<Member, int>)&&sizeof(Member) == sizeof(int));
    return MemberKind::kInt32;
  }
}

// The type of columns that hold such members unless they say otherwise.
template <class Member>
constexpr uint32_t UsualTypeOf() {
  switch (KindOf<Member>()) {
    case MemberKind::kString:
      return kText;
    case MemberKind::kBool:
      return kBool;
    case MemberKind::kInt32:
      return std::is_enum_v<Member> ? kInt2 : kInt4;
    case MemberKind::kTime:
      return kTimestamptz;
    case MemberKind::kDay:
    case MemberKind::kMaybeDay:
      return kInt4;
    default:
      return kInt8;
  }
}

template <class Member>
struct MemberPointer;
template <class Row, class Value>
struct MemberPointer<Value Row::*> {
  using RowType = Row;
  using ValueType = Value;
};

// Follows members of members; one that is a pointer is followed too.
template <class Value>
constexpr const auto& Reach(const Value& value) {
  return value;
}
template <auto next, auto... rest, class Value>
constexpr const auto& Reach(const Value& value) {
  if constexpr (std::is_pointer_v<Value>)
    return Reach<rest...>((*value).*next);
  else
    return Reach<rest...>(value.*next);
}

// Appends the column's value in binary form, its length before it.
void AppendField(const Column& column, const void* row, std::string& out);
void ReadRow(absl::Span<const Column> columns, const Result& rows, int row, void* out);
absl::Status CheckTypes(absl::Span<const Column> columns, const Result& rows);
// Rows of any type, one behind the other.
struct RowsAt {
  const void* first;
  size_t count, size;
};
void AddArray(const Column& column, RowsAt rows, Params& params);
std::string List(absl::Span<const Column> columns, const std::string& prefix);
std::string Assignments(absl::Span<const Column> columns, const std::string& from);
std::string Unnest(absl::Span<const Column> columns, const std::string& alias, int first, bool numbered);
std::string Inserts(const std::string& table, absl::Span<const Column> columns);
absl::Status CopyIn(Connection& db, const std::string& table, absl::Span<const Column> columns, RowsAt rows);
// INSERT … ON CONFLICT on the first `keys` columns: the others are replaced, where there are any.
std::string Upserts(const std::string& table, absl::Span<const Column> columns, size_t keys);

}  // namespace internal

// Field<&Contact::child_id>("child_id", kUuid); members of members are named one after the other.
template <auto first, auto... rest>
constexpr auto Field(const char* name, uint32_t type = 0) {
  using Row = typename internal::MemberPointer<decltype(first)>::RowType;
  using Value = std::remove_cvref_t<decltype(internal::Reach<first, rest...>(std::declval<const Row&>()))>;
  const auto at = [](const void* row) -> const void* {
    return &internal::Reach<first, rest...>(*static_cast<const Row*>(row));
  };
  return ColumnOf<Row>{
      {name, type == 0 ? internal::UsualTypeOf<Value>() : type, internal::KindOf<Value>(), at}};
}

// From so many rows on Columns::Insert stores them at once, by COPY. Below, COPY's two round trips cost more
// than COPY saves (measured over a Unix socket).
inline constexpr size_t kCopyFrom = 64;

// Columns{Field<…>(…), …}: those of one kind of row, in order.
template <class Row, size_t kSize>
class Columns {
 public:
  template <class... Others>
  explicit constexpr Columns(ColumnOf<Row> first, Others... others) : columns_{first, others...} {}

  // "d.county, d.duty_id" with the prefix "d.".
  std::string List(const std::string& prefix = "") const { return internal::List(columns_, prefix); }
  // "state = n.state, level = n.level" with "n."; without the first `skip` columns.
  std::string Assignments(const std::string& from, size_t skip) const {
    return internal::Assignments(absl::MakeConstSpan(columns_).subspan(skip), from);
  }
  // "unnest($1, $2) AS k (county, child_id)": what Arrays gives, from parameter `first` on. Numbered: WITH
  // ORDINALITY, whose column is `n`, from 1.
  std::string Unnest(const std::string& alias, int first = 1) const {
    return internal::Unnest(columns_, alias, first, false);
  }
  std::string UnnestNumbered(const std::string& alias, int first = 1) const {
    return internal::Unnest(columns_, alias, first, true);
  }
  // An array for each column, behind the parameters `before`.
  Params Arrays(absl::Span<const Row> rows, Params before = {}) const {
    for (const Column& column : columns_)
      internal::AddArray(column, {rows.data(), rows.size(), sizeof(Row)}, before);
    return before;
  }

  // Stores new rows, all or none: a few deferred (Connection::Defer), which takes no round trip of their own;
  // many by COPY at once, which costs PostgreSQL less a row and two round trips. Errors: the connection's,
  // ALREADY_EXISTS where a key is there already; of deferred rows they may come with a later statement.
  absl::Status Insert(Connection& db, const std::string& table, absl::Span<const Row> rows) const {
    if (rows.empty()) return absl::OkStatus();
    if (rows.size() >= kCopyFrom)
      return internal::CopyIn(db, table, columns_, {rows.data(), rows.size(), sizeof(Row)});
    return db.Defer(absl::StrCat(internal::Inserts(table, columns_), "SELECT * FROM ", Unnest("k")),
                    Arrays(rows));
  }
  // Stores rows over those with the same key, which is the first `keys` columns; of one key the last counts.
  absl::Status Upsert(Connection& db, const std::string& table, size_t keys,
                      absl::Span<const Row> rows) const {
    if (rows.empty()) return absl::OkStatus();
    return db.Defer(internal::Upserts(table, columns_, keys), Arrays(rows));
  }

  // All rows of a statement that selects List(). Errors: the statement's; INTERNAL when what it selects is
  // not of these types.
  absl::StatusOr<std::vector<Row>> ReadAll(const Result& rows) const {
    if (absl::Status checked = internal::CheckTypes(columns_, rows); !checked.ok()) return checked;
    std::vector<Row> all(rows.rows());
    for (int i = 0; i < rows.rows(); ++i) internal::ReadRow(columns_, rows, i, &all[i]);
    return all;
  }
  absl::StatusOr<std::vector<Row>> ReadAll(const absl::StatusOr<Result>& rows) const {
    if (!rows.ok()) return rows.status();
    return ReadAll(*rows);
  }

  // These, then `others`.
  template <size_t kMore>
  constexpr Columns<Row, kSize + kMore> operator+(const Columns<Row, kMore>& others) const {
    Columns<Row, kSize + kMore> both;
    for (size_t i = 0; i < kSize; ++i) both.columns_[i] = columns_[i];
    for (size_t i = 0; i < kMore; ++i) both.columns_[kSize + i] = others.columns_[i];
    return both;
  }

  static constexpr int size() { return static_cast<int>(kSize); }

 private:
  template <class, size_t>
  friend class Columns;
  constexpr Columns() = default;

  std::array<Column, kSize> columns_{};
};

template <class Row, class... Others>
Columns(ColumnOf<Row>, Others...) -> Columns<Row, 1 + sizeof...(Others)>;

}  // namespace tonghu::postgres
