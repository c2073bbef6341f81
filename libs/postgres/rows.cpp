#include "libs/postgres/rows.h"

#include <libpq-fe.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "libs/ids/uuid.h"
#include "libs/postgres/columns.h"
#include "libs/postgres/params.h"
#include "libs/postgres/wire.h"
#include "libs/status/macros.h"

namespace tonghu::postgres {
namespace {

// From here on COPY is cheaper than a prepared INSERT a row, although those take no round trip of their own.
constexpr size_t kCopyFrom = 4;

// "PGCOPY\n\377\r\n\0", no flags, no extension.
constexpr std::string_view kHeader("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);

}  // namespace

Rows& Rows::Next() {
  starts_.push_back(data_.size());
  Append16(data_, static_cast<int16_t>(types_.size()));
  return *this;
}

// A field of the first row, whose number of fields is known at its end only.
void Rows::Learn(uint32_t type) {
  if (starts_.size() != 1) return;
  types_.push_back(type);
  std::string count;
  Append16(count, static_cast<int16_t>(types_.size()));
  std::copy(count.begin(), count.end(), data_.begin());
}

Rows& Rows::Field(uint32_t type, std::string_view bytes) {
  Learn(type);
  AppendSized(data_, bytes);
  return *this;
}

Rows& Rows::Add(absl::Span<const Column> columns, const void* row) {
  Next();
  for (const Column& column : columns) {
    Learn(column.type);
    internal::AppendField(column, row, data_);
  }
  return *this;
}

Rows& Rows::Uuid(std::string_view value) {
  std::string out;
  ids::AppendUuidBytes(value, out);
  return Field(kUuid, out);
}

Rows& Rows::Int(int64_t value) {
  std::string out;
  Append32(out, static_cast<int32_t>(value));
  return Field(kInt4, out);
}

Rows& Rows::Big(int64_t value) {
  std::string out;
  Append64(out, value);
  return Field(kInt8, out);
}

Rows& Rows::Bool(bool value) {
  return Field(kBool, value ? std::string_view("\1", 1) : std::string_view("\0", 1));
}
Rows& Rows::Text(std::string_view value) { return Field(kText, value); }
Rows& Rows::Bytes(std::string_view value) { return Field(kBytea, value); }

Rows& Rows::Time(absl::Time value) {
  std::string out;
  Append64(out, ToPostgresMicros(value));
  if (value != absl::InfinitePast()) return Field(kTimestamptz, out);
  Field(kTimestamptz, "");
  data_.resize(data_.size() - sizeof kNullLength);
  Append32(data_, kNullLength);
  return *this;
}

absl::Status Rows::InsertInto(Connection& connection) const {
  return starts_.size() < kCopyFrom ? InsertOneByOne(connection) : Copy(connection);
}

absl::Status Rows::Copy(Connection& connection) const {
  std::string trailer;
  Append16(trailer, -1);
  return connection.CopyIn(absl::StrCat("COPY ", table_, " (", columns_, ") FROM STDIN (FORMAT binary)"),
                           {kHeader, data_, trailer});
}

absl::Status Rows::InsertOneByOne(Connection& connection) const {
  std::string places;
  for (size_t i = 1; i <= types_.size(); ++i) absl::StrAppend(&places, i == 1 ? "$" : ", $", i);
  const std::string sql = absl::StrCat("INSERT INTO ", table_, " (", columns_, ") VALUES (", places, ")");
  for (const size_t start : starts_) {
    Params params;
    const char* at = data_.data() + start + sizeof(int16_t);
    for (const uint32_t type : types_) {
      uint32_t size;
      std::memcpy(&size, at, sizeof size);
      size = be32toh(size);
      at += sizeof size;
      const bool null = static_cast<int32_t>(size) == kNullLength;
      params.Raw(type, std::string_view(at, null ? 0 : size), null);
      at += null ? 0 : size;
    }
    RETURN_IF_ERROR(connection.Defer(sql, params));
  }
  return absl::OkStatus();
}

}  // namespace tonghu::postgres
