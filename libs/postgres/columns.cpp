#include "libs/postgres/columns.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/clock/epoch_day.h"
#include "libs/ids/uuid.h"

namespace tonghu::postgres::internal {
namespace {

// The signature, flags and (empty) extension of COPY's binary format, as PostgreSQL's manual gives it under
// COPY, "Binary Format".
constexpr std::string_view kCopyHeader("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);

constexpr size_t kUsualField = 20;  // bytes that most fields take, with their length: room to begin with

constexpr absl::CivilDay kFirstPostgresDay(2000, 1, 1);  // of the type date

// The member as a value of the type that its kind stands for (Field has tied one to the other).
template <class Member>
const Member& As(const void* member) {
  return *static_cast<const Member*>(member);
}

// A name with a prefix of its own ("p.end_time") or a call ("coalesce(…)") stands as it is.
bool IsExpression(std::string_view name) { return name.find_first_of(".(") != std::string_view::npos; }

// A `date` counts its days from 2000-01-01. Days in an integer column are ours and count from 1970-01-01.
absl::CivilDay FirstDayOf(const Column& column) {
  return column.type == kDate ? kFirstPostgresDay : clock::kEpochDay;
}

// The value of a member that is a number.
int64_t NumberOf(const Column& column, const void* member) {
  switch (column.member) {
    case MemberKind::kInt32:
      return As<int>(member);
    case MemberKind::kInt64:
      return As<int64_t>(member);
    case MemberKind::kDay:
      return As<absl::CivilDay>(member) - FirstDayOf(column);
    case MemberKind::kMaybeDay:
      return *As<std::optional<absl::CivilDay>>(member) - FirstDayOf(column);
    case MemberKind::kDuration:
      return absl::ToInt64Seconds(As<absl::Duration>(member));
    default:
      return 0;
  }
}

// Sets a member that is a number: the inverse of NumberOf.
void SetNumber(const Column& column, int64_t number, void* member) {
  switch (column.member) {
    case MemberKind::kInt32:
      *static_cast<int*>(member) = static_cast<int>(number);
      break;
    case MemberKind::kInt64:
      *static_cast<int64_t*>(member) = number;
      break;
    case MemberKind::kDay:
      *static_cast<absl::CivilDay*>(member) = FirstDayOf(column) + number;
      break;
    case MemberKind::kMaybeDay:
      *static_cast<std::optional<absl::CivilDay>*>(member) = FirstDayOf(column) + number;
      break;
    case MemberKind::kDuration:
      *static_cast<absl::Duration*>(member) = absl::Seconds(number);
      break;
    default:
      break;
  }
}

// The values that stand for NULL in a row's struct.
bool IsNull(const Column& column, const void* member) {
  switch (column.member) {
    case MemberKind::kTime:
      return As<absl::Time>(member) == absl::InfinitePast();
    case MemberKind::kMaybeDay:
      return !As<std::optional<absl::CivilDay>>(member).has_value();
    default:
      return false;
  }
}

// Numbers are read by their width, so any integer fits a member that is an integer.
bool AreAlike(uint32_t a, uint32_t b) {
  const auto is_number = [](uint32_t type) { return type == kInt2 || type == kInt4 || type == kInt8; };
  return a == b || (is_number(a) && is_number(b));
}

}  // namespace

void AppendField(const Column& column, const void* row, std::string& out) {
  const void* member = column.at(row);
  if (IsNull(column, member)) return Append32(out, kNullLength);
  switch (column.type) {
    case kUuid: {
      const size_t at = out.size();
      Append32(out, static_cast<int32_t>(ids::kUuidBytes));
      // A malformed id becomes NULL, which equals no id.
      if (!ids::AppendUuidBytes(As<std::string>(member), out)) {
        out.resize(at);
        Append32(out, kNullLength);
      }
      return;
    }
    case kBool:
      return AppendSized(out, As<bool>(member) ? std::string_view("\1", 1) : std::string_view("\0", 1));
    case kInt2:
      Append32(out, sizeof(int16_t));
      return Append16(out, static_cast<int16_t>(NumberOf(column, member)));
    case kInt4:
    case kDate:
      Append32(out, sizeof(int32_t));
      return Append32(out, static_cast<int32_t>(NumberOf(column, member)));
    case kInt8:
      Append32(out, sizeof(int64_t));
      return Append64(out, NumberOf(column, member));
    case kTimestamptz:
      Append32(out, sizeof(int64_t));
      return Append64(out, ToPostgresMicros(As<absl::Time>(member)));
    default:
      return AppendSized(out, As<std::string>(member));
  }
}

void ReadRow(absl::Span<const Column> columns, const Result& rows, int row, void* out) {
  int place = 0;
  for (const Column& column : columns) {
    // A column knows its member by a const pointer; the row itself is the caller's and not const.
    void* member = const_cast<void*>(column.at(out));
    switch (column.member) {
      case MemberKind::kString:
        *static_cast<std::string*>(member) =
            column.type == kUuid ? rows.Uuid(row, place) : rows.String(row, place);
        break;
      case MemberKind::kBool:
        *static_cast<bool*>(member) = rows.Bool(row, place);
        break;
      case MemberKind::kTime:
        *static_cast<absl::Time*>(member) = rows.Time(row, place);
        break;
      default:
        // NULL leaves the member at its default.
        if (!rows.IsNull(row, place)) SetNumber(column, rows.Int(row, place), member);
    }
    ++place;
  }
}

absl::Status CheckTypes(absl::Span<const Column> columns, const Result& rows) {
  int place = 0;
  for (const Column& column : columns) {
    // A description that does not fit the statement is found before a number is read as a text. A column that
    // the statement lacks has type 0.
    if (!AreAlike(rows.Type(place), column.type))
      return absl::InternalError(absl::StrCat("the column ", column.name, " is not of the type described"));
    ++place;
  }
  return absl::OkStatus();
}

void AddArray(const Column& column, RowsAt rows, Params& params) {
  std::string array;
  array.reserve(rows.count * kUsualField);
  AppendArrayHeader(array, column.type, rows.count);
  // The row's type is known to the caller's template only; here a row is an address and a size.
  const char* row = static_cast<const char*>(rows.first);
  for (size_t i = 0; i < rows.count; ++i, row += rows.size) AppendField(column, row, array);
  params.Raw(ArrayOf(column.type), std::move(array));
}

std::string List(absl::Span<const Column> columns, const std::string& prefix) {
  return absl::StrJoin(columns, ", ", [&](std::string* out, const Column& column) {
    absl::StrAppend(out, IsExpression(column.name) ? "" : prefix, column.name);
  });
}

std::string Assignments(absl::Span<const Column> columns, const std::string& from) {
  return absl::StrJoin(columns, ", ", [&](std::string* out, const Column& column) {
    absl::StrAppend(out, column.name, " = ", from, column.name);
  });
}

std::string Unnest(absl::Span<const Column> columns, const std::string& alias, int first, bool numbered) {
  std::string places;
  for (size_t i = 0; i < columns.size(); ++i)
    absl::StrAppend(&places, i == 0 ? "$" : ", $", first + static_cast<int>(i));
  return absl::StrCat("unnest(", places, ")", numbered ? " WITH ORDINALITY" : "", " AS ", alias, " (",
                      List(columns, ""), numbered ? ", n)" : ")");
}

std::string Inserts(const std::string& table, absl::Span<const Column> columns) {
  return absl::StrCat("INSERT INTO ", table, " (", List(columns, ""), ") ");
}

absl::Status CopyIn(Connection& db, const std::string& table, absl::Span<const Column> columns, RowsAt rows) {
  std::string data;
  data.reserve(rows.count * columns.size() * kUsualField);
  const char* row = static_cast<const char*>(rows.first);
  for (size_t i = 0; i < rows.count; ++i, row += rows.size) {
    // A row: its number of fields, then each field behind its length.
    Append16(data, static_cast<int16_t>(columns.size()));
    for (const Column& column : columns) AppendField(column, row, data);
  }
  // -1 instead of a number of fields ends the data.
  Append16(data, -1);
  // Header and rows are two pieces, so that the rows are not copied again behind the header.
  return db.CopyIn(absl::StrCat("COPY ", table, " (", List(columns, ""), ") FROM STDIN (FORMAT binary)"),
                   {kCopyHeader, data});
}

std::string Upserts(const std::string& table, absl::Span<const Column> columns, size_t keys) {
  const std::string key = List(columns.subspan(0, keys), "");
  // DISTINCT ON with the last place first: of two rows with one key the last counts, as ON CONFLICT can't
  // touch a row twice.
  return absl::StrCat(
      Inserts(table, columns), "SELECT DISTINCT ON (", key, ") ", List(columns, ""), " FROM ",
      Unnest(columns, "k", 1, true), " ORDER BY ", key, ", n DESC ON CONFLICT (", key, ") DO ",
      columns.size() == keys ? "NOTHING"
                             : absl::StrCat("UPDATE SET ", Assignments(columns.subspan(keys), "excluded.")));
}

}  // namespace tonghu::postgres::internal
