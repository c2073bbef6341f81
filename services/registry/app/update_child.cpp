#include "libs/clock/clock.h"
#include "libs/ids/references.h"
#include "libs/status/macros.h"
#include "services/registry/app/child_unit_of_work.h"
#include "services/registry/app/commands.h"
#include "services/registry/app/messages.h"
#include "services/registry/domain/child_update.h"

namespace tonghu::registry {
namespace {

struct Draft {
  Key name;
  Dossier wanted;
  Faults faults;  // faults of the resource names in the request
};

Draft DraftOf(const v1::UpdateChildRequest& request, const std::string& county) {
  Draft draft;
  // A name that can't be read becomes an empty id, which no child has.
  draft.name = Key(county, ids::IdIn(county, request.child().name(), "children", "child.name").value_or(""));
  draft.wanted = DossierOf(request.child(), county, draft.faults);
  Normalise(draft.wanted);
  return draft;
}

// Decides one update. Gives the child after it. Errors: refusals.
absl::StatusOr<v1::Child> Decide(const v1::UpdateChildRequest& request, const Draft& draft,
                                 absl::CivilDay today, ChildUnitOfWork& book) {
  if (!draft.faults.empty()) return Refuse(draft.faults, "child.");
  const Child* child = book.Find(draft.name);
  if (child == nullptr) return Refuse({ChildNotFound("name")}, "child.");
  // Optimistic locking (AIP-154): an etag that is given must be the current one; without an etag the last
  // writer wins.
  if (!request.child().etag().empty() && request.child().etag() != std::to_string(child->revision))
    return Refuse({EtagMismatch()}, "child.");
  Dossier dossier = child->dossier;
  Faults faults;
  const std::vector<std::string> paths(request.update_mask().paths().begin(),
                                       request.update_mask().paths().end());
  ApplyMask(paths, draft.wanted, dossier, faults);
  if (!faults.empty()) return Refuse(faults, "");
  // The whole dossier is checked, as a change of one field may contradict another.
  CheckDossier(dossier, today, &child->dossier, faults);
  if (faults.empty()) faults = book.Put(draft.name, dossier).faults;
  if (!faults.empty()) return Refuse(faults, "child.");
  return MessageOf(*book.Find(draft.name));
}

}  // namespace

absl::Status UpdateChild(journal::ShardTransaction& transaction,
                         UpdateChildCommandHandler::Commands commands) {
  std::vector<Draft> drafts;
  std::vector<Key> names, schools, numbers;
  for (const auto& command : commands) {
    drafts.push_back(DraftOf(*command.request, *command.county));
    const Draft& draft = drafts.back();
    names.push_back(draft.name);
    if (!draft.wanted.school_id.empty()) schools.emplace_back(*command.county, draft.wanted.school_id);
    if (!draft.wanted.identity_number.empty())
      numbers.emplace_back(*command.county, draft.wanted.identity_number);
  }
  ChildUnitOfWork book(transaction);
  RETURN_IF_ERROR(book.LoadNames(names));
  RETURN_IF_ERROR(book.LoadNumbers(numbers));
  // The event of any change carries the township of the child's school, so the schools of all children are
  // loaded too.
  for (const Child* child : book.All()) schools.emplace_back(child->county, child->dossier.school_id);
  RETURN_IF_ERROR(book.LoadSchools(schools));
  const absl::CivilDay today = clock::DayOf(transaction.now());
  for (size_t i = 0; i < commands.size(); ++i)
    *commands[i].reply = Decide(*commands[i].request, drafts[i], today, book);
  return book.Store();
}

}  // namespace tonghu::registry
