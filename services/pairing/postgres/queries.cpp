#include "services/pairing/postgres/queries.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "libs/directory/places.h"
#include "libs/ids/ids.h"
#include "libs/status/macros.h"
#include "services/pairing/postgres/closure_store.h"
#include "services/pairing/postgres/row_columns.h"
#include "services/pairing/postgres/whisper_store.h"

namespace tonghu::pairing {
namespace {

using postgres::Field;

constexpr auto kListedDuty =
    ColumnsOfDuty<&ListedDuty::placed>() + postgres::Columns{Field<&ListedDuty::excuse>("excuse")};

constexpr postgres::Columns kUncoveredChild{Field<&UncoveredChild::county>("county"),
                                            Field<&UncoveredChild::child_id>("child_id", postgres::kUuid),
                                            Field<&UncoveredChild::school_id>("school_id"),
                                            Field<&UncoveredChild::reason>("reason", postgres::kInt4),
                                            Field<&UncoveredChild::grade>("grade"),
                                            Field<&UncoveredChild::class_number>("class_number"),
                                            Field<&UncoveredChild::since>("since"),
                                            Field<&UncoveredChild::unowed>("unowed")};

// A SELECT of rows of county $1; the caller adds conditions.
std::string InCounty(const std::string& columns, const char* table) {
  return absl::StrCat("SELECT ", columns, " FROM ", table, " WHERE county = $1 ");
}
std::string Pairings() { return InCounty(kPairing.List(), "pairing"); }
std::string Duties() { return InCounty(kListedDuty.List(), "judged_duty"); }
std::string Contacts() { return InCounty(kContact.List(), "contact"); }

// The condition of the child, $3. There are two texts, since an OR would keep the planner from the child's
// index.
const char* OfChild(const Listing& listing) {
  return listing.child_id.empty() ? "AND $3::uuid IS NULL " : "AND child_id = $3 ";
}
// The parameters $1 to $4 of every list.
postgres::Params ParamsOf(const Listing& listing) {
  return postgres::Params()
      .Text(listing.county)
      .UuidAfter(listing.after)
      .Uuid(listing.child_id)
      .Int(listing.limit);
}

// The condition of the children whom a filter lets through, by where they are now.
std::string Of(const rights::Filter& filter, postgres::Params& params) {
  return filter.everything ? ""
                           : absl::StrCat(" AND ", directory::ChildCondition(filter, "child_id", params));
}
// The condition of what the caller may see.
std::string Within(const Listing& listing, postgres::Params& params) { return Of(listing.within, params); }

// The children who are uncovered, judged by what has been planned, not by what should have been: a fault in
// planning shows here too. The first part finds children with whom nobody talks: the first NOT EXISTS leaves
// few, and reads a province in one pass. `last` is a lasting pairing, or else the one that ended last; `t` is
// the class teacher's post. The second part finds pairings that follow the class teacher but are not the
// teacher's; the third, children of whom something is asked that nobody owes; the fourth, pairings with
// helpers who have left, which come first: whatever else is wrong, that child's helper is gone. $1 = '-': all
// counties. @within is the condition of the children `c` that the caller may see; pairings of roles that do
// not look after a child (not @looks_after) do not count.
constexpr char kUncovered[] = R"sql(
WITH found AS (
  SELECT c.county, c.child_id, c.school_id, c.grade, c.class_number, 1 AS rank,
         CASE WHEN last.pairing_id IS NOT NULL AND last.end_time IS NULL THEN
                CASE WHEN EXISTS (SELECT FROM school_calendar s WHERE s.county = c.county AND s.school_id = c.school_id) THEN $8 ELSE $7 END
              WHEN coalesce(t.holder_id, '') = '' THEN $9 ELSE $6 END::bigint AS reason
  FROM child c
  LEFT JOIN LATERAL (
    SELECT p.pairing_id, p.end_time, p.end_reason FROM pairing p
    WHERE p.child_id = c.child_id AND p.county = c.county AND @looks_after ORDER BY p.end_time DESC NULLS FIRST, p.pairing_id DESC LIMIT 1) last ON true
  LEFT JOIN class_teacher t ON t.county = c.county AND t.school_id = c.school_id AND t.grade = c.grade AND t.class_number = c.class_number
  WHERE ($1 = '-' OR c.county = $1) AND c.child_id > $2 AND @within
    AND NOT EXISTS (SELECT FROM pairing p
                    WHERE p.child_id = c.child_id AND p.county = c.county AND p.end_time IS NULL AND p.make_time < 'infinity' AND @looks_after)
    AND (last.pairing_id IS NULL OR last.end_reason <> ALL ($5))
    AND NOT EXISTS (SELECT FROM duty d JOIN pairing p ON p.county = d.county AND p.pairing_id = d.pairing_id
                    WHERE d.child_id = c.child_id AND d.county = c.county AND d.window_end > $3 AND (d.outcome <> 4 OR d.by_closure) AND @looks_after)
  UNION ALL
  SELECT c.county, c.child_id, c.school_id, c.grade, c.class_number, 2, $10::bigint
  FROM pairing p
  JOIN child c ON c.county = p.county AND c.child_id = p.child_id
  LEFT JOIN class_teacher t ON t.county = c.county AND t.school_id = c.school_id AND t.grade = c.grade AND t.class_number = c.class_number
  WHERE ($1 = '-' OR p.county = $1) AND p.child_id > $2 AND @within AND p.end_time IS NULL AND p.basis = $11
    AND p.helper_id <> coalesce(t.holder_id, '')
  UNION ALL
  SELECT c.county, c.child_id, c.school_id, c.grade, c.class_number, 3, $12::bigint
  FROM coverage_gap g
  JOIN child c ON c.county = g.county AND c.child_id = g.child_id
  WHERE ($1 = '-' OR g.county = $1) AND g.child_id > $2 AND @within AND g.gap > 0
  UNION ALL
  SELECT c.county, c.child_id, c.school_id, c.grade, c.class_number, 0, $13::bigint
  FROM left_staff f
  JOIN pairing p ON p.helper_id = f.staff_id AND p.county = f.county AND p.end_time IS NULL
  JOIN child c ON c.county = p.county AND c.child_id = p.child_id
  WHERE ($1 = '-' OR f.county = $1) AND p.child_id > $2 AND @within),
listed AS (
  SELECT DISTINCT ON (child_id, county) county, child_id, school_id, reason, grade, class_number
  FROM found ORDER BY child_id, county, rank LIMIT $4)
SELECT l.county, l.child_id, l.school_id, l.reason, l.grade, l.class_number, g.since, coalesce(g.unowed, 0) AS unowed
FROM listed l LEFT JOIN LATERAL (
  SELECT min(g.since) AS since, bit_or(1 << g.gap) FILTER (WHERE g.gap > 0) AS unowed
  FROM coverage_gap g WHERE g.child_id = l.child_id AND g.county = l.county) g ON true
ORDER BY l.child_id, l.county)sql";

}  // namespace

absl::StatusOr<std::vector<ListedDuty>> FindDuty(postgres::Connection& db, const std::string& county,
                                                 const std::string& duty_id) {
  return kListedDuty.ReadAll(
      db.Run(absl::StrCat(Duties(), "AND duty_id = $2"), postgres::Params().Text(county).Uuid(duty_id)));
}

absl::StatusOr<std::vector<ContactRow>> FindContact(postgres::Connection& db, const std::string& county,
                                                    const std::string& contact_id) {
  return kContact.ReadAll(db.Run(absl::StrCat(Contacts(), "AND contact_id = $2"),
                                 postgres::Params().Text(county).Uuid(contact_id)));
}

absl::StatusOr<directory::ReadModelPlaces::Abouts> FindChildren(postgres::Connection& db,
                                                                const rpc::Sought& sought) {
  if (sought.collection == "closures") return FindClosed(db, sought);
  if (sought.collection == "whisperLetters") return FindLetterPlaces(db, sought);
  for (const auto& [collection, table, id] :
       {std::tuple("pairings", "pairing", "pairing_id"), std::tuple("duties", "duty", "duty_id"),
        std::tuple("contacts", "contact", "contact_id"), std::tuple("doubts", "doubt", "contact_id")}) {
    if (sought.collection != collection) continue;
    ASSIGN_OR_RETURN(auto rows, db.Run(absl::StrCat("SELECT ", id, ", child_id FROM ", table,
                                                    " WHERE county = $1 AND ", id, " = ANY ($2)"),
                                       postgres::Params().Text(sought.county).Uuids(sought.resources)));
    directory::ReadModelPlaces::Abouts abouts;
    for (int i = 0; i < rows.rows(); ++i) abouts[rows.Uuid(i, 0)] = {.child_id = rows.Uuid(i, 1)};
    return abouts;
  }
  return absl::InternalError(absl::StrCat("nothing is known of ", sought.collection));
}

absl::StatusOr<std::vector<PairingRow>> ListPairings(postgres::Connection& db, const Listing& listing,
                                                     const PairingFilter& filter) {
  postgres::Params params = ParamsOf(listing).Text(filter.helper_id).Bool(filter.show_ended);
  const std::string sql = absl::StrCat(Pairings(), OfChild(listing),
                                       "AND pairing_id > $2 AND ($5 = '' OR helper_id = $5) "
                                       "AND ($6 OR end_time IS NULL)",
                                       Within(listing, params), " ORDER BY pairing_id LIMIT $4");
  return kPairing.ReadAll(db.Run(sql, std::move(params)));
}

absl::StatusOr<std::vector<ListedDuty>> ListDuties(postgres::Connection& db, const Listing& listing,
                                                   const DutyFilter& filter) {
  postgres::Params params = ParamsOf(listing)
                                .Int(filter.state)
                                .Time(filter.due_before)
                                .Time(filter.window_from)
                                .Time(filter.window_before)
                                .Time(filter.behind)
                                .Int(filter.kind);
  const std::string sql =
      absl::StrCat(Duties(), OfChild(listing),
                   "AND (window_end, duty_id) > ($9, $2) AND ($5 = 0 OR state = $5) AND due_time <= $6 "
                   "AND window_end > $7 AND window_start < $8 AND ($10 = 0 OR kind = $10)",
                   Within(listing, params), Of(filter.of, params), " ORDER BY window_end, duty_id LIMIT $4");
  return kListedDuty.ReadAll(db.Run(sql, std::move(params)));
}

// A contact's id begins with the time of its report (UUIDv7), which follows what happened within
// kOldestContact. These bounds of the ids keep the list from reading a county's years, and no index has to
// know when contacts happened.
absl::StatusOr<std::vector<ContactRow>> ListContacts(postgres::Connection& db, const Listing& listing,
                                                     const ContactFilter& filter) {
  Listing from = listing;
  from.after = std::max(listing.after, ids::FirstAt(filter.from - kClockTolerance));
  const std::string until = ids::FirstAt(filter.before + kOldestContact + absl::Milliseconds(1));
  postgres::Params params = ParamsOf(from).Time(filter.from).Time(filter.before).Uuid(until);
  const std::string sql = absl::StrCat(Contacts(), OfChild(listing),
                                       "AND contact_id > $2 AND contact_id < $7 AND happen_time >= $5 "
                                       "AND happen_time < $6",
                                       filter.show_withdrawn ? "" : " AND NOT withdrawn",
                                       Within(listing, params), " ORDER BY contact_id LIMIT $4");
  return kContact.ReadAll(db.Run(sql, std::move(params)));
}

absl::StatusOr<std::vector<UncoveredChild>> ListUncovered(postgres::Connection& db, const Listing& listing,
                                                          absl::Time now) {
  const auto number = [](auto value) { return static_cast<int>(value); };
  // In the order of kUncovered's parameters.
  postgres::Params params = postgres::Params()
                                .Text(listing.county)
                                .UuidAfter(listing.after)
                                .Time(now)
                                .Int(listing.limit)
                                .Ints(OnPurpose())
                                .Int(number(UncoveredReason::kNotPaired))
                                .Int(number(UncoveredReason::kNoCalendar))
                                .Int(number(UncoveredReason::kCalendarOver))
                                .Int(number(UncoveredReason::kNoClassTeacher))
                                .Int(number(UncoveredReason::kNotMoved))
                                .Int(number(PairingBasis::kClassTeacher))
                                .Int(number(UncoveredReason::kNobodyOwes))
                                .Int(number(UncoveredReason::kHelperLeft));
  const rights::RowColumns child{"c.school_id", "c.township_code", "c.grade", "c.class_number", "c.child_id"};
  const std::string sql = absl::StrReplaceAll(
      kUncovered,
      {{"@within", rights::Condition(listing.within, child, params)}, {"@looks_after", LooksAfterSql()}});
  return kUncoveredChild.ReadAll(db.Run(sql, std::move(params)));
}

}  // namespace tonghu::pairing
