#include <fmt/core.h>

#include "tests/bench/contacts.h"

namespace tonghu::bench {
namespace {

absl::StatusOr<int64_t> Count(Rig& rig, const std::string& service, const std::string& sql) {
  auto db = rig.Database(service);
  if (!db.ok()) return db.status();
  auto rows = (*db)->Run(sql);
  if (!rows.ok()) return rows.status();
  return rows->Int(0, 0);
}

// Exactly the open duties were missed, each alerted once.
absl::Status Check(Rig& rig, int64_t duties) {
  const std::vector<std::pair<std::string, std::string>> counts = {
      {"pairing", "SELECT count(*) FROM judged_duty WHERE state = 3"},
      {"pairing", "SELECT count(*) FROM journal WHERE type = 'duty_missed'"},
      {"alerts", "SELECT count(*) FROM alert"},
      {"alerts", "SELECT count(*) FROM journal WHERE type = 'alert_raised'"},
  };
  for (const auto& [service, sql] : counts) {
    auto count = Count(rig, service, sql);
    if (!count.ok()) return count.status();
    if (*count != duties)
      return absl::DataLossError(fmt::format("{}: {} is {}, not {}", service, sql, *count, duties));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Result>> DutiesAtOnce(Rig& rig, int duties) {
  auto open = Count(rig, "pairing", "SELECT count(*) FROM judged_duty WHERE state = 1");
  if (!open.ok()) return open.status();
  if (*open != duties) return absl::InternalError(fmt::format("{} duties are open, not {}", *open, duties));
  auto journal = rig.Head("pairing");
  auto before = rig.Applied("alerts", "pairing");
  if (!journal.ok()) return journal.status();
  if (!before.ok()) return before.status();
  const absl::Time begin = absl::Now();
  if (absl::Status moved = rig.stack().clock().AdvanceTo(rig.DueTime()); !moved.ok()) return moved;
  absl::Status judged = Rig::Await(absl::Minutes(5), [&]() -> absl::StatusOr<bool> {
    auto head = rig.Head("pairing");
    if (!head.ok()) return head.status();
    return *head >= *journal + duties;
  });
  if (!judged.ok()) return judged;
  const double judge_seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  absl::Status alerted = Rig::Await(absl::Minutes(10), [&]() -> absl::StatusOr<bool> {
    auto applied = rig.Applied("alerts", "pairing");
    if (!applied.ok()) return applied.status();
    return *applied >= *journal + duties;
  });
  if (!alerted.ok()) return alerted;
  const double alert_seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  if (absl::Status checked = Check(rig, duties); !checked.ok()) return checked;
  auto judge_floor = CopyAndPublish(rig, {"pairing.duty", "pairing.journal"}, 0);
  if (!judge_floor.ok()) return judge_floor.status();
  auto alert_floor =
      CopyAndPublish(rig, {"pairing.duty", "pairing.journal", "alerts.alert", "alerts.journal"}, duties);
  if (!alert_floor.ok()) return alert_floor.status();
  const double scale = 1e6 / duties;  // to a million
  return std::vector<Result>{
      {fmt::format("{} duties due at one instant: judged and journalled", duties), judge_seconds, "s",
       judge_floor->seconds, false, 10 / scale},
      {"  and alerted", alert_seconds, "s", alert_floor->seconds, false, 20 / scale},
      {"memory of the four services after it", rig.ServicesMemory(), "MiB", 0, false, 0},
  };
}

}  // namespace tonghu::bench
