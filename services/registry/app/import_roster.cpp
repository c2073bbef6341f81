#include "services/registry/app/import_roster.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>
#include <variant>

#include "libs/csv/csv.h"
#include "libs/ids/names.h"
#include "libs/journal/retry.h"
#include "libs/journal/shard_transaction.h"
#include "libs/journal/time.h"
#include "libs/refusal/refusal.h"
#include "services/registry/app/put_roster.h"

namespace tonghu::registry {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(20);

// What the file says.
struct Roster {
  std::string actor;
  std::string county;
  int rows_read = 0;
  std::variant<std::vector<SchoolRow>, StaffRoster, std::vector<ChildRow>> rows;
  RowErrors errors;
};

absl::Status Unreadable(const absl::Status& cause) {
  const std::string why = fmt::format("{}。", std::string(cause.message()));
  if (absl::IsResourceExhausted(cause))
    return refusal::Invalid("FILE_TOO_LARGE", "chunk", "the file is too large", why);
  return refusal::Invalid("FILE_MALFORMED", "chunk", "the file can't be read as CSV in UTF-8 or GB18030",
                          why);
}

absl::StatusOr<absl::CivilDay> Today(const ImportParts& parts) {
  absl::CivilDay today;
  absl::Status read = journal::RetryTransient(kPatience, [&] {
    auto connection = parts.pool.Acquire(absl::Seconds(5));
    if (!connection.ok()) return connection.status();
    auto now = journal::Now(**connection, parts.clock);
    if (now.ok()) today = clock::DayOf(*now);
    return now.status();
  });
  if (!read.ok()) return read;
  return today;
}

absl::StatusOr<Roster> Read(const v1::ImportHeader& header, const std::string& bytes, absl::CivilDay today) {
  auto table = csv::Parse(bytes);
  if (!table.ok()) return Unreadable(table.status());
  Roster roster;
  roster.county = *ids::ParseParent(header.parent(), "header.parent");
  roster.rows_read = static_cast<int>(table->rows.size());
  switch (header.kind()) {
    case v1::ROSTER_KIND_SCHOOLS:
      roster.rows = ReadSchools(*table, roster.county, roster.errors);
      break;
    case v1::ROSTER_KIND_STAFF:
      roster.rows = ReadStaff(*table, roster.county, roster.errors);
      break;
    default:
      roster.rows = ReadChildren(*table, today, roster.errors);
      break;
  }
  return roster;
}

// One try. `errors` begins with the file's own.
struct Attempt {
  RowErrors errors;
  RosterCounts counts;
};

absl::Status Put(const ImportParts& parts, const Roster& roster, journal::ShardTransaction& transaction,
                 Attempt& attempt) {
  if (const auto* schools = std::get_if<std::vector<SchoolRow>>(&roster.rows)) {
    return PutSchoolRoster(transaction, *schools, attempt.errors, attempt.counts);
  }
  if (const auto* staff = std::get_if<StaffRoster>(&roster.rows)) {
    return PutStaffRoster(transaction, *staff, attempt.errors, attempt.counts);
  }
  const ChildRoster children{roster.county, std::get<std::vector<ChildRow>>(roster.rows), parts.ids};
  return PutChildRoster(transaction, children, attempt.errors, attempt.counts);
}

absl::Status Try(const ImportParts& parts, const Roster& roster, const std::function<bool()>& store,
                 Attempt& attempt) {
  attempt = Attempt{roster.errors, {}};
  auto connection = parts.pool.Acquire(absl::Seconds(5));
  if (!connection.ok()) return connection.status();
  auto transaction = journal::ShardTransaction::Begin(**connection, parts.shard_of(roster.county),
                                                      parts.clock, journal::Purpose::kLong);
  if (!transaction.ok()) return transaction.status();
  transaction->set_actor(roster.actor);
  if (absl::Status put = Put(parts, roster, *transaction, attempt); !put.ok()) return put;
  if (attempt.errors.count() > 0 || !store()) return absl::OkStatus();  // rolled back
  return transaction->Commit();
}

v1::ImportRosterResponse ResponseOf(const Roster& roster, const Attempt& attempt) {
  v1::ImportRosterResponse response;
  response.set_rows_read(roster.rows_read);
  response.set_error_count(attempt.errors.count());
  for (const RowError& error : attempt.errors.Listed()) {
    auto* message = response.add_errors();
    message->set_row(error.row);
    message->set_column(error.column);
    message->set_reason(error.reason);
    message->set_message(error.message_zh);
  }
  if (attempt.errors.count() > 0) return response;
  response.set_created(attempt.counts.created);
  response.set_updated(attempt.counts.updated);
  response.set_unchanged(attempt.counts.unchanged);
  return response;
}

absl::Status CheckSize(const RosterFile& file) {
  if (file.header.size_bytes() == static_cast<int64_t>(file.bytes.size())) return absl::OkStatus();
  if (file.header.size_bytes() == 0) {
    return refusal::Invalid("FILE_SIZE_MISSING", "header.size_bytes",
                            "give the file's size in bytes: a stream that breaks looks like one that ends",
                            "请填写文件的字节数，以免未传完的文件被当作完整文件导入。");
  }
  return refusal::Invalid("FILE_INCOMPLETE", "header.size_bytes",
                          "another number of bytes arrived than the header says",
                          "文件未完整上传，请重新导入。");
}

}  // namespace

absl::Status CheckHeader(const v1::ImportHeader& header) {
  if (header.kind() >= v1::ROSTER_KIND_SCHOOLS && header.kind() <= v1::ROSTER_KIND_CHILDREN)
    return absl::OkStatus();
  return refusal::Invalid("ROSTER_KIND_MISSING", "header.kind", "kind must be schools, staff or children",
                          "请选择名册种类：学校、人员或儿童。");
}

absl::StatusOr<v1::ImportRosterResponse> ImportRoster(const ImportParts& parts, RosterFile file,
                                                      const std::function<bool()>& wanted) {
  if (absl::Status admitted = parts.admit(); !admitted.ok()) return admitted;
  if (absl::Status header = CheckHeader(file.header); !header.ok()) return header;
  if (absl::Status size = CheckSize(file); !size.ok()) return size;
  const absl::Time begin = absl::Now();
  auto today = Today(parts);
  if (!today.ok()) return today.status();
  auto roster = Read(file.header, file.bytes, *today);
  if (!roster.ok()) return roster.status();
  file.bytes = std::string();
  roster->actor = std::move(file.actor);
  bool cancelled = false;
  const auto store = [&] {
    cancelled = !wanted();
    return !cancelled && !file.header.validate_only();
  };
  Attempt attempt;
  absl::Status done = journal::RetryTransient(kPatience, [&] {
    cancelled = !wanted();
    return cancelled ? absl::OkStatus() : Try(parts, *roster, store, attempt);
  });
  if (!done.ok()) return done;
  if (cancelled) return absl::CancelledError("the caller went away; nothing was stored");
  spdlog::info(
      "roster imported: county={} kind={} rows={} created={} updated={} errors={} validate_only={} ms={}",
      roster->county, static_cast<int>(file.header.kind()), roster->rows_read, attempt.counts.created,
      attempt.counts.updated, attempt.errors.count(), file.header.validate_only(),
      absl::ToInt64Milliseconds(absl::Now() - begin));
  return ResponseOf(*roster, attempt);
}

}  // namespace tonghu::registry
