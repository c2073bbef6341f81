#include "services/pairing/postgres/queries.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/division/county.h"
#include "libs/journal/event_row.h"
#include "libs/refusal/refusal.h"
#include "services/pairing/domain/refusals.h"

namespace tonghu::pairing {
namespace {

constexpr char kPairings[] =
    "SELECT county, pairing_id, child_id, helper_id, role, start_time, end_time, end_reason FROM pairing "
    "WHERE county = $1 ";
constexpr char kDuties[] =
    "SELECT county, duty_id, child_id, helper_id, pairing_id, kind, state, window_start, window_end, "
    "due_time, contact_id, reported_late, "
    "excuse FROM judged_duty WHERE county = $1 ";
constexpr char kContacts[] =
    "SELECT county, contact_id, child_id, helper_id, kind, happen_time, report_time, note, closed_duty_id "
    "FROM contact WHERE county = $1 ";

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
  std::string county, after;
  int size;
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

// What a list request asks for.
template <class Request>
absl::StatusOr<Listing> Begin(const Request& request) {
  auto county = division::ParseCounty(request.parent(), "parent");
  if (!county.ok()) return county.status();
  if (!request.page_token().empty() && !ids::IsId(request.page_token())) return PageTokenMalformed();
  auto child = Filter(*county, request.child(), "children", "child");
  if (!child.ok()) return child.status();
  return Listing{*county, request.page_token(),
                 request.page_size() <= 0 ? 100 : std::min(request.page_size(), 1000), *std::move(child)};
}

// Rows → page; one row more than the page was asked for says that there is another. `id` is column 1.
template <class Response, class Add>
absl::StatusOr<Response> Page(const absl::StatusOr<postgres::Result>& rows, int size, Add add) {
  if (!rows.ok()) return rows.status();
  Response response;
  const int count = std::min(rows->rows(), size);
  for (int i = 0; i < count; ++i) Fill(*rows, i, add(response));
  if (rows->rows() > size) response.set_next_page_token(rows->String(size - 1, 1));
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
                         .Text(listing->after)
                         .Text(listing->child)
                         .Text(*helper)
                         .Bool(request.show_ended())
                         .Int(listing->size + 1));
  return Page<v1::ListPairingsResponse>(rows, listing->size, [](auto& r) { return r.add_pairings(); });
}

absl::StatusOr<v1::ListDutiesResponse> ListDuties(postgres::Connection& db,
                                                  const v1::ListDutiesRequest& request) {
  auto listing = Begin(request);
  if (!listing.ok()) return listing.status();
  const absl::Time before =
      request.has_due_before() ? journal::ToTime(request.due_before()) : absl::InfiniteFuture();
  auto rows = db.Run(absl::StrCat(kDuties, listing->OfChild(),
                                  "AND duty_id > $2 AND ($4 = 0 OR state = $4) AND due_time <= $5 "
                                  "ORDER BY duty_id LIMIT $6"),
                     postgres::Params()
                         .Text(listing->county)
                         .Text(listing->after)
                         .Text(listing->child)
                         .Int(request.state())
                         .Time(before)
                         .Int(listing->size + 1));
  return Page<v1::ListDutiesResponse>(rows, listing->size, [](auto& r) { return r.add_duties(); });
}

absl::StatusOr<v1::ListContactsResponse> ListContacts(postgres::Connection& db,
                                                      const v1::ListContactsRequest& request) {
  auto listing = Begin(request);
  if (!listing.ok()) return listing.status();
  auto rows =
      db.Run(absl::StrCat(kContacts, listing->OfChild(), "AND contact_id > $2 ORDER BY contact_id LIMIT $4"),
             postgres::Params()
                 .Text(listing->county)
                 .Text(listing->after)
                 .Text(listing->child)
                 .Int(listing->size + 1));
  return Page<v1::ListContactsResponse>(rows, listing->size, [](auto& r) { return r.add_contacts(); });
}

absl::Status PutCalendar(postgres::Connection& db, const ids::Name& school,
                         const calendar::SchoolCalendar& calendar) {
  return db
      .Run(
          "INSERT INTO school_calendar (county, school_id, calendar) VALUES ($1, $2, $3) "
          "ON CONFLICT (county, school_id) DO UPDATE SET calendar = excluded.calendar",
          postgres::Params().Text(school.county).Text(school.id).Text(calendar.ToText()))
      .status();
}

absl::StatusOr<calendar::SchoolCalendar> ReadCalendar(postgres::Connection& db, const ids::Name& school) {
  auto rows = db.Run("SELECT calendar FROM school_calendar WHERE county = $1 AND school_id = $2",
                     postgres::Params().Text(school.county).Text(school.id));
  if (!rows.ok()) return rows.status();
  if (rows->rows() == 0)
    return refusal::NotFound("NO_CALENDAR", "school", "this school has no calendar; put one",
                             "该学校尚未设置校历，请先设置");
  return calendar::SchoolCalendar::Parse(rows->String(0, 0));
}

absl::StatusOr<bool> IsSchool(postgres::Connection& db, const ids::Name& school) {
  auto rows = db.Run("SELECT EXISTS (SELECT FROM school WHERE county = $1 AND school_id = $2)",
                     postgres::Params().Text(school.county).Text(school.id));
  if (!rows.ok()) return rows.status();
  return rows->Bool(0, 0);
}

absl::StatusOr<int> PutPolicy(postgres::Connection& db, const std::string& county, const TalkPolicy& policy) {
  auto rows = db.Run(
      "INSERT INTO talk_policy (county, version, report_grace_seconds, late_report_after_seconds) VALUES "
      "($1, 1, $2, $3) "
      "ON CONFLICT (county) DO UPDATE SET version = talk_policy.version + 1, report_grace_seconds = "
      "excluded.report_grace_seconds, "
      "late_report_after_seconds = excluded.late_report_after_seconds RETURNING version",
      postgres::Params()
          .Text(county)
          .Int(absl::ToInt64Seconds(policy.report_grace))
          .Int(absl::ToInt64Seconds(policy.late_report_after)));
  if (!rows.ok()) return rows.status();
  return static_cast<int>(rows->Int(0, 0));
}

absl::StatusOr<TalkPolicy> ReadPolicy(postgres::Connection& db, const std::string& county) {
  auto rows = db.Run(
      "SELECT version, report_grace_seconds, late_report_after_seconds FROM talk_policy WHERE county = $1",
      postgres::Params().Text(county));
  if (!rows.ok()) return rows.status();
  if (rows->rows() == 0) return TalkPolicy{};
  return TalkPolicy{static_cast<int>(rows->Int(0, 0)), absl::Seconds(rows->Int(0, 1)),
                    absl::Seconds(rows->Int(0, 2))};
}

}  // namespace tonghu::pairing
