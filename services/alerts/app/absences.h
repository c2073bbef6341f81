// The absences of a batch: mornings of children, and the one unresolved alert that a child can have about
// them.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/journal/shard_transaction.h"
#include "services/alerts/app/alert_unit_of_work.h"
#include "services/alerts/app/context.h"
#include "services/alerts/domain/attendance.h"
#include "services/alerts/postgres/absence_rows.h"

namespace tonghu::alerts {

// Works on the alerts of an AlertUnitOfWork, which outlives it and whose owner saves them. Not thread-safe.
class Absences {
 public:
  Absences(journal::ShardTransaction& transaction, const Context& context, AlertUnitOfWork& ledger)
      : transaction_(transaction), context_(context), ledger_(ledger) {}

  // Reads these children, their unresolved absence alerts, and the people whom those may tell.
  absl::Status Load(const std::vector<Key>& children);
  // The place of a child; nullptr when the child is not known.
  const Place* FindPlace(const std::string& county, const std::string& child_id) const;

  // Counts a morning: the child's unresolved alert has one more, or a new alert is raised. Sets the row's
  // alert_id.
  void Count(AbsenceRow& row);
  // Excuses a morning, which counts no more. When it was the alert's last, the alert is settled with
  // `resolution`.
  void Excuse(const AbsenceRow& row, std::string_view resolution);

  // Takes a row to be stored; of several about a morning the last counts.
  void Put(AbsenceRow row);
  absl::Status Save();

 private:
  journal::ShardTransaction& transaction_;
  const Context& context_;
  AlertUnitOfWork& ledger_;
  directory::Places places_;  // of children
  ByKey<Alert*> open_;        // by child: the unresolved absence alert
  People people_;
  std::map<DayKey, AbsenceRow> put_;
};

}  // namespace tonghu::alerts
