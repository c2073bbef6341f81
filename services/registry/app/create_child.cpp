#include "libs/clock/clock.h"
#include "libs/status/macros.h"
#include "services/registry/app/child_unit_of_work.h"
#include "services/registry/app/commands.h"
#include "services/registry/app/messages.h"

namespace tonghu::registry {
namespace {

// A request as a dossier, with what is wrong with it.
struct Draft {
  Dossier dossier;
  Faults faults;
};

Draft DraftOf(const v1::CreateChildRequest& request, const std::string& county, absl::CivilDay today) {
  Draft draft;
  draft.dossier = DossierOf(request.child(), county, draft.faults);
  Normalise(draft.dossier);
  CheckDossier(draft.dossier, today, nullptr, draft.faults);
  return draft;
}

// Creates a batch of children: loads what all need, decides each in turn, stores all.
absl::Status Create(ids::Source& ids, journal::ShardTransaction& transaction,
                    CreateChildCommandHandler::Commands commands) {
  const absl::CivilDay today = clock::DayOf(transaction.now());
  std::vector<Draft> drafts;
  std::vector<Key> schools, numbers;
  for (const auto& command : commands) {
    drafts.push_back(DraftOf(*command.request, *command.county, today));
    if (!drafts.back().faults.empty()) continue;
    const Dossier& dossier = drafts.back().dossier;
    schools.emplace_back(*command.county, dossier.school_id);
    if (!dossier.identity_number.empty()) numbers.emplace_back(*command.county, dossier.identity_number);
  }
  ChildUnitOfWork book(transaction);
  RETURN_IF_ERROR(book.LoadSchools(schools));
  RETURN_IF_ERROR(book.LoadNumbers(numbers));
  for (size_t i = 0; i < commands.size(); ++i) {
    const Key name(*commands[i].county, ids.Next(transaction.now()));
    Faults faults = std::move(drafts[i].faults);
    if (faults.empty()) faults = book.Put(name, drafts[i].dossier).faults;
    if (faults.empty()) {
      // The reply is sent after the commit only (journal::CommandExecutor).
      *commands[i].reply = MessageOf(*book.Find(name));
    } else {
      *commands[i].reply = Refuse(faults, "child.");
    }
  }
  return book.Store();
}

}  // namespace

CreateChildCommandHandler::Decider CreateChild(ids::Source& ids) {
  return [&ids](journal::ShardTransaction& transaction, CreateChildCommandHandler::Commands commands) {
    return Create(ids, transaction, commands);
  };
}

}  // namespace tonghu::registry
