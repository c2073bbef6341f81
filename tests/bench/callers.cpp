#include "tests/bench/callers.h"

#include <fmt/core.h>

#include "absl/time/clock.h"

namespace tonghu::bench {

int Callers::Run(int callers) {
  absl::BlockingCounter open(callers);
  open_ = &open;
  for (int i = 0; i < callers; ++i) Next();
  open.Wait();
  return failures_;
}

void Callers::Next() {
  const int number = --left_;
  if (number < 0) return open_->DecrementCount(), void();
  call_(number, [this, number, begin = absl::Now()](bool good) {
    millis_[number] = absl::ToDoubleMilliseconds(absl::Now() - begin);
    failures_ += !good;
    Next();
  });
}

absl::StatusOr<Taken> Take(Rig& rig, const std::string& what, int callers, int calls, AnyCall call) {
  Callers all(calls, std::move(call));
  const Cpu before = rig.CpuSoFar();
  const absl::Time begin = absl::Now();
  if (const int failed = all.Run(callers); failed != 0)
    return absl::DataLossError(fmt::format("{} of {} calls failed: {}", failed, calls, what));
  Taken taken{.calls_a_second = calls / absl::ToDoubleSeconds(absl::Now() - begin),
              .p50 = all.Millis(0.5),
              .p99 = all.Millis(0.99)};
  // What the calls leave to be done behind them is their cost as well.
  if (absl::Status quiet = rig.AwaitQuiet(absl::Minutes(1)); !quiet.ok()) return quiet;
  const Cpu used = rig.CpuSoFar() - before;
  taken.cpu = (used.services + used.Servers()) / calls * 1e6;
  taken.access_cpu = used.access / calls * 1e6;
  return taken;
}

void AddTaken(Figures& figures, const std::string& name, const Taken& taken, const Taken* bare) {
  const auto beside = [&](double Taken::*what) { return bare == nullptr ? 0 : bare->*what; };
  const char* against = "bare gRPC";
  figures.Add(
      {name, taken.calls_a_second, "calls/s", Better::kHigher, beside(&Taken::calls_a_second), 0, against});
  figures.Add(
      {fmt::format("  {}: p50", name), taken.p50, "ms", Better::kLower, beside(&Taken::p50), 0, against});
  figures.Add(
      {fmt::format("  {}: p99", name), taken.p99, "ms", Better::kLower, beside(&Taken::p99), 0, against});
  figures.Add({fmt::format("  {}: processor time a call, servers and services", name), taken.cpu, "µs",
               Better::kLower, beside(&Taken::cpu), 0, against});
  figures.Add(
      {fmt::format("  {}: of which access and its sessions", name), taken.access_cpu, "µs", Better::kLower});
}

}  // namespace tonghu::bench
