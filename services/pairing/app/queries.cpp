#include "services/pairing/app/queries.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/clock/timestamp.h"
#include "libs/division/county.h"
#include "libs/ids/references.h"
#include "libs/paging/paging.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/app/messages.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/postgres/owed_duties.h"
#include "services/pairing/postgres/queries.h"

namespace tonghu::pairing {
namespace {

const std::string& IdOf(const PairingRow& row) { return row.pairing_id; }
// The id of a duty in a page token holds its window's end too, by which lists of duties go:
// "1788796800000000_0193...".
std::string IdOf(const ListedDuty& row) {
  return absl::StrCat(absl::ToUnixMicros(row.placed.duty.window_end), "_", row.placed.duty.duty_id);
}
const std::string& IdOf(const ContactRow& row) { return row.contact_id; }
const std::string& IdOf(const UncoveredChild& row) { return row.child_id; }

// The message of the one row; a refusal when there is none.
template <class Row>
auto One(const absl::StatusOr<std::vector<Row>>& rows, const ids::Name& name)
    -> absl::StatusOr<decltype(MessageOf(rows->front()))> {
  if (!rows.ok()) return rows.status();
  if (!rows->empty()) return MessageOf(rows->front());
  return refusal::NotFound("NOT_FOUND", "name",
                           absl::StrCat("nothing in ", name.collection, " has this name"),
                           "没有该记录，请核对编号");
}

// The listing that a request asks for, perhaps of one child. One row more than the page shows whether there
// is another page.
template <class Request>
absl::StatusOr<Listing> ListingOf(const Request& request, const rights::Scope& scope,
                                  const paging::Page& page) {
  ASSIGN_OR_RETURN(auto county, division::ParseCounty(request.parent(), "parent"));
  ASSIGN_OR_RETURN(auto child, ids::OptionalIdIn(county, request.child(), "children", "child"));
  return Listing{std::move(county), std::move(child), page.after, page.size + 1, scope.filter()};
}

// The page of a county's rows that `list` gives.
template <class Response, class Request, class List, class Add>
absl::StatusOr<Response> OnePage(const Request& request, const rights::Scope& scope, List list, Add add) {
  ASSIGN_OR_RETURN(auto page, paging::PageOf(request, scope.Fingerprint()));
  ASSIGN_OR_RETURN(auto rows, list(page));
  Response response;
  response.set_next_page_token(page.Cut(rows, [](const auto& row) { return IdOf(row); }));
  for (const auto& row : rows) *add(response) = MessageOf(row);
  return response;
}

}  // namespace

absl::StatusOr<v1::Pairing> GetPairing(postgres::Connection& db, const ids::Name& name) {
  ASSIGN_OR_RETURN(const auto found, LoadPairings(db, {{name.county, name.id}}));
  if (found.empty()) return UnknownPairing("name");
  return MessageOf(found.begin()->second);
}
absl::StatusOr<v1::Duty> GetDuty(postgres::Connection& db, const ids::Name& name) {
  return One(FindDuty(db, name.county, name.id), name);
}
absl::StatusOr<v1::Contact> GetContact(postgres::Connection& db, const ids::Name& name) {
  return One(FindContact(db, name.county, name.id), name);
}

absl::StatusOr<v1::ListPairingsResponse> ListPairings(postgres::Connection& db, const rights::Scope& scope,
                                                      const v1::ListPairingsRequest& request) {
  const auto list = [&](const paging::Page& page) -> absl::StatusOr<std::vector<PairingRow>> {
    ASSIGN_OR_RETURN(auto listing, ListingOf(request, scope, page));
    ASSIGN_OR_RETURN(auto helper,
                     ids::OptionalIdIn(listing.county, request.helper(), "staffMembers", "helper"));
    return ListPairings(db, listing, {std::move(helper), request.show_ended()});
  };
  return OnePage<v1::ListPairingsResponse>(request, scope, list, [](auto& r) { return r.add_pairings(); });
}

namespace {

// The children whom a request for duties asks for. Errors: refusals.
absl::StatusOr<rights::Filter> AskedFor(const v1::ListDutiesRequest& request) {
  ASSIGN_OR_RETURN(const auto county, division::ParseCounty(request.parent(), "parent"));
  ASSIGN_OR_RETURN(auto school, ids::OptionalIdIn(county, request.school(), "schools", "school"));
  if (school.empty() && request.grade() != 0)
    return refusal::Invalid("SCHOOL_MISSING", "school", "a grade needs its school", "请填写学校。");
  if (request.grade() == 0 && request.class_number() != 0)
    return refusal::Invalid("GRADE_MISSING", "grade", "a class needs its grade", "请填写年级。");
  if (school.empty()) return rights::Filter{.everything = true};
  if (request.grade() == 0) return rights::Filter{.schools = {std::move(school)}};
  return rights::Filter{.classes = {{std::move(school), request.grade(), request.class_number()}}};
}

}  // namespace

absl::StatusOr<v1::ListDutiesResponse> ListDuties(postgres::Connection& db, const rights::Scope& scope,
                                                  const v1::ListDutiesRequest& request) {
  DutyFilter filter{.state = request.state(), .kind = request.kind()};
  if (request.has_due_before()) filter.due_before = clock::ToTime(request.due_before());
  if (request.has_window_from()) filter.window_from = clock::ToTime(request.window_from());
  if (request.has_window_before()) filter.window_before = clock::ToTime(request.window_before());
  ASSIGN_OR_RETURN(filter.of, AskedFor(request));
  const auto list = [&](const paging::Page& page) -> absl::StatusOr<std::vector<ListedDuty>> {
    ASSIGN_OR_RETURN(auto listing, ListingOf(request, scope, page));
    const std::pair<std::string, std::string> behind = absl::StrSplit(page.after, absl::MaxSplits('_', 1));
    // On the first page `after` is empty, and there is no window to go on from.
    if (int64_t micros = 0; absl::SimpleAtoi(behind.first, &micros)) {
      filter.behind = absl::FromUnixMicros(micros);
      listing.after = behind.second;
    }
    return ListDuties(db, listing, filter);
  };
  return OnePage<v1::ListDutiesResponse>(request, scope, list, [](auto& r) { return r.add_duties(); });
}

absl::StatusOr<v1::ListOwedDutiesResponse> ListOwedDuties(postgres::Connection& db,
                                                          const rights::Scope& scope,
                                                          const v1::ListOwedDutiesRequest& request,
                                                          absl::Time now) {
  ASSIGN_OR_RETURN(auto county, division::ParseCounty(request.parent(), "parent"));
  ASSIGN_OR_RETURN(auto helper, ids::IdIn(county, request.helper(), "staffMembers", "helper"));
  ASSIGN_OR_RETURN(auto page, paging::PageIn("", request.page_size(), "", 1000));
  ASSIGN_OR_RETURN(
      auto rows, ListOwedDuties(db, {std::move(county), std::move(helper), page.size, scope.filter()}, now));
  v1::ListOwedDutiesResponse response;
  for (const OwedDuty& row : rows) *response.add_owed_duties() = MessageOf(row);
  response.set_total_size(rows.empty() ? 0 : rows.front().total);
  return response;
}

absl::StatusOr<v1::ListContactsResponse> ListContacts(postgres::Connection& db, const rights::Scope& scope,
                                                      const v1::ListContactsRequest& request) {
  ContactFilter filter;
  filter.show_withdrawn = request.show_withdrawn();
  if (request.has_happen_from()) filter.from = clock::ToTime(request.happen_from());
  if (request.has_happen_before()) filter.before = clock::ToTime(request.happen_before());
  const auto list = [&](const paging::Page& page) -> absl::StatusOr<std::vector<ContactRow>> {
    ASSIGN_OR_RETURN(auto listing, ListingOf(request, scope, page));
    return ListContacts(db, listing, filter);
  };
  return OnePage<v1::ListContactsResponse>(request, scope, list, [](auto& r) { return r.add_contacts(); });
}

absl::StatusOr<v1::ListUncoveredChildrenResponse> ListUncoveredChildren(
    postgres::Connection& db, const rights::Scope& scope, const v1::ListUncoveredChildrenRequest& request,
    absl::Time now) {
  const auto list = [&](const paging::Page& page) -> absl::StatusOr<std::vector<UncoveredChild>> {
    // "counties/-" is the whole province, as `tonghuctl doctor` asks for it.
    ASSIGN_OR_RETURN(auto county, request.parent() == "counties/-"
                                      ? "-"
                                      : division::ParseCounty(request.parent(), "parent"));
    return ListUncovered(db, {std::move(county), "", page.after, page.size + 1, scope.filter()}, now);
  };
  return OnePage<v1::ListUncoveredChildrenResponse>(request, scope, list,
                                                    [](auto& r) { return r.add_uncovered_children(); });
}

}  // namespace tonghu::pairing
