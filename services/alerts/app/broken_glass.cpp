#include "absl/strings/str_cat.h"
#include "libs/directory/lookup.h"
#include "libs/ids/ids.h"
#include "libs/status/macros.h"
#include "services/alerts/app/alert_unit_of_work.h"
#include "services/alerts/app/alerts.h"
#include "services/alerts/domain/lifecycle.h"

namespace tonghu::alerts {
namespace {

// Derived from the breaking, so that the event raises one alert however often it comes.
Key AlertOf(const BrokenGlass& breaking) {
  return {breaking.county,
          ids::DerivedBeside(breaking.breaking_id,
                             absl::StrCat("glass_broken/", breaking.county, "/", breaking.breaking_id))};
}

}  // namespace

absl::Status RaiseBrokenGlass(journal::ShardTransaction& transaction, const Context& context,
                              const std::vector<BrokenGlass>& breakings) {
  if (breakings.empty()) return absl::OkStatus();
  std::vector<Key> children;
  for (const BrokenGlass& one : breakings) children.emplace_back(one.county, one.child_id);
  // The county office is told also of a child whose place has not come here yet.
  ASSIGN_OR_RETURN(auto places, directory::LoadChildren(transaction.db(), children));
  PeopleNeeded needed;
  for (const BrokenGlass& one : breakings) needed.Add(one.county, places[Key(one.county, one.child_id)], "");
  ASSIGN_OR_RETURN(auto people, needed.Load(transaction.db()));
  AlertUnitOfWork ledger(transaction, context);
  for (const BrokenGlass& one : breakings) {
    Key key = AlertOf(one);
    if (ledger.Find(key) != nullptr) continue;
    Alert& alert = ledger.Raise({.county = one.county,
                                 .id = std::move(key.second),
                                 .kind = Kind::kGlassBroken,
                                 .child_id = one.child_id,
                                 .place = places[Key(one.county, one.child_id)]},
                                people);
    RETURN_IF_ERROR(Note(alert, {}, one.words, transaction.now()));
  }
  return ledger.Save();
}

}  // namespace tonghu::alerts
