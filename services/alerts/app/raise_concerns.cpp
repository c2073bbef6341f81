#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "libs/ids/ids.h"
#include "libs/status/macros.h"
#include "services/alerts/app/alert_unit_of_work.h"
#include "services/alerts/app/alerts.h"
#include "services/alerts/domain/lifecycle.h"
#include "services/alerts/postgres/concern_rows.h"

namespace tonghu::alerts {
namespace {

// The id of the alert that a contact raises, derived from the contact's.
std::string AlertOf(const ConcernRow& row) {
  return ids::DerivedBeside(row.contact_id, absl::StrCat("concern/", row.county, "/", row.contact_id));
}

// The concerns whose contacts are not known yet, each contact once.
absl::StatusOr<std::vector<RaisedConcern>> Fresh(postgres::Connection& db,
                                                 const std::vector<RaisedConcern>& concerns) {
  std::vector<Key> contacts;
  for (const RaisedConcern& one : concerns) contacts.push_back(one.row.key());
  ASSIGN_OR_RETURN(auto known, LoadConcerns(db, contacts));
  absl::flat_hash_set<Key> seen;
  for (const ConcernRow& row : known) seen.insert(row.key());
  std::vector<RaisedConcern> fresh;
  for (const RaisedConcern& one : concerns) {
    if (seen.insert(one.row.key()).second) fresh.push_back(one);
  }
  return fresh;
}

}  // namespace

absl::Status RaiseConcerns(journal::ShardTransaction& transaction, const Context& context,
                           const std::vector<RaisedConcern>& concerns) {
  if (concerns.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto fresh, Fresh(transaction.db(), concerns));
  if (fresh.empty()) return absl::OkStatus();
  std::vector<Key> children;
  PeopleNeeded needed;
  for (const RaisedConcern& one : fresh) {
    children.emplace_back(one.row.county, one.row.child_id);
    needed.Add(one.row.county, one.place, "");
  }
  ASSIGN_OR_RETURN(auto people, needed.Load(transaction.db()));
  ASSIGN_OR_RETURN(auto unresolved, LoadUnresolvedAlerts(transaction.db(), Kind::kConcern, children));
  AlertUnitOfWork ledger(transaction, context);
  ByKey<Alert*> open;
  for (Alert& alert : unresolved) {
    Key child(alert.county, alert.child_id);
    open[std::move(child)] = &ledger.Take(std::move(alert));
  }
  std::vector<ConcernRow> rows;
  for (auto& [row, place] : fresh) {
    // An alert raised here is the open one for the child's next contact in the batch.
    Alert*& alert = open[Key(row.county, row.child_id)];
    if (alert != nullptr) {
      Repeat(*alert, transaction.now());
    } else {
      alert = &ledger.Raise({.county = row.county,
                             .id = AlertOf(row),
                             .kind = Kind::kConcern,
                             .child_id = row.child_id,
                             .place = place},
                            people);
    }
    row.alert_id = alert->id;
    rows.push_back(std::move(row));
  }
  RETURN_IF_ERROR(InsertConcerns(transaction.db(), rows));
  return ledger.Save();
}

}  // namespace tonghu::alerts
