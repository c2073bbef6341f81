#include "services/registry/app/child_unit_of_work.h"

#include <algorithm>

#include "libs/status/macros.h"
#include "services/registry/events/publish.h"
#include "services/registry/postgres/directory_store.h"

namespace tonghu::registry {
namespace {

constexpr size_t kChunk = 5000;  // rows a statement; bounds the memory and time of one statement of an import

// Calls `work` for each part of `all`, until one call fails.
template <class Row, class Work>
absl::Status InChunks(absl::Span<const Row> all, Work work) {
  for (size_t at = 0; at < all.size(); at += kChunk) {
    RETURN_IF_ERROR(work(all.subspan(at, kChunk)));
  }
  return absl::OkStatus();
}

}  // namespace

void ChildUnitOfWork::Take(Child child) {
  const Key key = child.key();
  const auto [place, fresh] = children_.try_emplace(key, std::move(child));
  const std::string& number = place->second.dossier.identity_number;
  // A child that was put here before stays as it was put, and so does its number.
  if (fresh && !number.empty()) numbers_.try_emplace(Key(key.first, number), key.second);
}

template <class Sought>
absl::Status ChildUnitOfWork::Load(absl::Span<const Sought> sought, LoadChildrenBy<Sought> load) {
  return InChunks(sought, [&](absl::Span<const Sought> some) {
    ASSIGN_OR_RETURN(auto children, load(transaction_.db(), some));
    for (Child& child : children) Take(std::move(child));
    return absl::OkStatus();
  });
}

absl::Status ChildUnitOfWork::LoadNames(absl::Span<const Key> names) { return Load(names, LoadChildren); }
absl::Status ChildUnitOfWork::LoadNumbers(absl::Span<const Key> numbers) {
  return Load(numbers, LoadChildrenByNumber);
}
absl::Status ChildUnitOfWork::LoadClassNames(absl::Span<const ClassName> names) {
  return Load(names, LoadChildrenByClassName);
}

absl::Status ChildUnitOfWork::LoadSchools(absl::Span<const Key> schools) {
  return InChunks(schools, [this](absl::Span<const Key> some) {
    ASSIGN_OR_RETURN(auto loaded, registry::LoadSchools(transaction_.db(), some));
    for (School& school : loaded) schools_.try_emplace(school.key(), school);
    return absl::OkStatus();
  });
}

const Child* ChildUnitOfWork::Find(const Key& name) const {
  const auto found = children_.find(name);
  return found == children_.end() ? nullptr : &found->second;
}

const Child* ChildUnitOfWork::FindByNumber(const Key& number) const {
  const auto found = numbers_.find(number);
  return found == numbers_.end() ? nullptr : Find(Key(number.first, found->second));
}

std::vector<const Child*> ChildUnitOfWork::All() const {
  std::vector<const Child*> all;
  all.reserve(children_.size());
  for (const auto& [key, child] : children_) all.push_back(&child);
  return all;
}

PutOutcome ChildUnitOfWork::Put(const Key& name, const Dossier& dossier) {
  PutOutcome outcome;
  // The child's event carries the township of the school, so the school must be known.
  const auto school = schools_.find(Key(name.first, dossier.school_id));
  if (school == schools_.end()) outcome.faults.push_back(SchoolNotFound());
  const Key number(name.first, dossier.identity_number);
  if (!dossier.identity_number.empty()) {
    const auto holder = numbers_.find(number);
    if (holder != numbers_.end() && holder->second != name.second)
      outcome.faults.push_back(IdentityNumberTaken());
  }
  if (!outcome.faults.empty()) return outcome;

  const auto [place, fresh] = children_.try_emplace(name);
  Child& child = place->second;
  // The same dossier again changes nothing and publishes nothing, so a roster can be imported again and
  // again.
  if (!fresh && child.dossier == dossier) return outcome;
  outcome.change = fresh ? Change::kCreated : Change::kUpdated;
  if (fresh) {
    child.county = name.first;
    child.id = name.second;
    child.create_time = transaction_.now();
  } else if (child.dossier.identity_number != dossier.identity_number) {
    // The old number is free for a later command of the batch.
    numbers_.erase(Key(name.first, child.dossier.identity_number));
  }
  if (!dossier.identity_number.empty()) numbers_[number] = name.second;
  child.dossier = dossier;
  child.update_time = transaction_.now();
  ++child.revision;
  changed_.insert(name);
  // Events are appended in the order of the commands; the rows are stored once, at the end.
  PublishChildPut(transaction_, child, school->second.township_code);
  return outcome;
}

absl::Status ChildUnitOfWork::Store() {
  std::vector<Key> keys(changed_.begin(), changed_.end());
  std::sort(keys.begin(), keys.end());  // in the order of the primary key, which PostgreSQL inserts faster
  return InChunks(absl::MakeConstSpan(keys), [this](absl::Span<const Key> some) {
    std::vector<Child> children;
    children.reserve(some.size());
    for (const Key& key : some) children.push_back(children_.at(key));
    return StoreChildren(transaction_.db(), children);
  });
}

}  // namespace tonghu::registry
