#include "services/access/postgres/audit_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/postgres/columns.h"
#include "libs/status/macros.h"

namespace tonghu::access {
namespace {

using postgres::Field;
using postgres::kBytea;
using postgres::kInt2;
using postgres::kUuid;
using postgres::Params;

constexpr postgres::Columns kAudit{Field<&AuditRow::county>("county"),
                                   Field<&AuditRow::time>("time"),
                                   Field<&AuditRow::producer>("producer"),
                                   Field<&AuditRow::shard>("shard"),
                                   Field<&AuditRow::seq>("seq"),
                                   Field<&AuditRow::child_id>("child_id", kUuid),
                                   Field<&AuditRow::action>("action", kInt2),
                                   Field<&AuditRow::actor>("actor"),
                                   Field<&AuditRow::what>("what"),
                                   Field<&AuditRow::purpose>("purpose"),
                                   Field<&AuditRow::address>("address"),
                                   Field<&AuditRow::times>("times")};

constexpr postgres::Columns kHead{Field<&HeadRow::producer>("producer"),
                                  Field<&HeadRow::shard>("shard"),
                                  Field<&HeadRow::seq>("seq"),
                                  Field<&HeadRow::hash>("hash", kBytea),
                                  Field<&HeadRow::sign_time>("sign_time"),
                                  Field<&HeadRow::signature>("signature", kBytea),
                                  Field<&HeadRow::key_id>("key_id")};

// A filter that is not asked for is no part of the statement, so that the filter that is has its index.
std::string SelectAudit(const AuditPage& page) {
  return absl::StrCat("SELECT ", kAudit.List(),
                      " FROM audit_entry WHERE county = $1 AND time >= $2 AND time < $3 "
                      "AND (time, producer, seq, child_id) < ($4, $5, $6, $7)",
                      page.child_id.empty() ? "" : " AND child_id = $8",
                      page.actor.empty() ? "" : " AND actor = $9",
                      " ORDER BY time DESC, producer DESC, seq DESC, child_id DESC LIMIT $10");
}

}  // namespace

absl::Status InsertAudit(postgres::Connection& db, absl::Span<const AuditRow> rows) {
  return kAudit.Insert(db, "audit_entry", rows);
}

absl::StatusOr<std::vector<AuditRow>> ListAudit(postgres::Connection& db, const AuditPage& page) {
  return kAudit.ReadAll(db.Run(SelectAudit(page), Params()
                                                      .Text(page.county)
                                                      .Time(page.from)
                                                      .Time(page.before)
                                                      .Time(page.after.time)
                                                      .Text(page.after.producer)
                                                      .Int(page.after.seq)
                                                      .UuidAfter(page.after.child_id)
                                                      .Uuid(page.child_id)
                                                      .Text(page.actor)
                                                      .Int(page.limit)));
}

absl::Status InsertHeads(postgres::Connection& db, absl::Span<const HeadRow> heads) {
  return kHead.Insert(db, "signed_head", heads);
}

absl::StatusOr<std::vector<HeadRow>> ListHeads(postgres::Connection& db, const HeadPage& page) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kHead.List(),
      " FROM signed_head WHERE ($1 = '' OR producer = $1) AND (sign_time, producer, shard) < ($2, $3, $4) "
      "ORDER BY sign_time DESC, producer DESC, shard DESC LIMIT $5");
  return kHead.ReadAll(db.Run(sql, Params()
                                       .Text(page.producer)
                                       .Time(page.after.sign_time)
                                       .Text(page.after.producer)
                                       .Int(page.after.shard)
                                       .Int(page.limit)));
}

absl::StatusOr<std::map<int, HeadRow>> LastHeads(postgres::Connection& db, const std::string& producer) {
  static const std::string sql =
      absl::StrCat("SELECT DISTINCT ON (shard) ", kHead.List(),
                   " FROM signed_head WHERE producer = $1 ORDER BY shard, sign_time DESC");
  ASSIGN_OR_RETURN(auto heads, kHead.ReadAll(db.Run(sql, Params().Text(producer))));
  std::map<int, HeadRow> last;
  for (HeadRow& head : heads) last[head.shard] = std::move(head);
  return last;
}

}  // namespace tonghu::access
