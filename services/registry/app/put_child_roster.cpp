#include "libs/clock/clock.h"
#include "libs/status/macros.h"
#include "services/registry/app/child_unit_of_work.h"
#include "services/registry/app/put_roster.h"
#include "services/registry/domain/child_match.h"

namespace tonghu::registry {
namespace {

// Loads what matching needs: the children who have a row's number and, for the other rows, those of the row's
// class and name.
absl::Status Load(const ChildRoster& roster, ChildUnitOfWork& book) {
  absl::flat_hash_set<Key> schools;
  std::vector<Key> numbers;
  std::vector<ClassName> names;
  for (const ChildRow& row : roster.rows) {
    schools.emplace(roster.county, row.dossier.school_id);
    if (!row.dossier.identity_number.empty())
      numbers.emplace_back(roster.county, row.dossier.identity_number);
  }
  RETURN_IF_ERROR(book.LoadSchools(std::vector<Key>(schools.begin(), schools.end())));
  RETURN_IF_ERROR(book.LoadNumbers(numbers));
  for (const ChildRow& row : roster.rows) {
    const Key number(roster.county, row.dossier.identity_number);
    if (book.FindByNumber(number) == nullptr) names.push_back(ClassNameOf(roster.county, row.dossier));
  }
  return book.LoadClassNames(names);
}

// The dossier of a row's child. An empty number in a roster deletes none: schools often leave the column out.
Dossier Merge(const Dossier& row, const Child* known) {
  Dossier dossier = row;
  if (known != nullptr && dossier.identity_number.empty())
    dossier.identity_number = known->dossier.identity_number;
  return dossier;
}

}  // namespace

absl::Status PutChildRoster(journal::ShardTransaction& transaction, const ChildRoster& roster,
                            ids::Source& ids, RosterOutcome& outcome) {
  ChildUnitOfWork book(transaction);
  RETURN_IF_ERROR(Load(roster, book));
  std::vector<const Dossier*> dossiers;
  for (const ChildRow& row : roster.rows) dossiers.push_back(&row.dossier);
  const std::vector<Match> matches = MatchChildren(dossiers, book.All());
  // The names come first, since putting may move the children to which the matches point.
  std::vector<Key> names;
  std::vector<Dossier> merged;
  std::vector<Faults> faults;
  const absl::CivilDay today = clock::DayOf(transaction.now());
  for (size_t i = 0; i < matches.size(); ++i) {
    const Child* known = matches[i].child;
    names.push_back(known != nullptr ? known->key() : Key(roster.county, ids.Next(transaction.now())));
    merged.push_back(Merge(roster.rows[i].dossier, known));
    faults.push_back(matches[i].faults);
    const Dossier* before = known != nullptr ? &known->dossier : nullptr;
    // A row was checked when it was read; what is left is the child's coming of age. A number that is kept
    // from before must still fit the row.
    if (merged.back().identity_number == roster.rows[i].dossier.identity_number) {
      CheckAge(merged.back(), today, before, faults.back());
    } else {
      CheckDossier(merged.back(), today, before, faults.back());
    }
  }
  for (size_t i = 0; i < matches.size(); ++i) {
    const ChildRow& row = roster.rows[i];
    if (faults[i].empty()) {
      PutOutcome put = book.Put(names[i], merged[i]);
      outcome.Add(put.change);
      faults[i] = std::move(put.faults);
    }
    for (const Fault& fault : faults[i]) outcome.errors.Add(ChildRowError(row, fault));
  }
  // With an error the import drops the transaction, so there is nothing to store.
  return outcome.errors.count() == 0 ? book.Store() : absl::OkStatus();
}

}  // namespace tonghu::registry
