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

// Works on the alerts of a AlertUnitOfWork, which outlives it and is saved by its owner. Not thread-safe.
class Absences {
 public:
  Absences(journal::ShardTransaction& transaction, const Context& context, AlertUnitOfWork& ledger)
      : transaction_(transaction), context_(context), ledger_(ledger) {}

  // Reads these children, their unresolved absence alerts, and whom those may tell.
  absl::Status Load(const std::vector<Key>& children);
  // Where the child is; nullptr when it is not known.
  const Place* FindPlace(const std::string& county, const std::string& child_id) const;

  // The morning counts: the child's unresolved alert has one more, or there is a new one. Sets its alert_id.
  void Count(AbsenceRow& row);
  // The morning counts no more; when it was the alert's last, `resolution` settles that.
  void Excuse(const AbsenceRow& row, std::string_view resolution);

  // To be stored; the last of a morning counts.
  void Put(AbsenceRow row);
  absl::Status Save();

 private:
  journal::ShardTransaction& transaction_;
  const Context& context_;
  AlertUnitOfWork& ledger_;
  directory::Places places_;  // of children
  ByKey<Alert*> open_;        // a child's unresolved absence alert
  People people_;
  std::map<DayKey, AbsenceRow> put_;
};

}  // namespace tonghu::alerts
