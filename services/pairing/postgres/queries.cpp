#include "services/pairing/postgres/queries.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/clock/timestamp.h"
#include "libs/division/county.h"
#include "libs/paging/paging.h"
#include "libs/refusal/refusal.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/postgres/row_columns.h"

namespace tonghu::pairing {
namespace {

using postgres::Field;

// A duty with what its helper's superiors wrote.
struct ListedDuty {
  PlacedDuty placed;
  std::string excuse;
};
constexpr auto kListedDuty =
    ColumnsOfDuty<&ListedDuty::placed>() + postgres::Columns{Field<&ListedDuty::excuse>("excuse")};

struct Uncovered {
  std::string county, child_id, school_id;
  int reason = 0, grade = 0, class_number = 0;
};
constexpr postgres::Columns kUncoveredChild{
    Field<&Uncovered::county>("county"),       Field<&Uncovered::child_id>("child_id", postgres::kUuid),
    Field<&Uncovered::school_id>("school_id"), Field<&Uncovered::reason>("reason"),
    Field<&Uncovered::grade>("grade"),         Field<&Uncovered::class_number>("class_number")};

// Rows of county $1; more conditions follow.
std::string InCounty(const std::string& columns, const char* table) {
  return absl::StrCat("SELECT ", columns, " FROM ", table, " WHERE county = $1 ");
}
std::string Pairings() { return InCounty(kPairing.List(), "pairing"); }
std::string Duties() { return InCounty(kListedDuty.List(), "judged_duty"); }
std::string Contacts() { return InCounty(kContact.List(), "contact"); }

// From what has been planned, not from what should be. Children nobody talks with: the first NOT EXISTS
// leaves few, and reads a province in one pass; `last`: a lasting pairing, else the one that ended last; t:
// the class's teacher. And those whose pairing follows the class teacher but is not theirs. $1 = '-': all
// counties.
constexpr char kUncovered[] = R"sql(
WITH found AS (
  SELECT c.county, c.child_id, c.school_id, c.grade, c.class_number, 1 AS rank,
         CASE WHEN last.pairing_id IS NOT NULL AND last.end_time IS NULL THEN
                CASE WHEN EXISTS (SELECT FROM school_calendar s WHERE s.county = c.county AND s.school_id = c.school_id) THEN $8 ELSE $7 END
              WHEN coalesce(t.holder_id, '') = '' THEN $9 ELSE $6 END::bigint AS reason
  FROM child c
  LEFT JOIN LATERAL (
    SELECT p.pairing_id, p.end_time, p.end_reason FROM pairing p
    WHERE p.child_id = c.child_id AND p.county = c.county ORDER BY p.end_time DESC NULLS FIRST LIMIT 1) last ON true
  LEFT JOIN class_teacher t ON t.county = c.county AND t.school_id = c.school_id AND t.grade = c.grade AND t.class_number = c.class_number
  WHERE ($1 = '-' OR c.county = $1) AND c.child_id > $2
    AND NOT EXISTS (SELECT FROM pairing p
                    WHERE p.child_id = c.child_id AND p.county = c.county AND p.end_time IS NULL AND p.make_time < 'infinity')
    AND (last.pairing_id IS NULL OR last.end_reason <> ALL ($5))
    AND NOT EXISTS (SELECT FROM duty d WHERE d.child_id = c.child_id AND d.county = c.county AND d.window_end > $3 AND d.outcome <> 4)
  UNION ALL
  SELECT c.county, c.child_id, c.school_id, c.grade, c.class_number, 2, $10::bigint
  FROM pairing p
  JOIN child c ON c.county = p.county AND c.child_id = p.child_id
  LEFT JOIN class_teacher t ON t.county = c.county AND t.school_id = c.school_id AND t.grade = c.grade AND t.class_number = c.class_number
  WHERE ($1 = '-' OR p.county = $1) AND p.child_id > $2 AND p.end_time IS NULL AND p.basis = $11
    AND p.helper_id <> coalesce(t.holder_id, ''))
SELECT DISTINCT ON (child_id, county) county, child_id, school_id, reason, grade, class_number
FROM found ORDER BY child_id, county, rank LIMIT $4)sql";

std::string NameOf(const std::string& county, const char* collection, const std::string& id) {
  return id.empty() ? "" : absl::StrCat("counties/", county, "/", collection, "/", id);
}

void Fill(const PairingRow& row, v1::Pairing* pairing) {
  pairing->set_name(NameOf(row.county, "pairings", row.pairing_id));
  pairing->set_child(NameOf(row.county, "children", row.child_id));
  pairing->set_helper(NameOf(row.county, "staffMembers", row.helper_id));
  pairing->set_role(static_cast<v1::PairingRole>(row.role));
  clock::SetTime(row.start_time, pairing->mutable_start_time());
  if (row.end_time != absl::InfinitePast()) clock::SetTime(row.end_time, pairing->mutable_end_time());
  pairing->set_end_reason(static_cast<v1::PairingEndReason>(row.end_reason));
  pairing->set_basis(static_cast<v1::PairingBasis>(row.basis));
  pairing->set_line(row.line_id);
}

void Fill(const ListedDuty& row, v1::Duty* duty) {
  const std::string& county = row.placed.county;
  const Duty& stored = row.placed.duty;
  duty->set_name(NameOf(county, "duties", stored.duty_id));
  duty->set_child(NameOf(county, "children", stored.child_id));
  duty->set_helper(NameOf(county, "staffMembers", stored.helper_id));
  duty->set_pairing(NameOf(county, "pairings", stored.pairing_id));
  duty->set_kind(static_cast<v1::DutyKind>(stored.kind));
  duty->set_state(static_cast<v1::DutyState>(stored.state));
  clock::SetTime(stored.window_start, duty->mutable_window_start());
  clock::SetTime(stored.window_end, duty->mutable_window_end());
  clock::SetTime(stored.due_time, duty->mutable_due_time());
  duty->set_contact(NameOf(county, "contacts", stored.contact_id));
  duty->set_reported_late(stored.reported_late);
  duty->set_excuse(row.excuse);
  duty->set_missed(stored.missed);
  duty->set_made_up(stored.made_up);
}

void Fill(const ContactRow& row, v1::Contact* contact) {
  contact->set_name(NameOf(row.county, "contacts", row.contact_id));
  contact->set_child(NameOf(row.county, "children", row.child_id));
  contact->set_helper(NameOf(row.county, "staffMembers", row.helper_id));
  contact->set_kind(static_cast<v1::ContactKind>(row.kind));
  clock::SetTime(row.happen_time, contact->mutable_happen_time());
  clock::SetTime(row.report_time, contact->mutable_report_time());
  contact->set_note(row.note);
  contact->set_closed_duty(NameOf(row.county, "duties", row.closed_duty_id));
}

void Fill(const Uncovered& row, v1::UncoveredChild* child) {
  child->set_child(NameOf(row.county, "children", row.child_id));
  child->set_school(NameOf(row.county, "schools", row.school_id));
  child->set_reason(static_cast<v1::UncoveredReason>(row.reason));
  child->set_grade(row.grade);
  child->set_class_number(row.class_number);
}

const std::string& IdOf(const PairingRow& row) { return row.pairing_id; }
const std::string& IdOf(const ListedDuty& row) { return row.placed.duty.duty_id; }
const std::string& IdOf(const ContactRow& row) { return row.contact_id; }
const std::string& IdOf(const Uncovered& row) { return row.child_id; }

template <class Resource, class Columns>
absl::StatusOr<Resource> One(postgres::Connection& db, const Columns& columns, const std::string& sql,
                             const ids::Name& name) {
  auto rows = columns.ReadAll(db.Run(sql, postgres::Params().Text(name.county).Uuid(name.id)));
  if (!rows.ok()) return rows.status();
  if (rows->empty())
    return refusal::NotFound("NOT_FOUND", "name",
                             absl::StrCat("nothing in ", name.collection, " has this name"),
                             "没有该记录，请核对编号");
  Resource resource;
  Fill(rows->front(), &resource);
  return resource;
}

// What all lists have: the county, a page, perhaps one child's only.
struct Listing {
  std::string county;
  paging::Page page;
  std::string child;  // its id; empty: of all

  // $3 is the child. Two texts, since an OR would keep the planner from the child's index.
  const char* OfChild() const { return child.empty() ? "AND $3::uuid IS NULL " : "AND child_id = $3 "; }
};

// The id in a name filter; empty for an empty one.
absl::StatusOr<std::string> Filter(const std::string& county, const std::string& text, const char* collection,
                                   const char* field) {
  if (text.empty()) return std::string();
  auto name = ids::ParseName(text, collection, field);
  if (!name.ok()) return name.status();
  if (name->county != county) return OtherCounty(field);
  return name->id;
}

// A list's bounds of time; an unset one leaves nothing out.
absl::Time From(bool set, const google::protobuf::Timestamp& time) {
  return set ? clock::ToTime(time) : absl::UnixEpoch();
}
absl::Time Until(bool set, const google::protobuf::Timestamp& time) {
  return set ? clock::ToTime(time) : absl::InfiniteFuture();
}

// What a list request asks for that may be for one child only.
template <class Request>
absl::StatusOr<Listing> Begin(const Request& request) {
  auto county = division::ParseCounty(request.parent(), "parent");
  if (!county.ok()) return county.status();
  auto page = paging::PageOf(request);
  if (!page.ok()) return page.status();
  auto child = Filter(*county, request.child(), "children", "child");
  if (!child.ok()) return child.status();
  return Listing{*std::move(county), *std::move(page), *std::move(child)};
}

// Rows → page; one row more than the page was asked for says that there is another.
template <class Response, class Row, class Add>
absl::StatusOr<Response> Answer(const absl::StatusOr<std::vector<Row>>& rows, const paging::Page& page,
                                Add add) {
  if (!rows.ok()) return rows.status();
  Response response;
  const size_t count = std::min(rows->size(), static_cast<size_t>(page.size));
  for (size_t i = 0; i < count; ++i) Fill((*rows)[i], add(response));
  if (rows->size() > count) response.set_next_page_token(page.TokenAfter(IdOf((*rows)[count - 1])));
  return response;
}

}  // namespace

absl::StatusOr<v1::Pairing> ReadPairing(postgres::Connection& db, const ids::Name& name) {
  return One<v1::Pairing>(db, kPairing, absl::StrCat(Pairings(), "AND pairing_id = $2"), name);
}
absl::StatusOr<v1::Duty> ReadDuty(postgres::Connection& db, const ids::Name& name) {
  return One<v1::Duty>(db, kListedDuty, absl::StrCat(Duties(), "AND duty_id = $2"), name);
}
absl::StatusOr<v1::Contact> ReadContact(postgres::Connection& db, const ids::Name& name) {
  return One<v1::Contact>(db, kContact, absl::StrCat(Contacts(), "AND contact_id = $2"), name);
}

absl::StatusOr<v1::ListPairingsResponse> ListPairings(postgres::Connection& db,
                                                      const v1::ListPairingsRequest& request) {
  auto listing = Begin(request);
  if (!listing.ok()) return listing.status();
  auto helper = Filter(listing->county, request.helper(), "staffMembers", "helper");
  if (!helper.ok()) return helper.status();
  auto rows = db.Run(absl::StrCat(Pairings(), listing->OfChild(),
                                  "AND pairing_id > $2 AND ($4 = '' OR helper_id = $4) "
                                  "AND ($5 OR end_time IS NULL) ORDER BY pairing_id LIMIT $6"),
                     postgres::Params()
                         .Text(listing->county)
                         .UuidAfter(listing->page.after)
                         .Uuid(listing->child)
                         .Text(*helper)
                         .Bool(request.show_ended())
                         .Int(listing->page.size + 1));
  return Answer<v1::ListPairingsResponse>(kPairing.ReadAll(rows), listing->page,
                                          [](auto& r) { return r.add_pairings(); });
}

absl::StatusOr<v1::ListDutiesResponse> ListDuties(postgres::Connection& db,
                                                  const v1::ListDutiesRequest& request) {
  auto listing = Begin(request);
  if (!listing.ok()) return listing.status();
  auto rows = db.Run(absl::StrCat(Duties(), listing->OfChild(),
                                  "AND duty_id > $2 AND ($4 = 0 OR state = $4) AND due_time <= $5 "
                                  "AND window_end > $7 AND window_start < $8 ORDER BY duty_id LIMIT $6"),
                     postgres::Params()
                         .Text(listing->county)
                         .UuidAfter(listing->page.after)
                         .Uuid(listing->child)
                         .Int(request.state())
                         .Time(Until(request.has_due_before(), request.due_before()))
                         .Int(listing->page.size + 1)
                         .Time(From(request.has_window_from(), request.window_from()))
                         .Time(Until(request.has_window_before(), request.window_before())));
  return Answer<v1::ListDutiesResponse>(kListedDuty.ReadAll(rows), listing->page,
                                        [](auto& r) { return r.add_duties(); });
}

absl::StatusOr<v1::ListUncoveredChildrenResponse> ListUncoveredChildren(
    postgres::Connection& db, const v1::ListUncoveredChildrenRequest& request, absl::Time now) {
  auto county = request.parent() == "counties/-" ? "-" : division::ParseCounty(request.parent(), "parent");
  if (!county.ok()) return county.status();
  auto page = paging::PageOf(request);
  if (!page.ok()) return page.status();
  auto rows = db.Run(kUncovered, postgres::Params()
                                     .Text(*county)
                                     .UuidAfter(page->after)
                                     .Time(now)
                                     .Int(page->size + 1)
                                     .Ints(OnPurpose())
                                     .Int(v1::UNCOVERED_REASON_NOT_PAIRED)
                                     .Int(v1::UNCOVERED_REASON_NO_CALENDAR)
                                     .Int(v1::UNCOVERED_REASON_CALENDAR_OVER)
                                     .Int(v1::UNCOVERED_REASON_NO_CLASS_TEACHER)
                                     .Int(v1::UNCOVERED_REASON_NOT_MOVED)
                                     .Int(v1::PAIRING_BASIS_CLASS_TEACHER));
  return Answer<v1::ListUncoveredChildrenResponse>(kUncoveredChild.ReadAll(rows), *page,
                                                   [](auto& r) { return r.add_uncovered_children(); });
}

absl::StatusOr<v1::ListContactsResponse> ListContacts(postgres::Connection& db,
                                                      const v1::ListContactsRequest& request) {
  auto listing = Begin(request);
  if (!listing.ok()) return listing.status();
  auto rows = db.Run(absl::StrCat(Contacts(), listing->OfChild(),
                                  "AND contact_id > $2 AND happen_time >= $5 AND happen_time < $6 "
                                  "ORDER BY contact_id LIMIT $4"),
                     postgres::Params()
                         .Text(listing->county)
                         .UuidAfter(listing->page.after)
                         .Uuid(listing->child)
                         .Int(listing->page.size + 1)
                         .Time(From(request.has_happen_from(), request.happen_from()))
                         .Time(Until(request.has_happen_before(), request.happen_before())));
  return Answer<v1::ListContactsResponse>(kContact.ReadAll(rows), listing->page,
                                          [](auto& r) { return r.add_contacts(); });
}

}  // namespace tonghu::pairing
