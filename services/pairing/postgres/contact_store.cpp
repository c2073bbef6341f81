#include "services/pairing/postgres/contact_store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/postgres/rows.h"

namespace tonghu::pairing {
namespace {

constexpr char kSpans[] = R"sql(
SELECT k.n, p.line_id, p.helper_id, p.start_time, coalesce(p.end_time, 'infinity')
FROM unnest($1, $2) WITH ORDINALITY AS k (county, child_id, n)
JOIN pairing p ON p.county = k.county AND p.child_id = k.child_id)sql";

// Columns of DutyOf.
#define DUTY_COLUMNS                                                                                     \
  "d.duty_id, d.line_id, d.pairing_id, d.helper_id, d.state, d.window_start, d.window_end, d.due_time, " \
  "d.contact_id, d.reported_late, d.made_up, d.missed "

// Children, and their duties of weeks that began between $3 and $4 that no talk of the week has closed.
constexpr char kChildren[] =
    "SELECT k.n, c.school_id, c.township_code, c.grade, c.class_number, " DUTY_COLUMNS
    "FROM unnest($1, $2, $3, $4) WITH ORDINALITY AS k (county, child_id, since, until, n) "
    "JOIN child c ON c.county = k.county AND c.child_id = k.child_id "
    "LEFT JOIN judged_duty d ON d.county = k.county AND d.child_id = k.child_id "
    "AND d.window_start BETWEEN k.since AND k.until AND (d.outcome IN (0, 4) OR d.made_up)";

// The same with all their duties of weeks that began from $3 to $4.
constexpr char kChildrenWithAll[] =
    "SELECT k.n, c.school_id, c.township_code, c.grade, c.class_number, " DUTY_COLUMNS
    "FROM unnest($1, $2) WITH ORDINALITY AS k (county, child_id, n) "
    "JOIN child c ON c.county = k.county AND c.child_id = k.child_id "
    "LEFT JOIN judged_duty d ON d.county = k.county AND d.child_id = k.child_id "
    "AND d.window_start BETWEEN $3 AND $4";

constexpr char kTalks[] = R"sql(
SELECT k.n, t.contact_id, t.helper_id, t.happen_time, t.report_time
FROM unnest($1, $2) WITH ORDINALITY AS k (county, child_id, n)
JOIN contact t ON t.county = k.county AND t.child_id = k.child_id AND t.kind = 1 AND t.happen_time >= $3
ORDER BY t.happen_time, t.contact_id)sql";

constexpr char kPolicies[] = R"sql(
SELECT county, version, report_grace_seconds, late_report_after_seconds FROM talk_policy WHERE county = ANY($1))sql";

constexpr char kClose[] = R"sql(
UPDATE duty d SET outcome = c.outcome, contact_id = c.contact_id, reported_late = c.late, made_up = c.made_up,
  was_missed = c.missed, by_end = false, excuse = ''
FROM unnest($1, $2, $3, $4, $5, $6, $7) AS c (county, duty_id, outcome, contact_id, late, made_up, missed)
WHERE d.county = c.county AND d.duty_id = c.duty_id)sql";

constexpr char kMoveContacts[] = R"sql(
UPDATE contact t SET closed_duty_id = m.duty_id FROM unnest($1, $2, $3) AS m (county, contact_id, duty_id)
WHERE t.county = m.county AND t.contact_id = m.contact_id)sql";

// Each child of the keys once, with the weeks its contacts may be about.
struct Asked {
  std::vector<std::string> counties, ids;
  std::vector<absl::Time> since, until;

  Asked(absl::Span<const ContactKey> keys, absl::Time now) {
    absl::flat_hash_map<std::string, size_t> places;
    for (const ContactKey& key : keys) {
      const size_t place = places.try_emplace(ChildKey(key.county, key.child_id), ids.size()).first->second;
      if (place == ids.size()) {
        counties.push_back(key.county);
        ids.push_back(key.child_id);
        since.push_back(absl::InfiniteFuture());
        until.push_back(now);
      }
      since[place] = std::min(since[place], key.happen_time - kOldestFree);
      until[place] = std::max(until[place], key.happen_time);
    }
  }
};

Duty DutyOf(const postgres::Result& rows, int i, const std::string& child_id) {
  return {.duty_id = rows.String(i, 5),
          .line_id = rows.String(i, 6),
          .pairing_id = rows.String(i, 7),
          .child_id = child_id,
          .helper_id = rows.String(i, 8),
          .state = static_cast<DutyState>(rows.Int(i, 9)),
          .window_start = rows.Time(i, 10),
          .window_end = rows.Time(i, 11),
          .due_time = rows.Time(i, 12),
          .contact_id = rows.String(i, 13),
          .reported_late = rows.Bool(i, 14),
          .made_up = rows.Bool(i, 15),
          .missed = rows.Bool(i, 16)};
}

// Children as arrays; rows name them by their place.
struct Children {
  absl::Span<const std::string> counties, ids;

  ChildState* Find(const postgres::Result& rows, int i, ChildStates& states) const {
    const size_t place = rows.Int(i, 0) - 1;
    const auto found = states.find(ChildKey(counties[place], ids[place]));
    return found == states.end() ? nullptr : &found->second;
  }

  ChildStates Read(const postgres::Result& rows, const postgres::Result& spans) const {
    ChildStates states;
    for (int i = 0; i < rows.rows(); ++i) {
      const size_t place = rows.Int(i, 0) - 1;
      ChildState& state = states[ChildKey(counties[place], ids[place])];
      state.county = counties[place];
      state.child_id = ids[place];
      state.place = {rows.String(i, 1), rows.String(i, 2), static_cast<int>(rows.Int(i, 3)),
                     static_cast<int>(rows.Int(i, 4))};
      if (!rows.IsNull(i, 5)) state.facts.duties.push_back(DutyOf(rows, i, ids[place]));
    }
    for (int i = 0; i < spans.rows(); ++i) {
      if (ChildState* state = Find(spans, i, states)) {
        state->facts.spans.push_back(
            {spans.String(i, 1), spans.String(i, 2), spans.Time(i, 3), spans.Time(i, 4)});
      }
    }
    return states;
  }
};

Policies ReadPolicies(const postgres::Result& rows) {
  Policies policies;
  for (int i = 0; i < rows.rows(); ++i) {
    policies[rows.String(i, 0)] = {static_cast<int>(rows.Int(i, 1)), absl::Seconds(rows.Int(i, 2)),
                                   absl::Seconds(rows.Int(i, 3))};
  }
  return policies;
}

}  // namespace

std::string ChildKey(const std::string& county, const std::string& child_id) {
  return absl::StrCat(county, "/", child_id);
}

absl::StatusOr<ContactContext> LoadContactContext(postgres::Connection& db, absl::Span<const ContactKey> keys,
                                                  absl::Time now) {
  const Asked asked(keys, now);
  auto rows = db.RunAll(
      {{kSpans, postgres::Params().Texts(asked.counties).Texts(asked.ids)},
       {kChildren,
        postgres::Params().Texts(asked.counties).Texts(asked.ids).Times(asked.since).Times(asked.until)},
       {kPolicies, postgres::Params().Texts(asked.counties)}});
  if (!rows.ok()) return rows.status();
  return ContactContext{Children{asked.counties, asked.ids}.Read((*rows)[1], (*rows)[0]),
                        ReadPolicies((*rows)[2])};
}

absl::StatusOr<Policies> LoadPolicies(postgres::Connection& db, absl::Span<const std::string> counties) {
  auto rows = db.Run(kPolicies, postgres::Params().Texts(counties));
  if (!rows.ok()) return rows.status();
  return ReadPolicies(*rows);
}

absl::StatusOr<ChildStates> LoadAllFacts(postgres::Connection& db, absl::Span<const std::string> counties,
                                         absl::Span<const std::string> children, absl::Time since,
                                         absl::Time now) {
  auto rows =
      db.RunAll({{kSpans, postgres::Params().Texts(counties).Texts(children)},
                 {kChildrenWithAll, postgres::Params().Texts(counties).Texts(children).Time(since).Time(now)},
                 {kTalks, postgres::Params().Texts(counties).Texts(children).Time(since)}});
  if (!rows.ok()) return rows.status();
  const Children asked{counties, children};
  ChildStates states = asked.Read((*rows)[1], (*rows)[0]);
  const postgres::Result& talks = (*rows)[2];
  for (int i = 0; i < talks.rows(); ++i) {
    if (ChildState* state = asked.Find(talks, i, states)) {
      state->facts.talks.push_back(
          {talks.String(i, 1), talks.String(i, 2), talks.Time(i, 3), talks.Time(i, 4)});
    }
  }
  return states;
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
  std::vector<bool> late, made_up, missed;
  for (const auto& [county, duty] : closed) {
    counties.push_back(county);
    ids.push_back(duty.duty_id);
    states.push_back(static_cast<int64_t>(duty.state));
    contacts.push_back(duty.contact_id);
    late.push_back(duty.reported_late);
    made_up.push_back(duty.made_up);
    missed.push_back(duty.missed);
  }
  auto updated = db.Run(kClose, postgres::Params()
                                    .Texts(counties)
                                    .Texts(ids)
                                    .Ints(states)
                                    .Texts(contacts)
                                    .Bools(late)
                                    .Bools(made_up)
                                    .Bools(missed));
  if (!updated.ok()) return updated.status();
  if (updated->affected() != static_cast<int64_t>(closed.size()))
    return absl::InternalError("a duty to close is not there");
  return absl::OkStatus();
}

absl::Status MoveContacts(postgres::Connection& db, absl::Span<const MovedContact> moved) {
  if (moved.empty()) return absl::OkStatus();
  std::vector<std::string> counties, ids, duties;
  for (const MovedContact& contact : moved) {
    counties.push_back(contact.county);
    ids.push_back(contact.contact_id);
    duties.push_back(contact.closed_duty_id);
  }
  return db.Defer(kMoveContacts, postgres::Params().Texts(counties).Texts(ids).Texts(duties));
}

}  // namespace tonghu::pairing
