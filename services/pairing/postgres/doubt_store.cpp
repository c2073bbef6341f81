#include "services/pairing/postgres/doubt_store.h"

#include "absl/strings/str_cat.h"
#include "libs/directory/columns.h"
#include "libs/postgres/columns.h"
#include "libs/status/macros.h"
#include "services/pairing/postgres/row_columns.h"

namespace tonghu::pairing {
namespace {

using postgres::Field;
using postgres::kUuid;
using postgres::Params;

constexpr postgres::Columns kLook{
    Field<&DoubtLook::county>("county"), Field<&DoubtLook::helper_id>("helper_id"),
    Field<&DoubtLook::next_time>("next_time"), Field<&DoubtLook::looked_to>("looked_to")};
constexpr postgres::Columns kHelper{Field<&PairedHelper::helper_id>("s.staff_id"),
                                    Field<&PairedHelper::pairings>("p.pairings", postgres::kInt8)};
constexpr postgres::Columns kWindowContact{
    Field<&WindowRow::helper_id>("t.helper_id"),       Field<&WindowRow::contact_id>("t.contact_id", kUuid),
    Field<&WindowRow::school_id>("c.school_id"),       Field<&WindowRow::kind>("d.kind"),
    Field<&WindowRow::window_start>("d.window_start"), Field<&WindowRow::window_end>("d.window_end"),
    Field<&WindowRow::happen_time>("t.happen_time")};
constexpr auto kDoubt =
    postgres::Columns{Field<&DoubtRow::county>("county"),
                      Field<&DoubtRow::contact_id>("contact_id", kUuid),
                      Field<&DoubtRow::child_id>("child_id", kUuid),
                      Field<&DoubtRow::helper_id>("helper_id"),
                      Field<&DoubtRow::kind>("kind"),
                      Field<&DoubtRow::happen_time>("happen_time"),
                      Field<&DoubtRow::report_time>("report_time"),
                      Field<&DoubtRow::known, &KnownDoubt::reasons>("reasons", postgres::kInt2),
                      Field<&DoubtRow::known, &KnownDoubt::dismissed>("dismissed", postgres::kInt2),
                      Field<&DoubtRow::known, &KnownDoubt::version>("version", postgres::kInt2),
                      Field<&DoubtRow::alike>("alike"),
                      Field<&DoubtRow::find_time>("find_time"),
                      Field<&DoubtRow::done_days>("done_days"),
                      Field<&DoubtRow::dismissed_by>("dismissed_by"),
                      Field<&DoubtRow::dismiss_reason>("dismiss_reason"),
                      Field<&DoubtRow::dismiss_time>("dismiss_time")} +
    directory::PlaceColumns<&DoubtRow::place>();
constexpr size_t kDoubtKey = 2;  // county and contact
constexpr postgres::Columns kDoubtful{Field<&DoubtRow::contact_id>("contact_id", kUuid),
                                      Field<&DoubtRow::child_id>("child_id", kUuid),
                                      Field<&DoubtRow::happen_time>("happen_time")};
constexpr auto kNow = postgres::Columns{Field<&DoubtfulNow::contact_id>("k.contact_id", kUuid),
                                        Field<&DoubtfulNow::window_start>("d.window_start")} +
                      directory::PlaceColumns<&DoubtfulNow::place>(directory::kOfChild);

// The children of the helpers asked for, with whom they are or were paired: contacts are found by child,
// since no index knows who made them.
constexpr char kChildren[] =
    " FROM (SELECT DISTINCT p.helper_id, p.child_id FROM pairing p WHERE p.helper_id = ANY ($2) "
    "AND p.county = $1) k ";
Params ParamsOf(const HelpersAsked& asked) {
  return Params().Text(asked.county).Texts(asked.helpers).Time(asked.since);
}

}  // namespace

absl::Status BeginDoubtLooks(postgres::Connection& db, int shard, absl::Span<const std::string> counties,
                             absl::Time now, absl::Time next_time) {
  return db.Defer(
      "INSERT INTO doubt_look (county, shard, next_time, looked_to) SELECT u, $2, $4, $3 FROM unnest($1) u "
      "ON CONFLICT DO NOTHING",
      Params().Texts(counties).Int(shard).Time(now).Time(next_time));
}

absl::StatusOr<std::vector<DoubtLook>> LoadDoubtLook(postgres::Connection& db, int shard, absl::Time now) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kLook.List(),
      " FROM doubt_look WHERE shard = $1 AND next_time <= $2 ORDER BY next_time, county LIMIT 1");
  return kLook.ReadAll(db.Run(sql, Params().Int(shard).Time(now)));
}

absl::Status MoveDoubtLook(postgres::Connection& db, const DoubtLook& look) {
  return db.Defer("UPDATE doubt_look SET helper_id = $2 WHERE county = $1",
                  Params().Text(look.county).Text(look.helper_id));
}

absl::Status EndDoubtLook(postgres::Connection& db, const DoubtLook& look, absl::Time next_time) {
  return db.Defer(
      "UPDATE doubt_look SET helper_id = '', looked_to = next_time, next_time = $2 WHERE county = $1",
      Params().Text(look.county).Time(next_time));
}

absl::StatusOr<std::vector<PairedHelper>> LoadNextHelpers(postgres::Connection& db, const DoubtLook& look,
                                                          int limit) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kHelper.List(),
      // Also of those who have left: what they recorded stays, and may be doubtful.
      " FROM (SELECT staff_id FROM staff WHERE county = $1 AND staff_id > $2 UNION ALL "
      "SELECT staff_id FROM left_staff WHERE county = $1 AND staff_id > $2 ORDER BY staff_id LIMIT $3) s "
      "CROSS JOIN LATERAL (SELECT count(*) AS pairings FROM pairing WHERE helper_id = s.staff_id "
      "AND county = $1) p ORDER BY s.staff_id");
  return kHelper.ReadAll(db.Run(sql, Params().Text(look.county).Text(look.helper_id).Int(limit)));
}

absl::StatusOr<std::vector<ContactRow>> LoadContactsOf(postgres::Connection& db, const HelpersAsked& asked) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kContact.List("t."), kChildren,
      "JOIN contact t ON t.child_id = k.child_id AND t.happen_time >= $3 AND t.helper_id = k.helper_id "
      "AND t.county = $1 AND NOT t.withdrawn");
  return kContact.ReadAll(db.Run(sql, ParamsOf(asked)));
}

absl::StatusOr<std::vector<WindowRow>> LoadWindowContacts(postgres::Connection& db, const HelpersAsked& asked,
                                                          absl::Time now) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kWindowContact.List(), kChildren,
      "JOIN duty d ON d.child_id = k.child_id AND d.window_end > $3 AND d.window_start <= $4 "
      "AND d.outcome IN (2, 5) AND NOT d.made_up "
      "JOIN contact t ON t.county = $1 AND t.contact_id = d.contact_id AND t.helper_id = k.helper_id "
      "AND t.group_id IS NULL JOIN child c ON c.child_id = k.child_id AND c.county = $1");
  return kWindowContact.ReadAll(db.Run(sql, ParamsOf(asked).Time(now)));
}

absl::StatusOr<std::vector<DoubtRow>> LoadDoubts(postgres::Connection& db, const HelpersAsked& asked) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kDoubt.List(),
      " FROM doubt WHERE county = $1 AND helper_id = ANY ($2) AND happen_time >= $3 ORDER BY contact_id");
  return kDoubt.ReadAll(db.Run(sql, ParamsOf(asked)));
}

absl::StatusOr<std::vector<DoubtRow>> FindDoubt(postgres::Connection& db, const std::string& county,
                                                const std::string& contact_id) {
  static const std::string sql =
      absl::StrCat("SELECT ", kDoubt.List(), " FROM doubt WHERE county = $1 AND contact_id = $2");
  return kDoubt.ReadAll(db.Run(sql, Params().Text(county).Uuid(contact_id)));
}

absl::Status StoreDoubts(postgres::Connection& db, absl::Span<const DoubtRow> rows) {
  return kDoubt.Upsert(db, "doubt", kDoubtKey, rows);
}

absl::Status DeleteDoubts(postgres::Connection& db, const std::string& county,
                          absl::Span<const std::string> contact_ids) {
  if (contact_ids.empty()) return absl::OkStatus();
  return db.Defer("DELETE FROM doubt WHERE county = $1 AND contact_id = ANY ($2)",
                  Params().Text(county).Uuids(contact_ids));
}

absl::StatusOr<std::vector<DoubtfulNow>> LoadDoubtfulNow(postgres::Connection& db, const std::string& county,
                                                         absl::Span<const DoubtRow> rows) {
  if (rows.empty()) return std::vector<DoubtfulNow>();
  // What is done in its window was done by a contact that happened there.
  static const std::string sql =
      absl::StrCat("SELECT ", kNow.List(), " FROM ", kDoubtful.Unnest("k", 2),
                   " JOIN child c ON c.child_id = k.child_id AND c.county = $1 LEFT JOIN duty d "
                   "ON d.child_id = k.child_id AND d.county = $1 AND d.window_end > k.happen_time "
                   "AND d.window_start <= k.happen_time AND d.contact_id = k.contact_id AND d.outcome = 2 "
                   "ORDER BY k.contact_id, d.window_start");
  return kNow.ReadAll(db.Run(sql, kDoubtful.Arrays(rows, Params().Text(county))));
}

absl::StatusOr<std::vector<DoubtRow>> ListDoubts(postgres::Connection& db, const Listing& listing,
                                                 const DoubtFilter& filter) {
  Params params = Params()
                      .Text(listing.county)
                      .Uuid(listing.after)
                      .Int(listing.limit)
                      .Text(filter.helper_id)
                      .Int(filter.state)
                      .Time(filter.from)
                      .Time(filter.before);
  std::string sql = absl::StrCat(
      "SELECT ", kDoubt.List(),
      " FROM doubt WHERE county = $1 AND ($2::uuid IS NULL OR contact_id < $2) AND reasons <> 0 "
      "AND ($4 = '' OR helper_id = $4) AND ($5 = 0 OR $5 = CASE WHEN reasons & ~dismissed <> 0 THEN 1 ELSE 2 "
      "END) AND happen_time >= $6 AND happen_time < $7");
  for (const rights::Filter* one : {&listing.within, &filter.of}) {
    if (!one->everything) absl::StrAppend(&sql, " AND ", directory::ChildCondition(*one, "child_id", params));
  }
  absl::StrAppend(&sql, " ORDER BY contact_id DESC LIMIT $3");
  return kDoubt.ReadAll(db.Run(sql, std::move(params)));
}

}  // namespace tonghu::pairing
