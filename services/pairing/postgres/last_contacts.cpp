#include "services/pairing/postgres/last_contacts.h"

#include "absl/strings/str_cat.h"
#include "libs/postgres/columns.h"

namespace tonghu::pairing {
namespace {

constexpr postgres::Columns kLastContact{postgres::Field<&LastContact::child_id>("child_id", postgres::kUuid),
                                         postgres::Field<&LastContact::happen_time>("happen_time")};

}  // namespace

absl::StatusOr<std::vector<LastContact>> LoadLastContacts(postgres::Connection& db, const std::string& county,
                                                          absl::Span<const std::string> children) {
  // The LATERAL query reads one entry of the index contact_child for each child; GROUP BY would read all its
  // contacts. The county is checked afterwards, on that one row.
  static const std::string sql = absl::StrCat(
      "SELECT ", kLastContact.List("t."),
      " FROM (SELECT DISTINCT unnest($2) AS id) k CROSS JOIN LATERAL (SELECT child_id, county, happen_time "
      "FROM contact WHERE child_id = k.id AND NOT withdrawn ORDER BY happen_time DESC LIMIT 1) t WHERE "
      "t.county = $1");
  return kLastContact.ReadAll(db.Run(sql, postgres::Params().Text(county).Uuids(children)));
}

}  // namespace tonghu::pairing
