#include "services/pairing/app/doubts.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/clock/clock.h"
#include "libs/clock/epoch_day.h"
#include "libs/clock/timestamp.h"
#include "libs/division/county.h"
#include "libs/ids/references.h"
#include "libs/paging/paging.h"
#include "libs/refusal/characters.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/app/answer.h"
#include "services/pairing/domain/contact.h"
#include "services/pairing/events/publish.h"
#include "services/pairing/postgres/closure_store.h"

namespace tonghu::pairing {
namespace {

constexpr int kHelpersAtOnce = 50;
// Pairings of the helpers who are looked at in one transaction; one helper may have more.
constexpr int64_t kPairingsAtOnce = 300;
constexpr absl::Duration kHourOfLook = absl::Hours(3);

// The school days of windows, each computed once.
class SchoolDays {
 public:
  explicit SchoolDays(std::map<postgres::Key, calendar::SchoolCalendar> calendars)
      : calendars_(std::move(calendars)) {}
  WindowContact Of(const std::string& county, const WindowRow& row) {
    const absl::CivilDay first = clock::DayOf(row.window_start), last = clock::DayOf(row.window_end) - 1;
    auto [found, is_new] = days_.try_emplace({row.school_id, first, last});
    auto& [last_school_day, count] = found->second;
    const auto calendar = calendars_.find({county, row.school_id});
    // A school without a calendar has no school days: nothing is said of its windows.
    if (is_new && calendar != calendars_.end()) {
      for (const calendar::Week& week : calendar->second.SchoolWeeks(first, last)) {
        count += static_cast<int>(week.school_days.size());
        last_school_day = week.school_days.back();
      }
    }
    return {row.contact_id, row.kind, first, last_school_day, count, clock::DayOf(row.happen_time)};
  }

 private:
  const std::map<postgres::Key, calendar::SchoolCalendar> calendars_;
  std::map<std::tuple<std::string, absl::CivilDay, absl::CivilDay>, std::pair<absl::CivilDay, int>> days_;
};

absl::StatusOr<std::map<std::string, std::vector<WindowContact>>> WindowsOf(postgres::Connection& db,
                                                                            const HelpersAsked& asked,
                                                                            absl::Time now) {
  ASSIGN_OR_RETURN(const auto rows, LoadWindowContacts(db, asked, now));
  std::set<postgres::Key> schools;
  absl::Time earliest = now;
  for (const WindowRow& row : rows) {
    schools.emplace(asked.county, row.school_id);
    earliest = std::min(earliest, row.window_start);
  }
  ASSIGN_OR_RETURN(auto calendars,
                   LoadCalendarsOf(db, std::vector(schools.begin(), schools.end()), clock::DayOf(earliest)));
  SchoolDays days(std::move(calendars));
  std::map<std::string, std::vector<WindowContact>> windows;
  for (const WindowRow& row : rows) windows[row.helper_id].push_back(days.Of(asked.county, row));
  return windows;
}

HelpersContact FactsOf(const ContactRow& row) {
  return {row.contact_id,    row.child_id,         row.kind, row.happen_time, PlainText(row.note),
          row.concerns != 0, !row.group_id.empty()};
}

// A contact that is doubtful now, or was.
struct Turn {
  DoubtRow before, after;
};

// What is known of the contacts that happened since `since`, and what is found now. `contacts`: also earlier
// ones.
std::vector<Turn> Compare(const std::string& county, const std::vector<ContactRow>& contacts,
                          std::vector<DoubtRow> known, std::map<std::string, Doubt> found, absl::Time since) {
  std::map<std::string, Turn> turns;
  for (DoubtRow& row : known) {
    DoubtRow gone = row;
    gone.known.reasons = 0;
    std::string id = row.contact_id;
    turns.emplace(std::move(id), Turn{std::move(row), std::move(gone)});
  }
  for (const ContactRow& contact : contacts) {
    const auto doubt = found.find(contact.contact_id);
    if (contact.happen_time < since || (doubt == found.end() && !turns.contains(contact.contact_id)))
      continue;
    auto [one, is_new] = turns.try_emplace(contact.contact_id);
    auto& [before, after] = one->second;
    if (is_new) {
      before.county = county;
      before.contact_id = contact.contact_id;
      before.child_id = contact.child_id;
      before.helper_id = contact.helper_id;
    }
    after = before;
    after.kind = contact.kind;
    after.happen_time = contact.happen_time;
    after.report_time = contact.report_time;
    const Doubt now = doubt == found.end() ? Doubt() : doubt->second;
    after.known = LookAgain(before.known, now.reasons, contact.version);
    after.alike = now.alike;
  }
  std::vector<Turn> all;
  for (auto& [id, one] : turns) all.push_back(std::move(one));
  return all;
}

// Fills in of the doubts that stand what the contact does now, and of those that did not stand before the
// child's place.
absl::Status FillIn(journal::ShardTransaction& transaction, const std::string& county,
                    std::vector<Turn>& turns) {
  std::vector<DoubtRow> standing;
  for (const Turn& one : turns) {
    if (one.after.known.Stands()) standing.push_back(one.after);
  }
  ASSIGN_OR_RETURN(const auto rows, LoadDoubtfulNow(transaction.db(), county, standing));
  std::map<std::string, DoubtfulNow> now;
  std::map<std::string, std::string> days;
  for (const DoubtfulNow& row : rows) {
    now.emplace(row.contact_id, row);
    if (row.window_start == absl::InfinitePast()) continue;
    std::string& text = days[row.contact_id];
    absl::StrAppend(&text, text.empty() ? "" : " ", clock::EpochDay(clock::DayOf(row.window_start)));
  }
  for (Turn& one : turns) {
    DoubtRow& after = one.after;
    after.done_days = after.known.Stands() ? days[after.contact_id] : "";
    if (!after.known.Stands() || one.before.known.Stands()) continue;
    const auto found = now.find(after.contact_id);
    if (found == now.end()) return absl::InternalError("the child of a contact is not known");
    after.place = found->second.place;
    after.find_time = transaction.now();
  }
  return absl::OkStatus();
}

// Forgets who dismissed what is looked at anew.
void ForgetDismissal(DoubtRow& row) {
  if (row.known.dismissed != 0) return;
  row.dismissed_by = row.dismiss_reason = "";
  row.dismiss_time = absl::InfinitePast();
}

bool IsSame(const DoubtRow& a, const DoubtRow& b) {
  return a.known == b.known && a.alike == b.alike && a.done_days == b.done_days && a.kind == b.kind &&
         a.happen_time == b.happen_time;
}

// Publishes and stores what has changed.
absl::Status Save(journal::ShardTransaction& transaction, const std::string& county,
                  std::vector<Turn>& turns) {
  std::vector<DoubtRow> stored;
  std::vector<std::string> gone;
  for (auto& [before, after] : turns) {
    if (IsSame(before, after)) continue;
    ForgetDismissal(after);
    const bool stood = before.known.Stands(), stands = after.known.Stands();
    const bool is_told_so = stood && before.known.reasons == after.known.reasons &&
                            before.known.dismissed == after.known.dismissed &&
                            before.done_days == after.done_days;
    if (stands && !is_told_so) PublishContactDoubted(transaction, before, after);
    if (stood && !stands) PublishContactDoubtEnded(transaction, before, false);
    if (after.known.reasons == 0 && after.known.dismissed == 0) {
      gone.push_back(after.contact_id);
    } else {
      stored.push_back(std::move(after));
    }
  }
  RETURN_IF_ERROR(DeleteDoubts(transaction.db(), county, gone));
  return StoreDoubts(transaction.db(), stored);
}

// Looks at some helpers' contacts. Gives how many helpers, 1 when only the end was reached.
absl::StatusOr<int> LookFurther(journal::ShardTransaction& transaction, int) {
  ASSIGN_OR_RETURN(auto looks, LoadDoubtLook(transaction.db(), transaction.shard(), transaction.now()));
  if (looks.empty()) return 0;
  DoubtLook& look = looks.front();
  ASSIGN_OR_RETURN(const auto staff, LoadNextHelpers(transaction.db(), look, kHelpersAtOnce));
  if (staff.empty()) {
    RETURN_IF_ERROR(EndDoubtLook(transaction.db(), look, NextDoubtLook(transaction.now())));
    return 1;
  }
  // What was reported since the look before happened at most so long before its report.
  HelpersAsked asked{look.county, {}, look.looked_to - kOldestContact};
  int64_t pairings = 0;
  for (const PairedHelper& one : staff) {
    if (pairings > 0 && pairings + one.pairings > kPairingsAtOnce) break;
    pairings += one.pairings;
    look.helper_id = one.helper_id;
    if (one.pairings > 0) asked.helpers.push_back(one.helper_id);
  }
  const int helpers = std::max<int>(asked.helpers.size(), 1);
  RETURN_IF_ERROR(LookForDoubts(transaction, std::move(asked)));
  RETURN_IF_ERROR(MoveDoubtLook(transaction.db(), look));
  return helpers;
}

v1::Doubt MessageOf(const DoubtRow& row) {
  v1::Doubt doubt;
  doubt.set_name(ids::NameOf(row.county, "doubts", row.contact_id));
  doubt.set_contact(ids::NameOf(row.county, "contacts", row.contact_id));
  doubt.set_child(ids::NameOf(row.county, "children", row.child_id));
  doubt.set_helper(ids::NameOf(row.county, "staffMembers", row.helper_id));
  doubt.set_kind(static_cast<v1::ContactKind>(row.kind));
  clock::SetTime(row.happen_time, doubt.mutable_happen_time());
  clock::SetTime(row.report_time, doubt.mutable_report_time());
  for (int reason = 1; reason <= kDoubtReasons; ++reason) {
    if ((row.known.reasons & 1 << reason) != 0) doubt.add_reasons(static_cast<v1::DoubtReason>(reason));
  }
  doubt.set_alike(row.alike);
  clock::SetTime(row.find_time, doubt.mutable_find_time());
  doubt.set_state(row.known.Stands() ? v1::DOUBT_STATE_OPEN : v1::DOUBT_STATE_DISMISSED);
  doubt.set_dismissed_by(ids::NameOf(row.county, "staffMembers", row.dismissed_by));
  doubt.set_dismiss_reason(row.dismiss_reason);
  if (row.dismiss_time != absl::InfinitePast())
    clock::SetTime(row.dismiss_time, doubt.mutable_dismiss_time());
  return doubt;
}

absl::StatusOr<v1::Doubt> DismissOne(journal::ShardTransaction& transaction, const std::string& county,
                                     const v1::DismissDoubtRequest& request) {
  ASSIGN_OR_RETURN(const auto id, ids::IdIn(county, request.name(), "doubts", "name"));
  ASSIGN_OR_RETURN(const auto by, ids::IdIn(county, request.staff_member(), "staffMembers", "staff_member"));
  if (request.reason().empty() || refusal::CharactersOf(request.reason()) > kLongestReason) {
    return refusal::Invalid("DISMISS_REASON_LENGTH", "reason", "reason has 1 to 500 characters",
                            "请填写核实情况，不超过500字");
  }
  ASSIGN_OR_RETURN(auto found, FindDoubt(transaction.db(), county, id));
  if (found.empty() || found.front().known.reasons == 0) {
    return refusal::NotFound("DOUBT_NOT_FOUND", "name", "the contact is not doubtful (any more)",
                             "该联系未被列为存疑，或已不再存疑，请刷新");
  }
  DoubtRow& row = found.front();
  if (!row.known.Stands()) {
    return refusal::Precondition("DOUBT_DISMISSED", "name", "the doubt was dismissed before",
                                 "该存疑联系已有人核实，请刷新");
  }
  if (row.helper_id == by) {
    return refusal::Precondition("DOUBT_OF_OWN_CONTACT", "staff_member",
                                 "nobody dismisses a doubt about a contact of their own; ask the county",
                                 "本人的联系不能由本人核实，请县级工作人员核实");
  }
  PublishContactDoubtEnded(transaction, row, true);
  row.known.dismissed |= row.known.reasons;
  row.done_days.clear();
  row.dismissed_by = by;
  row.dismiss_reason = request.reason();
  row.dismiss_time = transaction.now();
  RETURN_IF_ERROR(StoreDoubts(transaction.db(), {row}));
  return MessageOf(row);
}

}  // namespace

absl::Time NextDoubtLook(absl::Time now) {
  const absl::CivilDay today = clock::DayOf(now);
  const absl::Time at = clock::StartOf(today) + kHourOfLook;
  return now < at ? at : clock::StartOf(today + 1) + kHourOfLook;
}

absl::Status LookForDoubts(journal::ShardTransaction& transaction, HelpersAsked changed) {
  if (changed.helpers.empty()) return absl::OkStatus();
  const std::string county = changed.county;
  // What a contact makes doubtful lies within reach of it, and depends on what lies within reach of that.
  HelpersAsked decided = std::move(changed);
  decided.since -= kSameTextReach;
  HelpersAsked read = decided;
  read.since -= kSameTextReach;
  ASSIGN_OR_RETURN(const auto contacts, LoadContactsOf(transaction.db(), read));
  ASSIGN_OR_RETURN(auto windows, WindowsOf(transaction.db(), decided, transaction.now()));
  ASSIGN_OR_RETURN(auto known, LoadDoubts(transaction.db(), decided));
  std::map<std::string, std::vector<HelpersContact>> by_helper;
  for (const ContactRow& row : contacts) by_helper[row.helper_id].push_back(FactsOf(row));
  std::map<std::string, Doubt> found;
  for (const auto& [helper, facts] : by_helper) found.merge(DoubtsOf(facts, windows[helper]));
  std::vector<Turn> turns = Compare(county, contacts, std::move(known), std::move(found), decided.since);
  RETURN_IF_ERROR(FillIn(transaction, county, turns));
  return Save(transaction, county, turns);
}

journal::Sweep LookForDoubtsDaily() {
  return {
      .name = "looking for doubtful contacts", .next_sql = kNextDoubtLook, .fire = LookFurther, .bulk = true};
}

absl::Status DismissDoubts(journal::ShardTransaction& transaction,
                           DismissDoubtCommandHandler::Commands commands) {
  for (const auto& command : commands)
    RETURN_IF_ERROR(Answer(command, DismissOne(transaction, *command.county, *command.request)));
  return absl::OkStatus();
}

absl::StatusOr<v1::ListDoubtsResponse> ListDoubts(postgres::Connection& db, const rights::Scope& scope,
                                                  const v1::ListDoubtsRequest& request) {
  ASSIGN_OR_RETURN(auto county, division::ParseCounty(request.parent(), "parent"));
  DoubtFilter filter{.state = request.state()};
  ASSIGN_OR_RETURN(filter.helper_id, ids::OptionalIdIn(county, request.helper(), "staffMembers", "helper"));
  ASSIGN_OR_RETURN(auto school, ids::OptionalIdIn(county, request.school(), "schools", "school"));
  if (!school.empty()) filter.of = {.schools = {std::move(school)}};
  if (request.has_happen_from()) filter.from = clock::ToTime(request.happen_from());
  if (request.has_happen_before()) filter.before = clock::ToTime(request.happen_before());
  ASSIGN_OR_RETURN(const auto page, paging::PageOf(request, scope.Fingerprint()));
  ASSIGN_OR_RETURN(auto rows,
                   ListDoubts(db, {county, "", page.after, page.size + 1, scope.filter()}, filter));
  v1::ListDoubtsResponse response;
  response.set_next_page_token(page.Cut(rows, [](const DoubtRow& row) { return row.contact_id; }));
  for (const DoubtRow& row : rows) *response.add_doubts() = MessageOf(row);
  return response;
}

}  // namespace tonghu::pairing
