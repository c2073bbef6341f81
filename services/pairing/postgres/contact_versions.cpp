#include "services/pairing/postgres/contact_versions.h"

#include "absl/strings/str_cat.h"
#include "services/pairing/postgres/row_columns.h"

namespace tonghu::pairing {
namespace {

using postgres::Field;
using postgres::kUuid;

// What a version alone says.
constexpr postgres::Columns kVersion{
    Field<&ContactVersion::contact, &ContactRow::county>("county"),
    Field<&ContactVersion::contact, &ContactRow::contact_id>("contact_id", kUuid),
    Field<&ContactVersion::contact, &ContactRow::version>("version", postgres::kInt2),
    Field<&ContactVersion::contact, &ContactRow::kind>("kind"),
    Field<&ContactVersion::contact, &ContactRow::happen_time>("happen_time"),
    Field<&ContactVersion::contact, &ContactRow::note>("note"),
    Field<&ContactVersion::contact, &ContactRow::mood>("mood"),
    Field<&ContactVersion::contact, &ContactRow::concerns>("concerns", postgres::kInt2),
    Field<&ContactVersion::contact, &ContactRow::together_with>("together_with"),
    Field<&ContactVersion::change_time>("change_time"),
    Field<&ContactVersion::changed_by>("changed_by"),
    Field<&ContactVersion::reason>("reason")};
// What is the contact's in all versions.
constexpr postgres::Columns kAlways{
    Field<&ContactVersion::contact, &ContactRow::child_id>("child_id", kUuid),
    Field<&ContactVersion::contact, &ContactRow::helper_id>("helper_id"),
    Field<&ContactVersion::contact, &ContactRow::report_time>("report_time"),
    Field<&ContactVersion::contact, &ContactRow::group_id>("group_id", kUuid)};
constexpr auto kWhole = kVersion + kAlways;

constexpr postgres::Columns kChanged{Field<&ContactRow::county>("county"),
                                     Field<&ContactRow::contact_id>("contact_id", kUuid),
                                     Field<&ContactRow::kind>("kind"),
                                     Field<&ContactRow::happen_time>("happen_time"),
                                     Field<&ContactRow::note>("note"),
                                     Field<&ContactRow::closed_duty_ids>("closed_duty_ids"),
                                     Field<&ContactRow::mood>("mood"),
                                     Field<&ContactRow::concerns>("concerns", postgres::kInt2),
                                     Field<&ContactRow::version>("version", postgres::kInt2),
                                     Field<&ContactRow::withdrawn>("withdrawn"),
                                     Field<&ContactRow::together_with>("together_with")};
constexpr size_t kKeyColumns = 2;  // county and contact

}  // namespace

absl::Status KeepVersion(postgres::Connection& db, const ContactVersion& version) {
  return kVersion.Insert(db, "contact_version", {&version, 1});
}

absl::StatusOr<std::vector<ContactVersion>> LoadVersions(postgres::Connection& db,
                                                         absl::Span<const postgres::Key> contacts) {
  static const std::string sql =
      absl::StrCat("SELECT ", kWhole.List("t."),
                   " FROM (SELECT v.*, c.child_id, c.helper_id, c.report_time, c.group_id FROM ",
                   postgres::kUuidKeys.Unnest("k"),
                   " JOIN contact_version v ON v.county = k.county AND v.contact_id = k.id "
                   "JOIN contact c ON c.county = v.county AND c.contact_id = v.contact_id) t "
                   "ORDER BY t.contact_id, t.version");
  if (contacts.empty()) return std::vector<ContactVersion>();
  return kWhole.ReadAll(db.Run(sql, postgres::kUuidKeys.Arrays(contacts)));
}

absl::Status ChangeContact(postgres::Connection& db, const ContactRow& contact) {
  static const std::string sql =
      absl::StrCat("UPDATE contact t SET ", kChanged.Assignments("c.", kKeyColumns), " FROM ",
                   kChanged.Unnest("c"), " WHERE t.county = c.county AND t.contact_id = c.contact_id");
  return db.Defer(sql, kChanged.Arrays({&contact, 1}));
}

}  // namespace tonghu::pairing
