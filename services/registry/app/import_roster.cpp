#include "services/registry/app/import_roster.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "libs/clock/waker.h"
#include "libs/csv/csv.h"
#include "libs/ids/names.h"
#include "libs/journal/retry.h"
#include "libs/journal/shard_transaction.h"
#include "libs/journal/time.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/registry/app/put_roster.h"

namespace tonghu::registry {
namespace {

// How long an outage of PostgreSQL is waited out.
constexpr absl::Duration kPatience = absl::Seconds(20);

// A file that was read.
struct Roster {
  std::string actor;
  std::string county;
  int rows_read = 0;
  RowErrors errors;
  // Puts the rows of the file in a transaction.
  std::function<absl::Status(journal::ShardTransaction& transaction, RosterOutcome& outcome)> put;
};

// The refusal of a file that is no table. The sentences of libs/csv are Chinese already.
absl::Status Unreadable(const absl::Status& cause) {
  const std::string why = fmt::format("{}。", std::string(cause.message()));
  if (absl::IsResourceExhausted(cause))
    return refusal::Invalid("FILE_TOO_LARGE", "chunk", "the file is too large", why);
  return refusal::Invalid("FILE_MALFORMED", "chunk", "the file can't be read as CSV in UTF-8 or GB18030",
                          why);
}

// Today by the database's clock, as commands have it. Rows are judged before the transaction begins, whose
// lock then is held for the storing alone.
absl::StatusOr<absl::CivilDay> Today(const ImportParts& parts) {
  absl::CivilDay today;
  RETURN_IF_ERROR(journal::RetryTransient(kPatience, [&] {
    ASSIGN_OR_RETURN(auto connection, parts.pool.Acquire(absl::Seconds(5)));
    auto now = journal::Now(*connection, parts.clock);
    if (now.ok()) today = clock::DayOf(*now);
    return now.status();
  }));
  return today;
}

// Reads the file into rows of its kind, with the errors of rows that can't be read.
absl::StatusOr<Roster> Read(const ImportParts& parts, const RosterFile& file, absl::CivilDay today) {
  auto table = csv::Parse(file.bytes);
  if (!table.ok()) return Unreadable(table.status());
  Roster roster;
  roster.actor = file.actor;
  // The pipeline has read the county before, so this can't fail.
  roster.county = *ids::ParseParent(file.header.parent(), "header.parent");
  roster.rows_read = static_cast<int>(table->rows.size());
  switch (file.header.kind()) {
    case v1::ROSTER_KIND_SCHOOLS:
      roster.put = [rows = ReadSchools(*table, roster.county, roster.errors)](auto& transaction,
                                                                              RosterOutcome& outcome) {
        return PutSchoolRoster(transaction, rows, outcome);
      };
      break;
    case v1::ROSTER_KIND_STAFF:
      roster.put = [staff = ReadStaff(*table, roster.county, roster.errors)](auto& transaction,
                                                                             RosterOutcome& outcome) {
        return PutStaffRoster(transaction, staff, outcome);
      };
      break;
    default:
      roster.put = [&parts,
                    children = ChildRoster{roster.county, ReadChildren(*table, today, roster.errors)}](
                       auto& transaction, RosterOutcome& outcome) {
        return PutChildRoster(transaction, children, parts.ids, outcome);
      };
      break;
  }
  return roster;
}

// One try. The errors of `outcome` begin with those of the file.
absl::Status Try(const ImportParts& parts, const Roster& roster, const std::function<bool()>& store,
                 RosterOutcome& outcome) {
  // Each try begins anew: an earlier one may have counted rows before it failed.
  outcome = {.errors = roster.errors};
  ASSIGN_OR_RETURN(auto connection, parts.pool.Acquire(absl::Seconds(5)));
  ASSIGN_OR_RETURN(auto transaction,
                   journal::ShardTransaction::Begin(*connection, parts.shard_of(roster.county), parts.clock,
                                                    journal::Purpose::kLong));
  transaction.set_actor(roster.actor);
  RETURN_IF_ERROR(roster.put(transaction, outcome));
  // All rows or none: with any error, and for a check only, the transaction is dropped.
  // The caller is asked for once more just before the commit.
  if (outcome.errors.count() > 0 || !store()) return absl::OkStatus();  // rolled back
  return transaction.Commit();
}

v1::ImportRosterResponse ResponseOf(const Roster& roster, const RosterOutcome& outcome) {
  v1::ImportRosterResponse response;
  response.set_rows_read(roster.rows_read);
  response.set_error_count(outcome.errors.count());
  for (const RowError& error : outcome.errors.Listed()) {
    auto* message = response.add_errors();
    message->set_row(error.row);
    message->set_column(error.column);
    message->set_reason(error.reason);
    message->set_message(error.message_zh);
  }
  // With errors nothing was stored, so there is nothing to count.
  if (outcome.errors.count() > 0) return response;
  response.set_created(outcome.created);
  response.set_updated(outcome.updated);
  response.set_unchanged(outcome.unchanged);
  return response;
}

// Checks that the whole file has arrived.
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
  if (header.kind() < v1::ROSTER_KIND_SCHOOLS || header.kind() > v1::ROSTER_KIND_CHILDREN) {
    return refusal::Invalid("ROSTER_KIND_MISSING", "header.kind", "kind must be schools, staff or children",
                            "请选择名册种类：学校、人员或儿童。");
  }
  if (header.size_bytes() > kLargestFile) {
    return refusal::Invalid("FILE_TOO_LARGE", "header.size_bytes", "a file holds at most 64 MiB",
                            "文件超过64MiB，请分成几个文件导入。");
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ImportRosterResponse> ImportRoster(const ImportParts& parts, RosterFile file,
                                                      const std::function<bool()>& wanted) {
  // An import is no command of the queue, so it asks itself whether this replica takes commands.
  RETURN_IF_ERROR(parts.admit());
  RETURN_IF_ERROR(CheckHeader(file.header));
  RETURN_IF_ERROR(CheckSize(file));
  const absl::Time begin = clock::MonotonicNow();
  ASSIGN_OR_RETURN(auto today, Today(parts));
  auto roster = Read(parts, file, today);
  if (!roster.ok()) return roster.status();
  file.bytes = std::string();  // up to 64 MiB, of no use while the rows are put
  bool cancelled = false;
  const auto store = [&] {
    cancelled = !wanted();
    return !cancelled && !file.header.validate_only();
  };
  RosterOutcome outcome;
  // A commit of unknown outcome is tried again as well: rows that are stored already are unchanged then.
  RETURN_IF_ERROR(journal::RetryTransient(kPatience, [&] {
    cancelled = !wanted();
    return cancelled ? absl::OkStatus() : Try(parts, *roster, store, outcome);
  }));
  if (cancelled) return absl::CancelledError("the caller went away; nothing was stored");
  spdlog::info(
      "roster imported: county={} kind={} rows={} created={} updated={} errors={} validate_only={} ms={}",
      roster->county, static_cast<int>(file.header.kind()), roster->rows_read, outcome.created,
      outcome.updated, outcome.errors.count(), file.header.validate_only(),
      absl::ToInt64Milliseconds(clock::MonotonicNow() - begin));
  return ResponseOf(*roster, outcome);
}

}  // namespace tonghu::registry
