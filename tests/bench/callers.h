// Callers that each make one call after the other.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/blocking_counter.h"
#include "tests/bench/results.h"
#include "tests/bench/rig.h"

namespace tonghu::bench {

// Makes call `number` without blocking, and calls `done` once with whether the answer was right, on any
// thread.
using AnyCall = std::function<void(int number, std::function<void(bool good)> done)>;

// `calls` calls, each made once.
class Callers {
 public:
  Callers(int calls, AnyCall call) : call_(std::move(call)), millis_(calls), left_(calls) {}

  // Blocks until all are answered; gives how many failed.
  int Run(int callers);
  // After Run: the time that `share` of the calls did not exceed.
  double Millis(double share) const { return Quantile(millis_, share); }

 private:
  void Next();

  const AnyCall call_;
  std::vector<double> millis_;
  std::atomic<int> left_, failures_ = 0;
  absl::BlockingCounter* open_ = nullptr;
};

// What a load of calls took.
struct Taken {
  double calls_a_second = 0, p50 = 0, p99 = 0;  // ms
  double cpu = 0;                               // µs a call: servers and services, without the callers
  double access_cpu = 0;                        // µs a call of `cpu`: access, and its sessions at PostgreSQL
};
// Errors: DATA_LOSS when a call failed, naming `what`.
absl::StatusOr<Taken> Take(Rig& rig, const std::string& what, int callers, int calls, AnyCall call);

// Adds calls a second, p50, p99 and processor time under `name`; beside `bare`, when it is given.
void AddTaken(Figures& figures, const std::string& name, const Taken& taken, const Taken* bare = nullptr);

}  // namespace tonghu::bench
