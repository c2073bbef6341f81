#include <fmt/core.h>

#include "tests/bench/benchmarks.h"
#include "tests/bench/missed.h"

namespace tonghu::bench {
namespace {

constexpr absl::Duration kStep = absl::Milliseconds(2);  // 500 a second
constexpr absl::Duration kAhead = absl::Seconds(2);      // time for the rows to be changed
constexpr double kAimMillis = 50;

}  // namespace

absl::Status TrickleOfDuties(Rig& rig, int first, int each, Figures& figures) {
  const int64_t all = static_cast<int64_t>(each) * static_cast<int64_t>(Counties().size());
  auto pairing = rig.Heads("pairing");
  auto alerts = rig.Heads("alerts");
  auto head = rig.Head("pairing");
  if (!pairing.ok()) return pairing.status();
  if (!alerts.ok()) return alerts.status();
  if (!head.ok()) return head.status();
  auto db = rig.Database("pairing");
  if (!db.ok()) return db.status();
  const absl::Time from = absl::Now() + kAhead;
  if (absl::Status set = SetDueTimes(**db, {first, each, from, kStep}); !set.ok()) return set;
  if (absl::Now() > from)
    return absl::DeadlineExceededError("the due times were passed before they were set");
  absl::SleepFor(from + all * kStep - absl::Now());  // what is measured takes so long
  absl::Status judged = Await(absl::Minutes(1), [&]() -> absl::StatusOr<bool> {
    auto now = rig.Head("pairing");
    if (!now.ok()) return now.status();
    return *now >= *head + all;
  });
  if (!judged.ok()) return judged;
  if (absl::Status quiet = rig.AwaitQuiet(absl::Minutes(1)); !quiet.ok()) return quiet;
  auto missed = MissedSince(rig, *pairing, *alerts, all);
  if (!missed.ok()) return missed.status();
  const auto add = [&figures](const std::string& name, double value, double aim = 0) {
    figures.Add({"500 deadlines a second: " + name, value, "ms", Better::kLower, 0, aim});
  };
  add("judged late by p50", Quantile(missed->judged, 0.5));
  add("judged late by p99", Quantile(missed->judged, 0.99), kAimMillis);
  add("alerted late by p50", Quantile(missed->alerted, 0.5));
  add("alerted late by p99", Quantile(missed->alerted, 0.99));
  return absl::OkStatus();
}

}  // namespace tonghu::bench
