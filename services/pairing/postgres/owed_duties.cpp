#include "services/pairing/postgres/owed_duties.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "libs/directory/places.h"
#include "services/pairing/domain/settlement.h"
#include "services/pairing/postgres/row_columns.h"

namespace tonghu::pairing {
namespace {

using postgres::Field;

// The place in the duty is the child's only as long as the duty is owed; `c` has the present one. A child
// that the read model does not know is listed all the same.
constexpr auto kOwedDuty =
    ColumnsOfDuty<&OwedDuty::listed, &ListedDuty::placed>() +
    postgres::Columns{Field<&OwedDuty::listed, &ListedDuty::excuse>("excuse"),
                      Field<&OwedDuty::last_contact>("l.happen_time"),
                      Field<&OwedDuty::total>("(count(*) OVER ())::int4")} +
    directory::PlaceColumns<&OwedDuty::place>(
        {"coalesce(c.school_id, d.school_id)", "coalesce(c.township_code, d.township_code)",
         "coalesce(c.grade, d.grade)", "coalesce(c.class_number, d.class_number)"});

// A helper's children are found by pairing_helper and each child's duties by duty_window. The county's duties
// of nine weeks would be too many to look through. $3: now; $4: duties of windows that ended by then can't be
// made up for; $5: no such window begins earlier, so that pairings that ended before owe nothing. @within is
// the condition of what the caller may see.
constexpr char kFrom[] = R"sql(
FROM (SELECT child_id, bool_or(end_time IS NULL) AS lasts FROM pairing
      WHERE county = $1 AND helper_id = $2 AND (end_time IS NULL OR end_time > $5) GROUP BY child_id) p
JOIN judged_duty d ON d.child_id = p.child_id AND d.county = $1 AND d.helper_id = $2 AND d.window_end > $4 AND d.window_start <= $3
LEFT JOIN child c ON c.county = d.county AND c.child_id = d.child_id
LEFT JOIN LATERAL (SELECT k.happen_time FROM contact k WHERE k.child_id = d.child_id AND NOT k.withdrawn ORDER BY k.happen_time DESC LIMIT 1) l ON true
WHERE (d.state = $6 OR (d.state = $7 AND p.lasts AND d.window_end > $4) OR (d.state NOT IN ($6, $7) AND d.window_end > $3))
  AND @within
ORDER BY CASE d.state WHEN $7 THEN 0 WHEN $6 THEN 1 ELSE 2 END, d.due_time, l.happen_time NULLS FIRST, d.duty_id
LIMIT $8)sql";

}  // namespace

absl::StatusOr<std::vector<OwedDuty>> ListOwedDuties(postgres::Connection& db, const OwedFilter& filter,
                                                     absl::Time now) {
  const absl::Time oldest = now - absl::Hours(24 * kOldestMadeUpDays);
  postgres::Params params = postgres::Params()
                                .Text(filter.county)
                                .Text(filter.helper_id)
                                .Time(now)
                                .Time(oldest)
                                .Time(oldest - absl::Hours(24 * kLongestWindowDays))
                                .Int(static_cast<int>(DutyState::kOpen))
                                .Int(static_cast<int>(DutyState::kMissed))
                                .Int(filter.limit);
  const std::string within = directory::ChildCondition(filter.within, "d.child_id", params);
  const std::string sql =
      absl::StrCat("SELECT ", kOwedDuty.List("d."), absl::StrReplaceAll(kFrom, {{"@within", within}}));
  return kOwedDuty.ReadAll(db.Run(sql, std::move(params)));
}

}  // namespace tonghu::pairing
