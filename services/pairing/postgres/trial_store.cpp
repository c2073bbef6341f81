#include "services/pairing/postgres/trial_store.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "libs/clock/epoch_day.h"
#include "libs/postgres/columns.h"
#include "libs/status/macros.h"
#include "services/pairing/postgres/calendar_store.h"

namespace tonghu::pairing {
namespace {

using postgres::Field;
using postgres::kUuid;

struct CalendarText {
  std::string school_id, text;
};
constexpr postgres::Columns kCalendarText{
    Field<&CalendarText::school_id>("school_id"),
    Field<&CalendarText::text>("string_agg(calendar, E'\\n' ORDER BY first_day)")};

constexpr postgres::Columns kPastChild{Field<&PastOfChild::child_id>("child_id", kUuid),
                                       Field<&PastOfChild::school_id>("school_id"),
                                       Field<&PastOfChild::care_level>("greatest(care_level, 1)"),
                                       Field<&PastOfChild::guardianship>("guardianship")};

struct PairingOfChild {
  std::string child_id;
  PastPairing pairing;
};
constexpr postgres::Columns kPastPairing{
    Field<&PairingOfChild::child_id>("child_id", kUuid),
    Field<&PairingOfChild::pairing, &PastPairing::span, &PairedSpan::line_id>("line_id", kUuid),
    Field<&PairingOfChild::pairing, &PastPairing::span, &PairedSpan::helper_id>("helper_id"),
    Field<&PairingOfChild::pairing, &PastPairing::span, &PairedSpan::start>("start_time"),
    Field<&PairingOfChild::pairing, &PastPairing::span, &PairedSpan::end>("coalesce(t.end_time, 'infinity')"),
    Field<&PairingOfChild::pairing, &PastPairing::role>("role"),
    Field<&PairingOfChild::pairing, &PastPairing::owed_from>("owed_from")};

struct ContactOfChild {
  std::string child_id;
  LoggedContact contact;
};
constexpr postgres::Columns kPastContact{
    Field<&ContactOfChild::child_id>("child_id", kUuid),
    Field<&ContactOfChild::contact, &LoggedContact::contact_id>("contact_id", kUuid),
    Field<&ContactOfChild::contact, &LoggedContact::helper_id>("helper_id"),
    Field<&ContactOfChild::contact, &LoggedContact::happen_time>("happen_time"),
    Field<&ContactOfChild::contact, &LoggedContact::report_time>("report_time"),
    Field<&ContactOfChild::contact, &LoggedContact::kind>("kind"),
    Field<&ContactOfChild::contact, &LoggedContact::together_with>("together_with")};

// A SELECT of the rows `t` of a table that are of county $1 and of the children $2.
std::string OfChildren(const std::string& columns, const char* table) {
  return absl::StrCat("SELECT ", columns, " FROM unnest($2) AS k(id) JOIN ", table,
                      " t ON t.child_id = k.id AND t.county = $1");
}

}  // namespace

absl::StatusOr<std::map<std::string, calendar::SchoolCalendar>> LoadSchoolCalendars(postgres::Connection& db,
                                                                                    const std::string& county,
                                                                                    absl::CivilDay since) {
  static const std::string sql =
      absl::StrCat("SELECT ", kCalendarText.List(),
                   " FROM school_calendar WHERE county = $1 AND last_day >= $2 GROUP BY school_id");
  ASSIGN_OR_RETURN(auto rows, kCalendarText.ReadAll(
                                  db.Run(sql, postgres::Params().Text(county).Int(clock::EpochDay(since)))));
  std::map<std::string, calendar::SchoolCalendar> calendars;
  for (CalendarText& row : rows) {
    ASSIGN_OR_RETURN(auto calendar, ReadStored(row.text));
    calendars.emplace(std::move(row.school_id), std::move(calendar));
  }
  return calendars;
}

absl::StatusOr<std::vector<PastOfChild>> LoadPasts(postgres::Connection& db, const PastFilter& filter,
                                                   const std::string& after, int limit) {
  static const std::string children =
      absl::StrCat("SELECT ", kPastChild.List(),
                   " FROM child WHERE county = $1 AND child_id > $2 ORDER BY child_id LIMIT $3");
  static const std::string pairings = OfChildren(kPastPairing.List("t."), "pairing");
  static const std::string contacts = absl::StrCat(
      OfChildren(kPastContact.List("t."), "contact"),
      " AND t.happen_time >= $3 AND t.happen_time < $4 AND t.kind = ANY($5) AND NOT t.withdrawn");
  ASSIGN_OR_RETURN(auto pasts,
                   kPastChild.ReadAll(
                       db.Run(children, postgres::Params().Text(filter.county).UuidAfter(after).Int(limit))));
  std::vector<std::string> ids;
  absl::flat_hash_map<std::string, size_t> places;
  for (const PastOfChild& child : pasts) {
    places.emplace(child.child_id, ids.size());
    ids.push_back(child.child_id);
  }
  if (ids.empty()) return pasts;
  const postgres::Params of = postgres::Params().Text(filter.county).Uuids(ids);
  ASSIGN_OR_RETURN(
      auto rows,
      db.RunAll(
          {{pairings, of},
           {contacts, postgres::Params(of).Time(filter.since).Time(filter.before).Ints(filter.kinds)}}));
  ASSIGN_OR_RETURN(auto paired, kPastPairing.ReadAll(rows[0]));
  for (PairingOfChild& row : paired)
    pasts[places.at(row.child_id)].past.pairings.push_back(std::move(row.pairing));
  ASSIGN_OR_RETURN(auto contacted, kPastContact.ReadAll(rows[1]));
  for (ContactOfChild& row : contacted) {
    pasts[places.at(row.child_id)].past.contacts.push_back(std::move(row.contact));
  }
  return pasts;
}

}  // namespace tonghu::pairing
