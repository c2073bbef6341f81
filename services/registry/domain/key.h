// The key of a row: the county and an id unique in it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"

namespace tonghu::registry {

// First the county, then an id (or another natural key). Hashable by absl; the same type as postgres::Key.
using Key = std::pair<std::string, std::string>;

// The keys of rows, in their order.
template <class Row>
std::vector<Key> KeysOf(absl::Span<const Row> rows) {
  std::vector<Key> keys;
  keys.reserve(rows.size());
  for (const Row& row : rows) keys.push_back(row.key());
  return keys;
}

}  // namespace tonghu::registry
