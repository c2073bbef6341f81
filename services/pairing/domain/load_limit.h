// With how many children a helper may be paired in a role. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "services/pairing/domain/pairing.h"

namespace tonghu::pairing {

// The limits of counties that have said nothing, by role (docs: a teacher 1 or 2 children, a school leader 5
// to 7). Roles that are not in it have no limit.
const std::map<PairingRole, int>& BuiltInLimits();

// The bounds of a limit that is put.
inline constexpr int kMostChildren = 1000;

// What a helper is paired with now in a role, and how many children there may be; `most` 0: no limit.
struct Load {
  int children = 0;
  int most = 0;
  bool full() const { return most != 0 && children >= most; }
};

// The loads of helpers while pairings are decided one after the other.
class Loads {
 public:
  // What is so before the first is decided.
  void Put(const std::string& county, const std::string& helper_id, PairingRole role, Load load) {
    loads_[{{county, helper_id}, role}] = load;
  }
  // Counts one more child. Errors: LOAD_LIMIT_REACHED on `field`, and nothing is counted.
  absl::Status Take(const std::string& county, const std::string& helper_id, PairingRole role,
                    std::string_view field);

 private:
  std::map<std::pair<std::pair<std::string, std::string>, PairingRole>, Load> loads_;
};

}  // namespace tonghu::pairing
