#include "absl/strings/str_cat.h"
#include "libs/ids/ids.h"
#include "libs/status/macros.h"
#include "services/alerts/app/alert_unit_of_work.h"
#include "services/alerts/app/alerts.h"
#include "services/alerts/domain/lifecycle.h"

namespace tonghu::alerts {
namespace {

constexpr char kKnown[] = "校历已补全，或学校已无在册儿童";

// One alert for each time that it is told while none is unresolved.
std::string AlertOf(const SaidTerm& said) {
  return ids::DerivedBeside(ids::FirstAt(said.time),
                            absl::StrCat("term_missing/", said.county, "/", said.place.school_id, "/",
                                         absl::ToUnixMicros(said.time)));
}

// What is to be done, in Chinese; the alert's first note.
std::string WordsOf(const SaidTerm& said) {
  return absl::StrCat("自", absl::FormatCivilTime(said.first_day),
                      "起没有校历，本校儿童不会产生任何任务；请在学校页面填写该学期校历");
}

}  // namespace

absl::Status TakeTerms(journal::ShardTransaction& transaction, const Context& context,
                       const std::vector<SaidTerm>& terms) {
  if (terms.empty()) return absl::OkStatus();
  std::vector<Key> schools;
  PeopleNeeded needed;
  for (const SaidTerm& said : terms) {
    schools.emplace_back(said.county, said.place.school_id);
    needed.Add(said.county, said.place, "");
  }
  ASSIGN_OR_RETURN(auto people, needed.Load(transaction.db()));
  AlertUnitOfWork ledger(transaction, context);
  ByKey<Alert*> open;
  ASSIGN_OR_RETURN(auto unresolved,
                   LoadUnresolvedSchoolAlerts(transaction.db(), Kind::kTermMissing, schools));
  for (Alert& alert : unresolved) {
    Key school(alert.county, alert.place.school_id);
    open[std::move(school)] = &ledger.Take(std::move(alert));
  }
  for (const SaidTerm& said : terms) {
    Alert*& alert = open[Key(said.county, said.place.school_id)];
    if (said.known) {
      if (alert != nullptr) ResolveByFact(*alert, kKnown, transaction.now());
      alert = nullptr;
    } else if (alert == nullptr) {
      alert = &ledger.Raise({.county = said.county,
                             .id = AlertOf(said),
                             .kind = Kind::kTermMissing,
                             .day = said.first_day,
                             .place = said.place},
                            people);
      RETURN_IF_ERROR(Note(*alert, {}, WordsOf(said), transaction.now()));
    }
  }
  return ledger.Save();
}

}  // namespace tonghu::alerts
