#include "libs/clock/clock.h"
#include "services/registry/app/child_book.h"
#include "services/registry/app/commands.h"
#include "services/registry/app/messages.h"

namespace tonghu::registry {
namespace {

constexpr char kPrefix[] = "child.";

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

absl::Status Create(ids::Source& ids, journal::ShardTransaction& transaction, CreateChildLane::Slots slots) {
  const absl::CivilDay today = clock::DayOf(transaction.now());
  std::vector<Draft> drafts;
  std::vector<Key> schools, numbers;
  for (const auto& slot : slots) {
    drafts.push_back(DraftOf(*slot.request, *slot.county, today));
    if (!drafts.back().faults.empty()) continue;
    const Dossier& dossier = drafts.back().dossier;
    schools.emplace_back(*slot.county, dossier.school_id);
    if (!dossier.identity_number.empty()) numbers.emplace_back(*slot.county, dossier.identity_number);
  }
  ChildBook book(transaction);
  if (absl::Status loaded = book.LoadSchools(schools); !loaded.ok()) return loaded;
  if (absl::Status loaded = book.LoadNumbers(numbers); !loaded.ok()) return loaded;
  for (size_t i = 0; i < slots.size(); ++i) {
    const Key name(*slots[i].county, ids.Next(transaction.now()));
    Faults faults = std::move(drafts[i].faults);
    if (faults.empty()) faults = book.Put(name, drafts[i].dossier).faults;
    if (faults.empty()) {
      *slots[i].reply = MessageOf(*book.Find(name));
    } else {
      *slots[i].reply = Refuse(faults, kPrefix);
    }
  }
  return book.Store();
}

}  // namespace

CreateChildLane::Handler CreateChild(ids::Source& ids) {
  return [&ids](journal::ShardTransaction& transaction, CreateChildLane::Slots slots) {
    return Create(ids, transaction, slots);
  };
}

}  // namespace tonghu::registry
