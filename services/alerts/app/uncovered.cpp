#include "absl/strings/str_cat.h"
#include "libs/ids/ids.h"
#include "libs/status/macros.h"
#include "services/alerts/app/alert_unit_of_work.h"
#include "services/alerts/app/alerts.h"
#include "services/alerts/domain/lifecycle.h"

namespace tonghu::alerts {
namespace {

constexpr char kCovered[] = "已有人负责，或不再需要";

// One alert for each time that it is told while none is unresolved.
std::string AlertOf(const Coverage& said) {
  return ids::DerivedBeside(said.child_id, absl::StrCat("uncovered/", said.county, "/", said.child_id, "/",
                                                        absl::ToUnixMicros(said.time)));
}

}  // namespace

absl::Status TakeCoverage(journal::ShardTransaction& transaction, const Context& context,
                          const std::vector<Coverage>& coverage) {
  if (coverage.empty()) return absl::OkStatus();
  std::vector<Key> children;
  PeopleNeeded needed;
  for (const Coverage& said : coverage) {
    children.emplace_back(said.county, said.child_id);
    needed.Add(said.county, said.place, "");
  }
  ASSIGN_OR_RETURN(auto people, needed.Load(transaction.db()));
  AlertUnitOfWork ledger(transaction, context);
  ByKey<Alert*> open;
  ASSIGN_OR_RETURN(auto unresolved, LoadUnresolvedAlerts(transaction.db(), Kind::kUncovered, children));
  for (Alert& alert : unresolved) {
    Key child(alert.county, alert.child_id);
    open[std::move(child)] = &ledger.Take(std::move(alert));
  }
  for (const Coverage& said : coverage) {
    Alert*& alert = open[Key(said.county, said.child_id)];
    if (said.covered) {
      if (alert != nullptr) ResolveByFact(*alert, kCovered, transaction.now());
      alert = nullptr;
      continue;
    }
    // What is told again is known where the alert stands.
    if (alert != nullptr && !said.grown) continue;
    if (alert != nullptr) {
      Repeat(*alert, transaction.now());
    } else {
      alert = &ledger.Raise({.county = said.county,
                             .id = AlertOf(said),
                             .kind = Kind::kUncovered,
                             .child_id = said.child_id,
                             .place = said.place},
                            people);
    }
    RETURN_IF_ERROR(Note(*alert, {}, said.words, transaction.now()));
  }
  return ledger.Save();
}

}  // namespace tonghu::alerts
