// The unit of work of children: those that one transaction touches are loaded once, changed in order in
// memory, and stored once, with their events.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "libs/journal/shard_transaction.h"
#include "services/registry/domain/child.h"
#include "services/registry/domain/directory.h"
#include "services/registry/postgres/child_store.h"

namespace tonghu::registry {

// Sees only what was loaded or put: the caller loads every name, identity number and school that will be
// asked for. Not thread-safe.
class ChildUnitOfWork {
 public:
  // `transaction` outlives the unit of work.
  explicit ChildUnitOfWork(journal::ShardTransaction& transaction) : transaction_(transaction) {}

  // Loads children, by name, identity number or class and name; and schools. May be called again; what was
  // changed here stays changed. Errors: as postgres::Connection.
  absl::Status LoadNames(absl::Span<const Key> names);
  absl::Status LoadNumbers(absl::Span<const Key> numbers);
  absl::Status LoadClassNames(absl::Span<const ClassName> names);
  absl::Status LoadSchools(absl::Span<const Key> schools);

  // The child; nullptr when there is none or it was not loaded. Valid until the next call that loads or puts.
  const Child* Find(const Key& name) const;
  const Child* FindByNumber(const Key& number) const;
  // All loaded children, in any order.
  std::vector<const Child*> All() const;

  // Registers or changes a child with a valid dossier and appends `child_put`; sets revision and times.
  // Faults: the school is not of the county, or another child has the identity number.
  PutOutcome Put(const Key& name, const Dossier& dossier);

  // Writes what was put. Called once, last.
  absl::Status Store();

 private:
  template <class Sought>
  using LoadChildrenBy = absl::StatusOr<std::vector<Child>> (*)(postgres::Connection&,
                                                                absl::Span<const Sought>);
  template <class Sought>
  absl::Status Load(absl::Span<const Sought> sought, LoadChildrenBy<Sought> load);
  void Take(Child child);

  journal::ShardTransaction& transaction_;
  absl::flat_hash_map<Key, Child> children_;
  absl::flat_hash_map<Key, std::string> numbers_;  // identity number → child id
  absl::flat_hash_map<Key, School> schools_;
  absl::flat_hash_set<Key> changed_;
};

}  // namespace tonghu::registry
