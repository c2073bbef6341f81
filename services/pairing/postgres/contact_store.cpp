#include "services/pairing/postgres/contact_store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/postgres/rows.h"

namespace tonghu::pairing {
namespace {

constexpr char kSpans[] = R"sql(
SELECT k.n, p.start_time, coalesce(p.end_time, 'infinity')
FROM unnest($1, $2, $3) WITH ORDINALITY AS k (county, child_id, helper_id, n)
JOIN pairing p ON p.county = k.county AND p.child_id = k.child_id AND p.helper_id = k.helper_id)sql";

// Children, and what they are still owed of weeks that began between $3 and $4.
constexpr char kChildren[] = R"sql(
SELECT k.n, c.school_id, c.township_code, c.grade, c.class_number,
       d.duty_id, d.pairing_id, d.helper_id, d.former_helper_id, d.state, d.window_start, d.window_end, d.due_time
FROM unnest($1, $2, $3, $4) WITH ORDINALITY AS k (county, child_id, since, until, n)
JOIN child c ON c.county = k.county AND c.child_id = k.child_id
LEFT JOIN judged_duty d ON d.county = k.county AND d.child_id = k.child_id AND d.window_start BETWEEN k.since AND k.until
  AND d.outcome = 0)sql";

constexpr char kPolicies[] = R"sql(
SELECT county, version, report_grace_seconds, late_report_after_seconds FROM talk_policy WHERE county = ANY($1))sql";

constexpr char kClose[] = R"sql(
UPDATE duty d SET outcome = c.outcome, contact_id = c.contact_id, reported_late = c.late
FROM unnest($1, $2, $3, $4, $5) AS c (county, duty_id, outcome, contact_id, late)
WHERE d.county = c.county AND d.duty_id = c.duty_id AND d.outcome = 0)sql";

// Each child of the keys once, with the weeks its contacts may be about.
struct Asked {
  std::vector<std::string> counties, ids;
  std::vector<absl::Time> since, until;

  explicit Asked(absl::Span<const ContactKey> keys) {
    absl::flat_hash_map<std::string, size_t> places;
    for (const ContactKey& key : keys) {
      const size_t place = places.try_emplace(ChildKey(key.county, key.child_id), ids.size()).first->second;
      if (place == ids.size()) {
        counties.push_back(key.county);
        ids.push_back(key.child_id);
        since.push_back(absl::InfiniteFuture());
        until.push_back(absl::InfinitePast());
      }
      since[place] = std::min(since[place], key.happen_time - kOldestWeek);
      until[place] = std::max(until[place], key.happen_time);
    }
  }
};

Duty DutyOf(const postgres::Result& rows, int i, const std::string& child_id) {
  return {.duty_id = rows.String(i, 5),
          .pairing_id = rows.String(i, 6),
          .child_id = child_id,
          .helper_id = rows.String(i, 7),
          .former_helper_id = rows.String(i, 8),
          .state = static_cast<DutyState>(rows.Int(i, 9)),
          .window_start = rows.Time(i, 10),
          .window_end = rows.Time(i, 11),
          .due_time = rows.Time(i, 12)};
}

void ReadChildren(const postgres::Result& rows, const Asked& asked, ContactContext& context) {
  for (int i = 0; i < rows.rows(); ++i) {
    const size_t place = rows.Int(i, 0) - 1;
    ChildState& state = context.children[ChildKey(asked.counties[place], asked.ids[place])];
    state.place = {rows.String(i, 1), rows.String(i, 2), static_cast<int>(rows.Int(i, 3)),
                   static_cast<int>(rows.Int(i, 4))};
    if (!rows.IsNull(i, 5)) state.duties.push_back(DutyOf(rows, i, asked.ids[place]));
  }
}

void ReadPolicies(const postgres::Result& rows, ContactContext& context) {
  for (int i = 0; i < rows.rows(); ++i) {
    context.policies[rows.String(i, 0)] = {static_cast<int>(rows.Int(i, 1)), absl::Seconds(rows.Int(i, 2)),
                                           absl::Seconds(rows.Int(i, 3))};
  }
}

}  // namespace

std::string ChildKey(const std::string& county, const std::string& child_id) {
  return absl::StrCat(county, "/", child_id);
}

absl::StatusOr<ContactContext> LoadContactContext(postgres::Connection& db,
                                                  absl::Span<const ContactKey> keys) {
  std::vector<std::string> counties, children, helpers;
  for (const ContactKey& key : keys) {
    counties.push_back(key.county);
    children.push_back(key.child_id);
    helpers.push_back(key.helper_id);
  }
  const Asked asked(keys);
  auto rows = db.RunAll(
      {{kSpans, postgres::Params().Texts(counties).Texts(children).Texts(helpers)},
       {kChildren,
        postgres::Params().Texts(asked.counties).Texts(asked.ids).Times(asked.since).Times(asked.until)},
       {kPolicies, postgres::Params().Texts(counties)}});
  if (!rows.ok()) return rows.status();
  ContactContext context;
  context.spans.resize(keys.size());
  const postgres::Result& spans = (*rows)[0];
  for (int i = 0; i < spans.rows(); ++i)
    context.spans[spans.Int(i, 0) - 1].push_back({spans.Time(i, 1), spans.Time(i, 2)});
  ReadChildren((*rows)[1], asked, context);
  ReadPolicies((*rows)[2], context);
  return context;
}

absl::Status InsertContacts(postgres::Connection& db, absl::Span<const ContactRow> contacts) {
  postgres::Rows rows(
      "contact",
      "county, contact_id, child_id, helper_id, kind, happen_time, report_time, note, closed_duty_id");
  for (const ContactRow& contact : contacts) {
    rows.Next().Text(contact.county).Text(contact.contact_id).Text(contact.child_id).Text(contact.helper_id);
    rows.Small(static_cast<int>(contact.kind))
        .Time(contact.happen_time)
        .Time(contact.report_time)
        .Text(contact.note);
    rows.Text(contact.closed_duty_id);
  }
  return rows.InsertInto(db);
}

absl::Status CloseDuties(postgres::Connection& db, absl::Span<const ClosedDuty> closed) {
  if (closed.empty()) return absl::OkStatus();
  std::vector<std::string> counties, ids, contacts;
  std::vector<int64_t> states;
  std::vector<bool> late;
  for (const ClosedDuty& duty : closed) {
    counties.push_back(duty.county);
    ids.push_back(duty.duty_id);
    states.push_back(static_cast<int64_t>(duty.state));
    contacts.push_back(duty.contact_id);
    late.push_back(duty.reported_late);
  }
  auto updated =
      db.Run(kClose, postgres::Params().Texts(counties).Texts(ids).Ints(states).Texts(contacts).Bools(late));
  if (!updated.ok()) return updated.status();
  if (updated->affected() != static_cast<int64_t>(closed.size()))
    return absl::InternalError("a duty to close was already closed");
  return absl::OkStatus();
}

}  // namespace tonghu::pairing
