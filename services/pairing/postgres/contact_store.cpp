#include "services/pairing/postgres/contact_store.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "libs/postgres/keys.h"
#include "libs/status/macros.h"
#include "services/pairing/postgres/policy_store.h"
#include "services/pairing/postgres/row_columns.h"

namespace tonghu::pairing {
namespace {

constexpr size_t kSeveral = static_cast<size_t>(-1);
constexpr DutyState kOwed{0};  // the column `outcome` of a duty that is owed, judged or not

using postgres::Field;
using postgres::kUuid;

// Whether a contact closes a duty now that it did not close before, or no more.
struct Moved {
  std::string county, contact_id, duty_id;
  bool closes = false;
};
constexpr postgres::Columns kMoved{Field<&Moved::county>("county"),
                                   Field<&Moved::contact_id>("contact_id", kUuid),
                                   Field<&Moved::duty_id>("duty_id"), Field<&Moved::closes>("closes")};

// The columns that closing a duty writes.
constexpr postgres::Columns kClosed{Field<&Duty::row>("tid", postgres::kTid),
                                    Field<&Duty::duty_id>("duty_id", kUuid),
                                    Field<&Duty::state>("outcome"),
                                    Field<&Duty::contact_id>("contact_id", kUuid),
                                    Field<&Duty::reported_late>("reported_late"),
                                    Field<&Duty::made_up>("made_up"),
                                    Field<&Duty::missed>("was_missed")};

// The columns that a changed contact may change.
constexpr postgres::Columns kResettled{Field<&Duty::row>("tid", postgres::kTid),
                                       Field<&Duty::duty_id>("duty_id", kUuid),
                                       Field<&Duty::child_id>("child_id", kUuid),
                                       Field<&Duty::state>("outcome"),
                                       Field<&Duty::contact_id>("contact_id", kUuid),
                                       Field<&Duty::reported_late>("reported_late"),
                                       Field<&Duty::made_up>("made_up"),
                                       Field<&Duty::missed>("was_missed"),
                                       Field<&Duty::reopened>("reopened", postgres::kInt2),
                                       Field<&Duty::pairing_id>("pairing_id", kUuid),
                                       Field<&Duty::helper_id>("helper_id"),
                                       Field<&Duty::paired_from>("paired_from")};

// A child, and the range of windows that its contacts may be about: those that end after `since` and begin by
// `until`.
struct AskedChild {
  std::string county, child_id;
  absl::Time since, until;
};
constexpr postgres::Columns kAsked{Field<&AskedChild::county>("county"),
                                   Field<&AskedChild::child_id>("id", kUuid),
                                   Field<&AskedChild::since>("since"), Field<&AskedChild::until>("until")};

// A child, and the kind of duty and the time of its contact.
struct AskedWindow {
  std::string child_id;
  DutyKind kind = DutyKind::kTalk;
  absl::Time time;
};
constexpr postgres::Columns kWindow{Field<&AskedWindow::child_id>("child_id", kUuid),
                                    Field<&AskedWindow::kind>("kind"), Field<&AskedWindow::time>("time")};

constexpr postgres::Columns kRequest{Field<&RequestKey::child_id>("child_id", kUuid),
                                     Field<&RequestKey::request_id>("request_id", kUuid)};

struct SpanRow {
  std::string county, child_id;
  PairedSpan span;
};
constexpr postgres::Columns kSpan{Field<&SpanRow::county>("county"),
                                  Field<&SpanRow::child_id>("child_id", kUuid),
                                  Field<&SpanRow::span, &PairedSpan::line_id>("line_id", kUuid),
                                  Field<&SpanRow::span, &PairedSpan::helper_id>("helper_id"),
                                  Field<&SpanRow::span, &PairedSpan::start>("start_time"),
                                  Field<&SpanRow::span, &PairedSpan::end>("coalesce(t.end_time, 'infinity')"),
                                  Field<&SpanRow::span, &PairedSpan::pairing_id>("pairing_id", kUuid),
                                  Field<&SpanRow::span, &PairedSpan::role>("role")};

struct LoggedRow {
  std::string county, child_id;
  LoggedContact contact;
};
constexpr postgres::Columns kLogged{
    Field<&LoggedRow::county>("county"),
    Field<&LoggedRow::child_id>("child_id", kUuid),
    Field<&LoggedRow::contact, &LoggedContact::kind>("kind"),
    Field<&LoggedRow::contact, &LoggedContact::contact_id>("contact_id", kUuid),
    Field<&LoggedRow::contact, &LoggedContact::helper_id>("helper_id"),
    Field<&LoggedRow::contact, &LoggedContact::happen_time>("happen_time"),
    Field<&LoggedRow::contact, &LoggedContact::report_time>("report_time"),
    Field<&LoggedRow::contact, &LoggedContact::closed_duty_ids>("closed_duty_ids"),
    Field<&LoggedRow::contact, &LoggedContact::together_with>("together_with")};

// The mark up to which a shard's duties are judged.
struct Mark {
  absl::Time due_time = absl::InfinitePast();
  std::string duty_id;
};
constexpr postgres::Columns kMark{Field<&Mark::due_time>("due_time"),
                                  Field<&Mark::duty_id>("duty_id", kUuid)};

// A SELECT of `columns` from the rows `t` of `table` of the children given as arrays.
std::string OfChildren(const std::string& columns, const std::string& table) {
  return absl::StrCat("SELECT ", columns, " FROM ", postgres::kUuidKeys.Unnest("k"), " JOIN ", table,
                      " t ON t.county = k.county AND t.child_id = k.id");
}
const std::string& SpansSql() {
  static const std::string sql = OfChildren(kSpan.List("t."), "pairing");
  return sql;
}
const std::string& PlacesSql() {
  static const std::string sql = OfChildren(directory::kChild.List("t."), "child");
  return sql;
}

// Joins the rows of PlacesSql, SpansSql and a statement of duties by child.
absl::StatusOr<ChildStates> ReadStates(const postgres::Result& place_rows, const postgres::Result& span_rows,
                                       const postgres::Result& duty_rows) {
  auto places = directory::kChild.ReadAll(place_rows);
  auto spans = kSpan.ReadAll(span_rows);
  auto duties = kDuty.ReadAll(duty_rows);
  for (const absl::Status& read : {places.status(), spans.status(), duties.status()}) {
    if (!read.ok()) return read;
  }
  ChildStates states;
  for (directory::ChildFact& row : *places)
    states[ChildKey(row.county, row.id)] = {row.county, row.id, std::move(row.place), {}};
  for (SpanRow& row : *spans) {
    const auto found = states.find(ChildKey(row.county, row.child_id));
    if (found != states.end()) found->second.facts.spans.push_back(std::move(row.span));
  }
  for (PlacedDuty& row : *duties) {
    const auto found = states.find(ChildKey(row.county, row.duty.child_id));
    if (found != states.end()) found->second.facts.duties.push_back(std::move(row.duty));
  }
  return states;
}

// Each child of the contacts once, with a range that covers all its contacts.
std::vector<AskedChild> AskedBy(absl::Span<const ContactKey> contacts, const Policies& policies,
                                absl::Time now) {
  std::vector<AskedChild> asked;
  absl::flat_hash_map<std::string, size_t> places;
  for (const ContactKey& contact : contacts) {
    const size_t place =
        places.try_emplace(ChildKey(contact.county, contact.child_id), asked.size()).first->second;
    if (place == asked.size())
      asked.push_back({contact.county, contact.child_id, absl::InfiniteFuture(), now});
    // Without a time the contact will be refused.
    if (contact.happen_time == absl::InfinitePast()) continue;
    for (const DutyKind kind : policies.CountsFor(contact.county, contact.kind)) {
      const absl::Duration reach = ReachOfFree(policies.LongestWindow(contact.county, kind));
      asked[place].since = std::min(asked[place].since, contact.happen_time - reach);
      asked[place].until = std::max(asked[place].until, contact.happen_time);
    }
  }
  return asked;
}

// The windows of a batch of contacts.
struct AskedWindows {
  std::vector<AskedWindow> windows;
  // By child: the index of its contact, or kSeveral. The keys are views of the contacts' strings.
  absl::flat_hash_map<absl::string_view, size_t> places;
  std::vector<std::string> counties;  // each once

  explicit AskedWindows(absl::Span<const ContactKey> contacts) {
    for (size_t i = 0; i < contacts.size(); ++i) {
      const ContactKey& contact = contacts[i];
      const auto [place, fresh] = places.try_emplace(contact.child_id, i);
      if (!fresh) place->second = kSeveral;
      if (const std::optional<DutyKind> kind = FulfilledBy(contact.kind); kind.has_value())
        windows.push_back({contact.child_id, *kind, contact.happen_time});
      if (std::find(counties.begin(), counties.end(), contact.county) == counties.end())
        counties.push_back(contact.county);
    }
  }
};

// Sets a duty's state by the mark, as the view judged_duty does.
void Judge(const Mark& mark, Duty& duty) {
  if (duty.state != kOwed) return;
  const bool judged = std::tie(duty.due_time, duty.duty_id) <= std::tie(mark.due_time, mark.duty_id);
  // A duty that is owed again after a closure was withdrawn may have been missed before.
  duty.missed |= judged;
  duty.state = judged ? DutyState::kMissed : DutyState::kOpen;
}

}  // namespace

std::string ChildKey(const std::string& county, const std::string& child_id) {
  return absl::StrCat(county, "/", child_id);
}

absl::StatusOr<Windows> EnterWithWindows(journal::ShardTransaction& transaction,
                                         absl::Span<const ContactKey> contacts,
                                         absl::Span<const RequestKey> requests,
                                         absl::Span<const postgres::Key> children) {
  // The statement asks the table rather than the view judged_duty, whose join would run for each row; the
  // mark comes as one row beside, and Judge applies it. The county is compared after reading, since the index
  // begins with the child.
  static const std::string duties = absl::StrCat(
      "SELECT ", kDuty.List("d."), " FROM ", kWindow.Unnest("k"),
      " JOIN (SELECT u.*, u.ctid AS tid, u.outcome AS state, u.was_missed AS missed FROM duty u) d "
      "ON d.child_id = k.child_id AND d.window_end > k.time AND d.window_start <= k.time AND d.kind = k.kind "
      "AND (d.outcome IN (0, 4) OR d.made_up)");
  static const std::string mark = absl::StrCat("SELECT ", kMark.List(), " FROM judged WHERE shard = $1");
  // The index contact_child holds the request id, so that of a child's contacts only the one asked for is
  // read.
  static const std::string recorded =
      absl::StrCat("SELECT ", kContact.List("t."), " FROM ", kRequest.Unnest("k"),
                   " JOIN contact t ON t.child_id = k.child_id AND t.request_id = k.request_id");
  const AskedWindows asked(contacts);
  std::vector<postgres::Connection::Statement> statements = {
      {mark, postgres::Params().Int(transaction.shard())},
      {duties, kWindow.Arrays(asked.windows)},
      {PoliciesSql(), postgres::Params().Texts(asked.counties)}};
  const size_t requests_at = statements.size();
  if (!requests.empty()) statements.push_back({recorded, kRequest.Arrays(requests)});
  const size_t children_at = statements.size();
  if (!children.empty()) statements.push_back({PlacesSql(), postgres::kUuidKeys.Arrays(children)});
  RETURN_IF_ERROR(transaction.Enter(statements));
  auto marks = kMark.ReadAll(transaction.also(0));
  auto rows = kDuty.ReadAll(transaction.also(1));
  auto policies = ReadPolicies(transaction.also(2));
  for (const absl::Status& read : {marks.status(), rows.status(), policies.status()}) {
    if (!read.ok()) return read;
  }
  Windows windows{std::vector<ChildState>(contacts.size()), *std::move(policies), {}, {}};
  if (!requests.empty()) {
    ASSIGN_OR_RETURN(windows.recorded, kContact.ReadAll(transaction.also(requests_at)));
  }
  if (!children.empty()) {
    ASSIGN_OR_RETURN(auto places, directory::kChild.ReadAll(transaction.also(children_at)));
    for (directory::ChildFact& row : places)
      windows.places[{std::move(row.county), std::move(row.id)}] = std::move(row.place);
  }
  for (PlacedDuty& row : *rows) {
    const size_t place = asked.places.at(row.duty.child_id);
    // Of two contacts of one child in a batch the second depends on the first: both are decided from all
    // facts.
    if (place == kSeveral || contacts[place].county != row.county) continue;
    Judge(marks->empty() ? Mark() : marks->front(), row.duty);
    ChildState& child = windows.children[place];
    child.county = std::move(row.county);
    child.child_id = row.duty.child_id;
    child.place = std::move(row.place);
    child.facts.spans.push_back({row.duty.line_id, row.duty.helper_id, row.duty.paired_from});
    child.facts.duties.push_back(std::move(row.duty));
  }
  return windows;
}

absl::StatusOr<ChildStates> LoadContactContext(postgres::Connection& db,
                                               absl::Span<const ContactKey> contacts,
                                               const Policies& policies, absl::Time now) {
  static const std::string duties = absl::StrCat(
      "SELECT ", kDuty.List("d."), " FROM ", kAsked.Unnest("k"),
      " JOIN judged_duty d ON d.county = k.county AND d.child_id = k.id "
      "AND d.window_end > k.since AND d.window_start <= k.until AND (d.outcome IN (0, 4) OR d.made_up)");
  const std::vector<AskedChild> asked = AskedBy(contacts, policies, now);
  std::vector<postgres::Key> keys;
  for (const AskedChild& child : asked) keys.emplace_back(child.county, child.child_id);
  const postgres::Params children = postgres::kUuidKeys.Arrays(keys);
  ASSIGN_OR_RETURN(
      auto rows,
      db.RunAll({{PlacesSql(), children}, {SpansSql(), children}, {duties, kAsked.Arrays(asked)}}));
  return ReadStates(rows[0], rows[1], rows[2]);
}

absl::StatusOr<ChildStates> LoadAllFacts(postgres::Connection& db, absl::Span<const postgres::Key> children,
                                         absl::Time since, absl::Time now) {
  static const std::string duties = absl::StrCat(OfChildren(kDuty.List("t."), "judged_duty"),
                                                 " AND t.window_end > $3 AND t.window_start <= $4");
  static const std::string contacts = absl::StrCat(OfChildren(kLogged.List("t."), "contact"),
                                                   " AND t.happen_time >= $3 AND NOT t.withdrawn "
                                                   "ORDER BY t.happen_time, t.contact_id");
  const postgres::Params keys = postgres::kUuidKeys.Arrays(children);
  ASSIGN_OR_RETURN(auto rows, db.RunAll({{PlacesSql(), keys},
                                         {SpansSql(), keys},
                                         {duties, postgres::Params(keys).Time(since).Time(now)},
                                         {contacts, postgres::Params(keys).Time(since)}}));
  ASSIGN_OR_RETURN(auto states, ReadStates(rows[0], rows[1], rows[2]));
  ASSIGN_OR_RETURN(auto logged, kLogged.ReadAll(rows[3]));
  for (LoggedRow& row : logged) {
    const auto found = states.find(ChildKey(row.county, row.child_id));
    if (found == states.end()) continue;
    ChildFacts& facts = found->second.facts;
    for (LoggedContact& part : PartsOf(row.contact, facts.spans)) facts.contacts.push_back(std::move(part));
  }
  return states;
}

absl::StatusOr<std::vector<std::string>> OwnChildrenOf(postgres::Connection& db, const OwnClass& asked,
                                                       int limit) {
  ASSIGN_OR_RETURN(
      auto rows,
      db.Run("SELECT c.child_id::text FROM pairing p JOIN child c ON c.child_id = p.child_id AND c.county = "
             "p.county WHERE p.helper_id = $1 AND p.county = $2 AND p.end_time IS NULL AND c.school_id = $3 "
             "AND c.grade = $4 AND c.class_number = $5 ORDER BY c.child_id LIMIT $6",
             postgres::Params()
                 .Text(asked.helper_id)
                 .Text(asked.county)
                 .Text(asked.school_id)
                 .Int(asked.grade)
                 .Int(asked.class_number)
                 .Int(limit)));
  std::vector<std::string> children;
  for (int i = 0; i < rows.rows(); ++i) children.push_back(rows.String(i, 0));
  return children;
}

absl::Status InsertContacts(postgres::Connection& db, absl::Span<const ContactRow> contacts) {
  return kContact.Insert(db, "contact", contacts);
}

absl::Status CloseDuties(postgres::Connection& db, absl::Span<const Duty> closed) {
  static const std::string sql =
      absl::StrCat("WITH closed AS (UPDATE duty d SET ", kClosed.Assignments("c.", 2),
                   // A talk beats an excuse: the duty is done, and no end of a pairing may open it again. An
                   // officer's excuse is kept, for the talk may be taken back.
                   ", beat_excuse = d.beat_excuse OR d.outcome = 4 AND NOT d.by_end, "
                   "excuse = CASE WHEN d.by_end THEN '' ELSE d.excuse END, "
                   "by_closure = d.by_closure AND NOT d.by_end, by_end = false FROM ",
                   kClosed.Unnest("c"),
                   " WHERE d.ctid = c.tid AND d.duty_id = c.duty_id RETURNING 1) "
                   // A duty that is not where it was read loses the transaction, which is done again.
                   "SELECT expect_rows(count(*), $",
                   kClosed.size() + 1, ") FROM closed");
  if (closed.empty()) return absl::OkStatus();
  return db.Defer(sql, kClosed.Arrays(closed).Int(static_cast<int64_t>(closed.size())));
}

absl::StatusOr<Until> LoadUntil(postgres::Connection& db, int shard, absl::Time now) {
  static const std::string sql = absl::StrCat("SELECT ", kMark.List(), " FROM judged WHERE shard = $1");
  ASSIGN_OR_RETURN(const auto marks, kMark.ReadAll(db.Run(sql, postgres::Params().Int(shard))));
  const Mark mark = marks.empty() ? Mark() : marks.front();
  return Until{now, mark.due_time, mark.duty_id};
}

absl::Status ResettleDuties(postgres::Connection& db, absl::Span<const Duty> changed) {
  // Whether an officer or closures had excused the duty before contact and change.
  constexpr char kExcused[] = "(d.beat_excuse OR d.outcome = 4 AND NOT d.by_end)";
  static const std::string sql = absl::StrCat(
      "WITH changed AS (UPDATE duty d SET ", kResettled.Assignments("c.", 3),
      ", beat_excuse = c.outcome <> 4 AND ", kExcused, ", excuse = CASE WHEN ", kExcused,
      " THEN d.excuse WHEN c.outcome = 4 THEN '结对结束' ELSE '' END, by_end = c.outcome = 4 AND NOT ",
      kExcused, ", by_closure = d.by_closure AND ", kExcused,
      ", school_id = p.school_id, township_code = p.township_code, grade = p.grade, "
      "class_number = p.class_number FROM ",
      kResettled.Unnest("c"),
      " JOIN child p ON p.child_id = c.child_id WHERE d.ctid = c.tid AND d.duty_id = c.duty_id "
      "AND p.county = d.county RETURNING 1) SELECT expect_rows(count(*), $",
      kResettled.size() + 1, ") FROM changed");
  if (changed.empty()) return absl::OkStatus();
  std::vector<Duty> rows(changed.begin(), changed.end());
  for (Duty& duty : rows) {
    // Whether one that is owed was missed, the mark says.
    if (duty.state == DutyState::kOpen || duty.state == DutyState::kMissed) duty.state = kOwed;
  }
  return db.Defer(sql, kResettled.Arrays(rows).Int(static_cast<int64_t>(rows.size())));
}

void MovedContacts::Add(const std::string& county, const std::string& duty_id, const std::string& former,
                        const std::string& present) {
  if (!former.empty()) moved_[{county, former}][duty_id] = false;
  if (!present.empty()) moved_[{county, present}][duty_id] = true;
}

void MovedContacts::TakeInto(ContactRow& contact) {
  const auto found = moved_.find({contact.county, contact.contact_id});
  if (found == moved_.end()) return;
  std::set<std::string> closes = absl::StrSplit(contact.closed_duty_ids, ' ', absl::SkipEmpty());
  for (const auto& [duty_id, closed] : found->second) {
    if (closed) closes.insert(duty_id);
    if (!closed) closes.erase(duty_id);
  }
  contact.closed_duty_ids = absl::StrJoin(closes, " ");
  moved_.erase(found);
}

absl::Status MovedContacts::Save(postgres::Connection& db) const {
  static const std::string sql = absl::StrCat(
      "UPDATE contact t SET closed_duty_ids = array_to_string(ARRAY("
      "SELECT duty_id COLLATE \"C\" FROM (SELECT unnest(string_to_array(t.closed_duty_ids, ' ')) EXCEPT "
      "SELECT unnest(m.others) UNION SELECT unnest(m.closed)) AS d (duty_id) ORDER BY 1), ' ') "
      "FROM (SELECT county, contact_id, array_agg(duty_id) FILTER (WHERE closes) AS closed, "
      "array_agg(duty_id) FILTER (WHERE NOT closes) AS others FROM ",
      kMoved.Unnest("k"),
      " GROUP BY county, contact_id) m WHERE t.county = m.county AND t.contact_id = m.contact_id");
  std::vector<Moved> rows;
  for (const auto& [key, duties] : moved_) {
    for (const auto& [duty_id, closes] : duties) rows.push_back({key.first, key.second, duty_id, closes});
  }
  return rows.empty() ? absl::OkStatus() : db.Defer(sql, kMoved.Arrays(rows));
}

}  // namespace tonghu::pairing
