#include "libs/postgres/params.h"

#include <limits>

#include "libs/ids/uuid.h"
#include "libs/postgres/wire.h"

namespace tonghu::postgres {
namespace {

constexpr int64_t kEpochDifference = 946684800LL * 1000000;  // 1970 to 2000
constexpr int64_t kInfinity = std::numeric_limits<int64_t>::max();
constexpr int64_t kMinusInfinity = std::numeric_limits<int64_t>::min();
constexpr int64_t kEarliest = -211813488000000000;  // the first time that timestamptz holds, in 4713 BC
constexpr int64_t kEnd = 9223371331200000000;       // the first that it does not hold, in the year 294277

// The beginning of an array in binary form, 20 bytes: dimensions, flags, element type, size, first index.
// `bytes` is the room for the elements.
std::string Array(uint32_t element, size_t size, size_t bytes) {
  std::string out;
  out.reserve(20 + bytes);
  AppendArrayHeader(out, element, size);
  return out;
}

// An array of texts in binary form: the header, then each element behind its length.
std::string StringArray(uint32_t element, absl::Span<const std::string> values) {
  size_t bytes = 0;
  for (const std::string& value : values) bytes += 4 + value.size();
  std::string out = Array(element, values.size(), bytes);
  for (const std::string& value : values) AppendSized(out, value);
  return out;
}

}  // namespace

int64_t ToPostgresMicros(absl::Time time) {
  const int64_t micros = absl::ToUnixMicros(time);
  if (micros >= kEnd) return kInfinity;  // compared before the subtraction, which could overflow
  if (micros < kEarliest + kEpochDifference) return kMinusInfinity;
  return micros - kEpochDifference;
}

absl::Time FromPostgresMicros(int64_t micros) {
  if (micros == kMinusInfinity) return absl::InfinitePast();
  // Also for values that would overflow when counted from 1970.
  if (micros > kInfinity - kEpochDifference) return absl::InfiniteFuture();
  return absl::FromUnixMicros(micros + kEpochDifference);
}

Params& Params::Push(uint32_t type, std::string value, bool null) {
  types_.push_back(type);
  values_.push_back(std::move(value));
  nulls_.push_back(null);
  return *this;
}

Params& Params::Raw(uint32_t type, std::string bytes, bool null) {
  return Push(type, std::move(bytes), null);
}

Params& Params::Int(int64_t value) {
  std::string out;
  Append64(out, value);
  return Push(kInt8, std::move(out));
}

Params& Params::Bool(bool value) { return Push(kBool, std::string(1, value ? '\1' : '\0')); }
Params& Params::Text(std::string_view value) { return Push(kText, std::string(value)); }
Params& Params::Bytes(std::string_view value) { return Push(kBytea, std::string(value)); }

Params& Params::Uuid(std::string_view value) {
  std::string out;
  // A malformed id is an unknown id, not an error of the database: the query finds nothing.
  const bool is_uuid = ids::AppendUuidBytes(value, out);
  return Push(kUuid, std::move(out), !is_uuid);
}

Params& Params::UuidAfter(std::string_view value) {
  std::string out;
  if (!ids::AppendUuidBytes(value, out)) out.assign(ids::kUuidBytes, '\0');
  return Push(kUuid, std::move(out));
}

Params& Params::Time(absl::Time value) {
  std::string out;
  Append64(out, ToPostgresMicros(value));
  // InfinitePast stands for "unset", which is NULL.
  return Push(kTimestamptz, std::move(out), value == absl::InfinitePast());
}

Params& Params::Ints(absl::Span<const int64_t> values) {
  std::string out = Array(kInt8, values.size(), values.size() * 12);
  for (int64_t value : values) {
    Append32(out, 8);
    Append64(out, value);
  }
  return Push(ArrayOf(kInt8), std::move(out));
}

Params& Params::Texts(absl::Span<const std::string> values) {
  return Push(ArrayOf(kText), StringArray(kText, values));
}
Params& Params::Uuids(absl::Span<const std::string> values) {
  std::string out = Array(kUuid, values.size(), values.size() * (4 + ids::kUuidBytes));
  for (const std::string& value : values) {
    const size_t at = out.size();
    Append32(out, static_cast<int32_t>(ids::kUuidBytes));
    if (ids::AppendUuidBytes(value, out)) continue;
    // A malformed id becomes NULL, which equals no id.
    out.resize(at);
    Append32(out, kNullLength);
  }
  return Push(ArrayOf(kUuid), std::move(out));
}
Params& Params::Times(absl::Span<const absl::Time> values) {
  std::string out = Array(kTimestamptz, values.size(), values.size() * 12);
  for (absl::Time value : values) {
    // InfinitePast stands for "unset", which is NULL in an array too.
    if (value == absl::InfinitePast()) {
      Append32(out, kNullLength);
      continue;
    }
    Append32(out, 8);
    Append64(out, ToPostgresMicros(value));
  }
  return Push(ArrayOf(kTimestamptz), std::move(out));
}

void Params::Pointers(std::vector<const char*>& values, std::vector<int>& lengths) const {
  values.resize(values_.size());
  lengths.resize(values_.size());
  for (size_t i = 0; i < values_.size(); ++i) {
    // libpq takes a null pointer for NULL.
    values[i] = nulls_[i] ? nullptr : values_[i].data();
    lengths[i] = static_cast<int>(values_[i].size());
  }
}

}  // namespace tonghu::postgres
