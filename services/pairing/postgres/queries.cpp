#include "services/pairing/postgres/queries.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/division/county.h"
#include "libs/journal/event_row.h"
#include "libs/paging/paging.h"
#include "libs/refusal/refusal.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/postgres/pairing_store.h"

namespace tonghu::pairing {
namespace {

constexpr char kPairings[] =
    "SELECT county, pairing_id, child_id, helper_id, role, start_time, end_time, end_reason, basis, line_id "
    "FROM pairing WHERE county = $1 ";
constexpr char kDuties[] =
    "SELECT county, duty_id, child_id, helper_id, pairing_id, kind, state, window_start, window_end, "
    "due_time, contact_id, reported_late, "
    "excuse, missed, made_up FROM judged_duty WHERE county = $1 ";
constexpr char kContacts[] =
    "SELECT county, contact_id, child_id, helper_id, kind, happen_time, report_time, note, closed_duty_id "
    "FROM contact WHERE county = $1 ";

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

std::string NameOf(const postgres::Result& rows, int i, const char* collection, int column) {
  const std::string id = rows.String(i, column);
  return id.empty() ? "" : absl::StrCat("counties/", rows.String(i, 0), "/", collection, "/", id);
}

void Fill(const postgres::Result& rows, int i, v1::Pairing* pairing) {
  pairing->set_name(NameOf(rows, i, "pairings", 1));
  pairing->set_child(NameOf(rows, i, "children", 2));
  pairing->set_helper(NameOf(rows, i, "staffMembers", 3));
  pairing->set_role(static_cast<v1::PairingRole>(rows.Int(i, 4)));
  journal::SetTime(rows.Time(i, 5), pairing->mutable_start_time());
  if (!rows.IsNull(i, 6)) journal::SetTime(rows.Time(i, 6), pairing->mutable_end_time());
  pairing->set_end_reason(static_cast<v1::PairingEndReason>(rows.Int(i, 7)));
  pairing->set_basis(static_cast<v1::PairingBasis>(rows.Int(i, 8)));
  pairing->set_line(rows.String(i, 9));
}

void Fill(const postgres::Result& rows, int i, v1::Duty* duty) {
  duty->set_name(NameOf(rows, i, "duties", 1));
  duty->set_child(NameOf(rows, i, "children", 2));
  duty->set_helper(NameOf(rows, i, "staffMembers", 3));
  duty->set_pairing(NameOf(rows, i, "pairings", 4));
  duty->set_kind(static_cast<v1::DutyKind>(rows.Int(i, 5)));
  duty->set_state(static_cast<v1::DutyState>(rows.Int(i, 6)));
  journal::SetTime(rows.Time(i, 7), duty->mutable_window_start());
  journal::SetTime(rows.Time(i, 8), duty->mutable_window_end());
  journal::SetTime(rows.Time(i, 9), duty->mutable_due_time());
  duty->set_contact(NameOf(rows, i, "contacts", 10));
  duty->set_reported_late(rows.Bool(i, 11));
  duty->set_excuse(rows.String(i, 12));
  duty->set_missed(rows.Bool(i, 13));
  duty->set_made_up(rows.Bool(i, 14));
}

void Fill(const postgres::Result& rows, int i, v1::Contact* contact) {
  contact->set_name(NameOf(rows, i, "contacts", 1));
  contact->set_child(NameOf(rows, i, "children", 2));
  contact->set_helper(NameOf(rows, i, "staffMembers", 3));
  contact->set_kind(static_cast<v1::ContactKind>(rows.Int(i, 4)));
  journal::SetTime(rows.Time(i, 5), contact->mutable_happen_time());
  journal::SetTime(rows.Time(i, 6), contact->mutable_report_time());
  contact->set_note(rows.String(i, 7));
  contact->set_closed_duty(NameOf(rows, i, "duties", 8));
}

void Fill(const postgres::Result& rows, int i, v1::UncoveredChild* child) {
  child->set_child(NameOf(rows, i, "children", 1));
  child->set_school(NameOf(rows, i, "schools", 2));
  child->set_reason(static_cast<v1::UncoveredReason>(rows.Int(i, 3)));
  child->set_grade(static_cast<int>(rows.Int(i, 4)));
  child->set_class_number(static_cast<int>(rows.Int(i, 5)));
}

template <class Resource>
absl::StatusOr<Resource> One(postgres::Connection& db, const std::string& sql, const ids::Name& name) {
  auto rows = db.Run(sql, postgres::Params().Text(name.county).Text(name.id));
  if (!rows.ok()) return rows.status();
  if (rows->rows() == 0)
    return refusal::NotFound("NOT_FOUND", "name",
                             absl::StrCat("nothing in ", name.collection, " has this name"),
                             "没有该记录，请核对编号");
  Resource resource;
  Fill(*rows, 0, &resource);
  return resource;
}

// What all lists have: the county, a page, perhaps one child's only.
struct Listing {
  std::string county;
  paging::Page page;
  std::string child;  // its id; empty: of all

  // $3 is the child. Two texts, since an OR would keep the planner from the child's index.
  const char* OfChild() const { return child.empty() ? "AND $3 = '' " : "AND child_id = $3 "; }
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
  return set ? journal::ToTime(time) : absl::UnixEpoch();
}
absl::Time Until(bool set, const google::protobuf::Timestamp& time) {
  return set ? journal::ToTime(time) : absl::InfiniteFuture();
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

// Rows → page; one row more than the page was asked for says that there is another. `id` is column 1.
template <class Response, class Add>
absl::StatusOr<Response> Answer(const absl::StatusOr<postgres::Result>& rows, const paging::Page& page,
                                Add add) {
  if (!rows.ok()) return rows.status();
  Response response;
  const int count = std::min(rows->rows(), page.size);
  for (int i = 0; i < count; ++i) Fill(*rows, i, add(response));
  if (rows->rows() > page.size) response.set_next_page_token(page.TokenAfter(rows->String(page.size - 1, 1)));
  return response;
}

}  // namespace

absl::StatusOr<v1::Pairing> ReadPairing(postgres::Connection& db, const ids::Name& name) {
  return One<v1::Pairing>(db, absl::StrCat(kPairings, "AND pairing_id = $2"), name);
}
absl::StatusOr<v1::Duty> ReadDuty(postgres::Connection& db, const ids::Name& name) {
  return One<v1::Duty>(db, absl::StrCat(kDuties, "AND duty_id = $2"), name);
}
absl::StatusOr<v1::Contact> ReadContact(postgres::Connection& db, const ids::Name& name) {
  return One<v1::Contact>(db, absl::StrCat(kContacts, "AND contact_id = $2"), name);
}

absl::StatusOr<v1::ListPairingsResponse> ListPairings(postgres::Connection& db,
                                                      const v1::ListPairingsRequest& request) {
  auto listing = Begin(request);
  if (!listing.ok()) return listing.status();
  auto helper = Filter(listing->county, request.helper(), "staffMembers", "helper");
  if (!helper.ok()) return helper.status();
  auto rows = db.Run(absl::StrCat(kPairings, listing->OfChild(),
                                  "AND pairing_id > $2 AND ($4 = '' OR helper_id = $4) "
                                  "AND ($5 OR end_time IS NULL) ORDER BY pairing_id LIMIT $6"),
                     postgres::Params()
                         .Text(listing->county)
                         .Text(listing->page.after)
                         .Text(listing->child)
                         .Text(*helper)
                         .Bool(request.show_ended())
                         .Int(listing->page.size + 1));
  return Answer<v1::ListPairingsResponse>(rows, listing->page, [](auto& r) { return r.add_pairings(); });
}

absl::StatusOr<v1::ListDutiesResponse> ListDuties(postgres::Connection& db,
                                                  const v1::ListDutiesRequest& request) {
  auto listing = Begin(request);
  if (!listing.ok()) return listing.status();
  auto rows = db.Run(absl::StrCat(kDuties, listing->OfChild(),
                                  "AND duty_id > $2 AND ($4 = 0 OR state = $4) AND due_time <= $5 "
                                  "AND window_end > $7 AND window_start < $8 ORDER BY duty_id LIMIT $6"),
                     postgres::Params()
                         .Text(listing->county)
                         .Text(listing->page.after)
                         .Text(listing->child)
                         .Int(request.state())
                         .Time(Until(request.has_due_before(), request.due_before()))
                         .Int(listing->page.size + 1)
                         .Time(From(request.has_window_from(), request.window_from()))
                         .Time(Until(request.has_window_before(), request.window_before())));
  return Answer<v1::ListDutiesResponse>(rows, listing->page, [](auto& r) { return r.add_duties(); });
}

absl::StatusOr<v1::ListUncoveredChildrenResponse> ListUncoveredChildren(
    postgres::Connection& db, const v1::ListUncoveredChildrenRequest& request, absl::Time now) {
  auto county = request.parent() == "counties/-" ? "-" : division::ParseCounty(request.parent(), "parent");
  if (!county.ok()) return county.status();
  auto page = paging::PageOf(request);
  if (!page.ok()) return page.status();
  auto rows = db.Run(kUncovered, postgres::Params()
                                     .Text(*county)
                                     .Text(page->after)
                                     .Time(now)
                                     .Int(page->size + 1)
                                     .Ints(OnPurpose())
                                     .Int(v1::UNCOVERED_REASON_NOT_PAIRED)
                                     .Int(v1::UNCOVERED_REASON_NO_CALENDAR)
                                     .Int(v1::UNCOVERED_REASON_CALENDAR_OVER)
                                     .Int(v1::UNCOVERED_REASON_NO_CLASS_TEACHER)
                                     .Int(v1::UNCOVERED_REASON_NOT_MOVED)
                                     .Int(v1::PAIRING_BASIS_CLASS_TEACHER));
  return Answer<v1::ListUncoveredChildrenResponse>(rows, *page,
                                                   [](auto& r) { return r.add_uncovered_children(); });
}

absl::StatusOr<v1::ListContactsResponse> ListContacts(postgres::Connection& db,
                                                      const v1::ListContactsRequest& request) {
  auto listing = Begin(request);
  if (!listing.ok()) return listing.status();
  auto rows = db.Run(absl::StrCat(kContacts, listing->OfChild(),
                                  "AND contact_id > $2 AND happen_time >= $5 AND happen_time < $6 "
                                  "ORDER BY contact_id LIMIT $4"),
                     postgres::Params()
                         .Text(listing->county)
                         .Text(listing->page.after)
                         .Text(listing->child)
                         .Int(listing->page.size + 1)
                         .Time(From(request.has_happen_from(), request.happen_from()))
                         .Time(Until(request.has_happen_before(), request.happen_before())));
  return Answer<v1::ListContactsResponse>(rows, listing->page, [](auto& r) { return r.add_contacts(); });
}

}  // namespace tonghu::pairing
