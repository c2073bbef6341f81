// What a benchmark found, against its floor of the same run.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace tonghu::bench {

struct Result {
  std::string name;
  double value;
  std::string unit;
  double floor;  // the same work by the barest means, in the same unit; 0: none
  bool higher_is_better;
  double target;  // 0: none
  // How far from the floor: always 1 when equal, larger is worse.
  double Ratio() const { return floor == 0 ? 0 : higher_is_better ? floor / value : value / floor; }
};

// A table on standard output; an array of {name, value, unit, floor, ratio, better, target} at `path`.
void Print(const std::vector<Result>& results);
absl::Status Write(const std::vector<Result>& results, const std::string& path);

}  // namespace tonghu::bench
