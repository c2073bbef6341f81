// What the benchmarks found: figures over several runs, each beside its floor of the same run.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace tonghu::bench {

enum class Better { kHigher, kLower };

// What one run found of one figure.
struct Sample {
  std::string name;
  double value = 0;
  std::string unit;
  Better better = Better::kLower;
  double floor = 0;                   // the same work by the barest means, in the same unit; 0: none
  double aim = 0;                     // 0: none
  std::string against = "the floor";  // what `floor` is, where it is something else
};

// A figure over its runs.
struct Figure {
  Sample first;                        // name, unit, direction, aim
  std::vector<double> values, floors;  // one a run; no floors where there are none
  std::vector<double> fixed_work;      // seconds of the fixed work beside each run
  std::string not_run;                 // why there is no value
};

// Median of the values of a figure's runs. `values` must not be empty.
double Median(std::vector<double> values);
// The value that `share` (0.99) of the values do not exceed. `values` must not be empty.
double Quantile(std::vector<double> values, double share);
// How far a figure is from its floor: 1 when equal, larger is worse; median over the runs. 0: no floor.
double Ratio(const Figure& figure);

// Collects samples: those of one name are one figure, in the order of their first coming. Not thread-safe.
class Figures {
 public:
  // `seconds`: what the fixed work took just now, for the samples that come next.
  void SetFixedWork(double seconds) { fixed_work_ = seconds; }
  void Add(const Sample& sample);
  void NotRun(const std::string& name, const std::string& why);

  const std::vector<Figure>& all() const { return all_; }
  // Of the figure with this name so far; 0: there is none.
  double MedianOf(const std::string& name) const;

 private:
  std::vector<Figure> all_;
  double fixed_work_ = 0;
};

// A table on standard output.
void Print(const std::vector<Figure>& figures);
// The same as JSON at `path`, with every run. Errors: UNAVAILABLE.
absl::Status Write(const std::vector<Figure>& figures, const std::string& path);

}  // namespace tonghu::bench
