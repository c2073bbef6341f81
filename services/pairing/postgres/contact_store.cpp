#include "services/pairing/postgres/contact_store.h"

#include "absl/strings/str_cat.h"
#include "libs/postgres/rows.h"

namespace tonghu::pairing {
namespace {

constexpr char kSpans[] = R"sql(
SELECT k.n, p.start_time, coalesce(p.end_time, 'infinity')
FROM unnest($1, $2, $3) WITH ORDINALITY AS k (county, child_id, helper_id, n)
JOIN pairing p ON p.county = k.county AND p.child_id = k.child_id AND p.helper_id = k.helper_id)sql";

// $4: seconds before a contact at which a duty's week may have begun.
constexpr char kChildren[] = R"sql(
SELECT c.county, c.child_id, c.school_id, c.township_code, c.grade, c.class_number,
       d.duty_id, d.pairing_id, d.helper_id, d.former_helper_id, d.state, d.window_start, d.window_end, d.due_time
FROM (SELECT county, child_id, min(happen_time) - $4 * interval '1 second' AS since, max(happen_time) AS until
      FROM unnest($1, $2, $3) AS u (county, child_id, happen_time) GROUP BY county, child_id) k
JOIN child c ON c.county = k.county AND c.child_id = k.child_id
LEFT JOIN judged_duty d ON d.county = k.county AND d.child_id = k.child_id AND d.window_start BETWEEN k.since AND k.until
  AND d.outcome = 0
ORDER BY c.county, c.child_id, d.window_start)sql";

constexpr char kPolicies[] = R"sql(
SELECT county, version, report_grace_seconds, late_report_after_seconds FROM talk_policy WHERE county = ANY($1))sql";

constexpr char kClose[] = R"sql(
UPDATE duty d SET outcome = c.outcome, contact_id = c.contact_id, reported_late = c.late
FROM unnest($1, $2, $3, $4, $5) AS c (county, duty_id, outcome, contact_id, late)
WHERE d.county = c.county AND d.duty_id = c.duty_id AND d.outcome = 0)sql";

Duty DutyOf(const postgres::Result& rows, int i) {
  return {.duty_id = rows.String(i, 6),
          .pairing_id = rows.String(i, 7),
          .child_id = rows.String(i, 1),
          .helper_id = rows.String(i, 8),
          .former_helper_id = rows.String(i, 9),
          .state = static_cast<DutyState>(rows.Int(i, 10)),
          .window_start = rows.Time(i, 11),
          .window_end = rows.Time(i, 12),
          .due_time = rows.Time(i, 13)};
}

absl::Status LoadPolicies(postgres::Connection& db, absl::Span<const std::string> counties,
                          ContactContext& context) {
  auto rows = db.Run(kPolicies, postgres::Params().Texts(counties));
  if (!rows.ok()) return rows.status();
  for (int i = 0; i < rows->rows(); ++i) {
    context.policies[rows->String(i, 0)] = {static_cast<int>(rows->Int(i, 1)), absl::Seconds(rows->Int(i, 2)),
                                            absl::Seconds(rows->Int(i, 3))};
  }
  return absl::OkStatus();
}

}  // namespace

std::string ChildKey(const std::string& county, const std::string& child_id) {
  return absl::StrCat(county, "/", child_id);
}

absl::StatusOr<ContactContext> LoadContactContext(postgres::Connection& db,
                                                  absl::Span<const ContactKey> keys) {
  std::vector<std::string> counties, children, helpers;
  std::vector<absl::Time> times;
  for (const ContactKey& key : keys) {
    counties.push_back(key.county);
    children.push_back(key.child_id);
    helpers.push_back(key.helper_id);
    times.push_back(key.happen_time);
  }
  ContactContext context;
  context.spans.resize(keys.size());
  auto spans = db.Run(kSpans, postgres::Params().Texts(counties).Texts(children).Texts(helpers));
  if (!spans.ok()) return spans.status();
  for (int i = 0; i < spans->rows(); ++i)
    context.spans[spans->Int(i, 0) - 1].push_back({spans->Time(i, 1), spans->Time(i, 2)});

  auto rows = db.Run(kChildren, postgres::Params().Texts(counties).Texts(children).Times(times).Int(
                                    absl::ToInt64Seconds(kOldestWeek)));
  if (!rows.ok()) return rows.status();
  for (int i = 0; i < rows->rows(); ++i) {
    ChildState& state = context.children[ChildKey(rows->String(i, 0), rows->String(i, 1))];
    state.place = {rows->String(i, 2), rows->String(i, 3), static_cast<int>(rows->Int(i, 4)),
                   static_cast<int>(rows->Int(i, 5))};
    if (!rows->IsNull(i, 6)) state.duties.push_back(DutyOf(*rows, i));
  }
  if (absl::Status loaded = LoadPolicies(db, counties, context); !loaded.ok()) return loaded;
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
