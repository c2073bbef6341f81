// Rows by their key: the stored rows, as the commands of a batch find and leave them.
#pragma once

#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "services/registry/domain/key.h"

namespace tonghu::registry {

template <class Row>
using ByKey = absl::flat_hash_map<Key, Row>;

// Indexes loaded rows by their key. Errors: those of the load.
template <class Row>
absl::StatusOr<ByKey<Row>> Index(absl::StatusOr<std::vector<Row>> rows) {
  if (!rows.ok()) return rows.status();
  ByKey<Row> by_key;
  by_key.reserve(rows->size());
  for (Row& row : *rows) {
    Key key = row.key();
    by_key.insert_or_assign(std::move(key), std::move(row));
  }
  return by_key;
}

}  // namespace tonghu::registry
