// Rows as columns: what `unnest` takes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "libs/postgres/params.h"
#include "services/registry/domain/key.h"

namespace tonghu::registry {

template <class Row, class Get>
std::vector<std::string> TextsOf(absl::Span<const Row> rows, Get get) {
  std::vector<std::string> column;
  column.reserve(rows.size());
  for (const Row& row : rows) column.emplace_back(get(row));
  return column;
}

template <class Row, class Get>
std::vector<int64_t> IntsOf(absl::Span<const Row> rows, Get get) {
  std::vector<int64_t> column;
  column.reserve(rows.size());
  for (const Row& row : rows) column.push_back(static_cast<int64_t>(get(row)));
  return column;
}

inline postgres::Params KeyParams(absl::Span<const Key> keys) {
  postgres::Params params;
  params.Texts(TextsOf(keys, [](const Key& key) -> const std::string& { return key.first; }))
      .Texts(TextsOf(keys, [](const Key& key) -> const std::string& { return key.second; }));
  return params;
}

}  // namespace tonghu::registry
