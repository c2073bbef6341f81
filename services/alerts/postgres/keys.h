// What rows are looked up by: columns of keys, the county first.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "libs/postgres/keys.h"

namespace tonghu::alerts {

using postgres::Key;

template <class Value>
using ByKey = absl::flat_hash_map<Key, Value>;

// Keys as two arrays for unnest().
struct KeyColumns {
  std::vector<std::string> counties, ids;

  void Add(std::string county, std::string id) {
    counties.push_back(std::move(county));
    ids.push_back(std::move(id));
  }
  std::vector<Key> Keys() const {
    std::vector<Key> keys;
    for (size_t i = 0; i < size(); ++i) keys.emplace_back(counties[i], ids[i]);
    return keys;
  }
  bool empty() const { return ids.empty(); }
  size_t size() const { return ids.size(); }

  // $1 and $2, for ids of alerts and children; an id that is no UUID is nobody's and finds nothing.
  postgres::Params Uuids() const { return postgres::Params().Texts(counties).Uuids(ids); }
  // The same for other ids.
  postgres::Params Texts() const { return postgres::Params().Texts(counties).Texts(ids); }
};

}  // namespace tonghu::alerts
