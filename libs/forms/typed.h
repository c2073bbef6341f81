// Reads what was typed: names short or full, times in China's time, days, durations. Pure.
#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace tonghu::forms {

// Makes an error in what was typed, INVALID_ARGUMENT: `what` says which option is wrong and what it should
// be.
absl::Status UsageError(const std::string& what);
bool IsUsageError(const absl::Status& status);

// Reads a time: "2026-09-04 15:30", "2026-09-04T15:30:05", "2026/9/4 15:30" as spreadsheets write it (China's
// time), or with an offset as in RFC 3339 ("2026-09-04T07:30:00Z").
absl::StatusOr<absl::Time> ParseTime(std::string_view text);

// Reads a duration, whole numbers with units in any order: "90s", "30m", "36h", "7d", "2w", "1d12h", "500ms".
absl::StatusOr<absl::Duration> ParseDuration(std::string_view text);

// Reads days without school: "2026-10-01", or "2026-10-01..2026-10-07" for the weekdays in it.
absl::StatusOr<std::vector<std::string>> ParseHolidays(std::string_view text);

// Writes a time, "2026-09-04 15:30", in China's time, with seconds only when there are any; empty for an
// unset time.
std::string TimeText(absl::Time time);
std::string TimeText(const google::protobuf::Timestamp& time);

// Writes a duration, "48h" or "1d12h", as ParseDuration reads it.
std::string DurationText(const google::protobuf::Duration& duration);

// The last part of a resource name, as the short form is typed; other text as it is.
std::string ShortName(std::string_view name);

// Reads the resource names of one command. Keeps the first error; after an error every answer is empty.
class Typed {
 public:
  // `county` is what --county says, "520521" or "counties/520521"; empty when it was not given.
  explicit Typed(std::string_view county);

  // The full name: `text` as it is when it has a slash, else completed by --county. An empty text stays
  // empty. A full name also says the county, and another county than --county's or an earlier name's is an
  // error.
  std::string Name(std::string_view option, std::string_view collection, std::string_view text);
  // "counties/520521", from --county or the names read so far.
  std::string Parent();
  // The bare county.
  std::string County();
  bool ok() const { return status_.ok(); }
  const absl::Status& status() const { return status_; }

 private:
  void Fail(std::string_view option, std::string_view what);
  void MeetCounty(std::string_view option, std::string_view county);

  std::string county_;
  absl::Status status_;
};

}  // namespace tonghu::forms
