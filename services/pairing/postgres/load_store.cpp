#include "services/pairing/postgres/load_store.h"

#include "absl/strings/str_cat.h"
#include "libs/directory/places.h"
#include "libs/postgres/columns.h"
#include "libs/status/macros.h"

namespace tonghu::pairing {
namespace {

using postgres::Field;

constexpr postgres::Columns kLimit{Field<&LoadLimitRow::county>("county"),
                                   Field<&LoadLimitRow::school_id>("school_id"),
                                   Field<&LoadLimitRow::role>("role"), Field<&LoadLimitRow::most>("most")};
constexpr size_t kLimitKey = 3;  // county, school and role

// The helper and role of a pairing that is wanted.
constexpr postgres::Columns kWanted{Field<&PairingRow::county>("county"),
                                    Field<&PairingRow::helper_id>("helper_id"),
                                    Field<&PairingRow::role>("role")};

// What is found about the wanted pairing number `place`, counted from 1.
struct FoundLoad {
  int64_t place = 0;
  Load load;
};
constexpr postgres::Columns kFound{Field<&FoundLoad::place>("k.n"),
                                   Field<&FoundLoad::load, &Load::children>("l.children", postgres::kInt8),
                                   Field<&FoundLoad::load, &Load::most>("m.most")};
constexpr postgres::Columns kOverloaded{
    Field<&HelperLoad::helper_id>("k.helper_id"), Field<&HelperLoad::role>("k.role"),
    Field<&HelperLoad::load, &Load::children>("k.children", postgres::kInt8),
    Field<&HelperLoad::load, &Load::most>("m.most"), Field<&HelperLoad::total>("(count(*) OVER ())")};

}  // namespace

const std::string& LimitSql() {
  static const std::string sql = [] {
    std::string built_in;
    for (const auto& [role, most] : BuiltInLimits())
      absl::StrAppend(&built_in, " WHEN ", static_cast<int>(role), " THEN ", most);
    return absl::StrCat(
        " LEFT JOIN staff s ON s.county = k.county AND s.staff_id = k.helper_id "
        "LEFT JOIN load_limit own ON own.county = k.county AND own.school_id = s.school_id AND s.school_id "
        "<> '' "
        "AND own.role = k.role "
        "LEFT JOIN load_limit every ON every.county = k.county AND every.school_id = '' AND every.role = "
        "k.role "
        "CROSS JOIN LATERAL (SELECT coalesce(own.most, every.most, CASE k.role",
        built_in, " ELSE 0 END) AS most) m");
  }();
  return sql;
}

absl::Status PutLoadLimit(postgres::Connection& db, const LoadLimitRow& limit) {
  return kLimit.Upsert(db, "load_limit", kLimitKey, {&limit, 1});
}

absl::StatusOr<bool> DeleteLoadLimit(postgres::Connection& db, const LoadLimitRow& limit) {
  ASSIGN_OR_RETURN(
      auto deleted,
      db.Run("DELETE FROM load_limit WHERE county = $1 AND school_id = $2 AND role = $3 RETURNING role",
             postgres::Params().Text(limit.county).Text(limit.school_id).Int(static_cast<int>(limit.role))));
  return deleted.rows() == 1;
}

absl::StatusOr<std::vector<LoadLimitRow>> ListLoadLimits(postgres::Connection& db,
                                                         const std::string& county) {
  static const std::string sql =
      absl::StrCat("SELECT ", kLimit.List(), " FROM load_limit WHERE county = $1 ORDER BY school_id, role");
  return kLimit.ReadAll(db.Run(sql, postgres::Params().Text(county)));
}

absl::StatusOr<Loads> LoadLoads(postgres::Connection& db, absl::Span<const PairingRow> wanted) {
  static const std::string sql =
      absl::StrCat("SELECT ", kFound.List(), " FROM ", kWanted.UnnestNumbered("k"), LimitSql(),
                   // Where there is no limit, nothing is counted: a class teacher may have had hundreds.
                   " CROSS JOIN LATERAL (SELECT count(*) AS children FROM pairing p WHERE m.most <> 0 AND "
                   "p.helper_id = k.helper_id "
                   "AND p.county = k.county AND p.role = k.role AND p.end_time IS NULL) l");
  ASSIGN_OR_RETURN(const auto found, kFound.ReadAll(db.Run(sql, kWanted.Arrays(wanted))));
  Loads loads;
  for (const FoundLoad& row : found) {
    const PairingRow& pairing = wanted[row.place - 1];
    loads.Put(pairing.county, pairing.helper_id, pairing.role, row.load);
  }
  return loads;
}

absl::StatusOr<std::vector<HelperLoad>> ListOverloaded(postgres::Connection& db,
                                                       const OverloadedListing& listing) {
  postgres::Params params = postgres::Params().Text(listing.county).Int(listing.limit);
  const std::string within =
      listing.within.everything ? "TRUE" : directory::ChildCondition(listing.within, "p.child_id", params);
  const std::string sql =
      absl::StrCat("SELECT ", kOverloaded.List(),
                   " FROM (SELECT p.county, p.helper_id, p.role, count(*) AS children, bool_or(", within,
                   ") AS seen FROM pairing p WHERE p.county = $1 AND p.end_time IS NULL "
                   "GROUP BY p.county, p.helper_id, p.role) k",
                   LimitSql(),
                   " WHERE m.most <> 0 AND k.children > m.most AND k.seen "
                   "ORDER BY k.children - m.most DESC, k.helper_id, k.role LIMIT $2");
  return kOverloaded.ReadAll(db.Run(sql, std::move(params)));
}

}  // namespace tonghu::pairing
