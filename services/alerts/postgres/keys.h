// What rows are looked up by: columns of keys, the county first.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace tonghu::alerts {

// County and the id within it.
using Key = std::pair<std::string, std::string>;

template <class Value>
using ByKey = absl::flat_hash_map<Key, Value>;

// Keys as two arrays for unnest().
struct KeyColumns {
  std::vector<std::string> counties, ids;

  void Add(std::string county, std::string id) {
    counties.push_back(std::move(county));
    ids.push_back(std::move(id));
  }
  bool empty() const { return ids.empty(); }
  size_t size() const { return ids.size(); }
};

}  // namespace tonghu::alerts
