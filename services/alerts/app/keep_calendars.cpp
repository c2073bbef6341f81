#include "libs/status/macros.h"
#include "services/alerts/app/absences.h"
#include "services/alerts/app/alert_unit_of_work.h"
#include "services/alerts/app/attendance.h"
#include "services/alerts/domain/lifecycle.h"
#include "services/alerts/postgres/attendance_rows.h"

namespace tonghu::alerts {
namespace {

constexpr char kSchoolClosed[] = "停课：按校历当天不上课";

// Settles the alerts that attendance was not sent on mornings which are no school days now.
absl::Status SettleClosed(journal::ShardTransaction& transaction, AlertUnitOfWork& ledger,
                          const std::vector<TermKey>& terms) {
  ASSIGN_OR_RETURN(auto alerts, CloseMornings(transaction.db(), terms));
  RETURN_IF_ERROR(ledger.Load(alerts));
  for (const Key& key : alerts) {
    if (Alert* alert = ledger.Find(key)) ResolveByFact(*alert, kSchoolClosed, transaction.now());
  }
  return absl::OkStatus();
}

// Counts the absences of mornings that are school days now, and excuses those of mornings that are none now.
absl::Status CountAnew(journal::ShardTransaction& transaction, Absences& absences,
                       const std::vector<TermKey>& terms) {
  auto rows = LoadDisputedAbsences(transaction.db(), terms);
  if (!rows.ok() || rows->empty()) return rows.status();
  std::vector<Key> children;
  for (const AbsenceRow& row : *rows) children.emplace_back(row.county, row.child_id);
  RETURN_IF_ERROR(absences.Load(children));
  // A morning with leave never counted, whatever the calendar says of its day.
  for (AbsenceRow& row : *rows) {
    // Row and calendar contradict each other, so the row is turned round.
    row.school_closed = !row.school_closed;
    if (!row.with_leave) {
      if (row.school_closed) {
        absences.Excuse(row, kSchoolClosed);
      } else {
        absences.Count(row);
      }
    }
    absences.Put(row);
  }
  return absences.Save();
}

}  // namespace

absl::Status KeepCalendars(journal::ShardTransaction& transaction, const Context& context,
                           const std::vector<TermCalendar>& calendars) {
  if (calendars.empty()) return absl::OkStatus();
  std::vector<TermKey> terms;
  for (const TermCalendar& calendar : calendars) terms.push_back(calendar.key);
  // Terms are stored first: the other statements ask them which days are school days.
  RETURN_IF_ERROR(StoreTerms(transaction.db(), calendars));
  AlertUnitOfWork ledger(transaction, context);
  Absences absences(transaction, context, ledger);
  absl::Status kept = SettleClosed(transaction, ledger, terms);
  if (kept.ok()) kept = CountAnew(transaction, absences, terms);
  if (kept.ok()) kept = Await(transaction.db(), transaction.shard(), calendars);
  return kept.ok() ? ledger.Save() : kept;
}

}  // namespace tonghu::alerts
