#include "tests/bench/rig.h"

#include <fmt/core.h>

#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"

namespace tonghu::bench {
namespace {

constexpr absl::Duration kAnswer = absl::Minutes(20);  // filling with a million children takes minutes

absl::StatusOr<std::unique_ptr<postgres::Connection>> Open(const std::string& conninfo) {
  auto db = postgres::Connection::Open(conninfo, {.answer = kAnswer});
  if (!db.ok()) return db;
  if (absl::Status set = (*db)->Script("SET statement_timeout = 0"); !set.ok()) return set;
  return db;
}

}  // namespace

absl::Status Await(absl::Duration bound, const std::function<absl::StatusOr<bool>()>& condition) {
  const absl::Time end = absl::Now() + bound;
  for (;;) {
    auto met = condition();
    if (!met.ok()) return met.status();
    if (*met) return absl::OkStatus();
    if (absl::Now() > end)
      return absl::DeadlineExceededError("what was waited for did not come in " +
                                         absl::FormatDuration(bound));
    absl::SleepFor(absl::Milliseconds(5));
  }
}

absl::StatusOr<std::unique_ptr<Rig>> Rig::Up(int children, absl::Time start) {
  std::unique_ptr<Rig> rig(new Rig);
  auto stack = harness::Stack::Up({.start = start});
  if (!stack.ok()) return stack.status();
  rig->stack_ = std::move(*stack);
  rig->children_ = children;
  const absl::CivilDay today = clock::DayOf(start == absl::InfinitePast() ? absl::Now() : start);
  rig->monday_ = clock::StartOf(absl::PrevWeekday(today + 1, absl::Weekday::monday));
  for (const char* service : {"registry", "pairing", "alerts", "reporting", "access"})
    rig->journals_[service] = tonghu::journal::v1::JournalService::NewStub(rig->stack_->Channel(service));
  auto db = rig->Database("pairing");
  if (!db.ok()) return db.status();
  if (absl::Status filled = FillPairing(**db, children, rig->monday_); !filled.ok()) return filled;
  auto alerts = rig->Database("alerts");
  if (!alerts.ok()) return alerts.status();
  for (const std::string& county : Counties()) {
    if (absl::Status filled = FillAlerts(**alerts, county); !filled.ok()) return filled;
  }
  return rig;
}

absl::StatusOr<int> Rig::TakeChildren(int count) {
  if (count > children_)
    return absl::ResourceExhaustedError(fmt::format("{} of {} children a county", count, children_));
  if (taken_ + count > children_) {
    auto db = Database("pairing");
    if (!db.ok()) return db.status();
    if (absl::Status opened = ReopenDuties(**db); !opened.ok()) return opened;
    taken_ = 0;
  }
  const int first = taken_;
  taken_ += count;
  return first;
}

absl::StatusOr<int> Rig::TakeChildrenForGood(int count) {
  if (count > children_)
    return absl::ResourceExhaustedError(fmt::format("{} of {} children a county", count, children_));
  children_ -= count;
  return children_;
}

absl::StatusOr<std::unique_ptr<postgres::Connection>> Rig::Database(const std::string& service) {
  return Open(stack_->Conninfo("tonghu_" + service));
}

absl::StatusOr<std::unique_ptr<postgres::Connection>> Rig::Admin() {
  return Open(stack_->Conninfo("tonghu_admin"));
}

absl::StatusOr<tonghu::journal::v1::JournalStatus> Rig::Status(const std::string& service) {
  auto context = rpc::WithDeadline(absl::Seconds(10));
  tonghu::journal::v1::JournalStatus status;
  if (grpc::Status got = Journal(service).GetStatus(context.get(), {}, &status); !got.ok())
    return rpc::FromGrpc(got);
  return status;
}

absl::StatusOr<std::map<int, int64_t>> Rig::Heads(const std::string& service) {
  auto status = Status(service);
  if (!status.ok()) return status.status();
  std::map<int, int64_t> heads;
  for (const auto& shard : status->shards()) heads[shard.shard()] = shard.head_seq();
  return heads;
}

absl::StatusOr<int64_t> Rig::Head(const std::string& service) {
  auto heads = Heads(service);
  if (!heads.ok()) return heads.status();
  int64_t sum = 0;
  for (const auto& [shard, head] : *heads) sum += head;
  return sum;
}

absl::StatusOr<int64_t> Rig::Applied(const std::string& consumer, const std::string& producer) {
  auto status = Status(consumer);
  if (!status.ok()) return status.status();
  int64_t applied = 0;
  for (const auto& shard : status->shards()) {
    for (const auto& cursor : shard.cursors()) applied += cursor.producer() == producer ? cursor.seq() : 0;
  }
  return applied;
}

absl::Status Rig::AwaitApplied(absl::Duration bound, const std::string& consumer,
                               const std::string& producer) {
  auto head = Head(producer);
  if (!head.ok()) return head.status();
  return Await(bound, [&]() -> absl::StatusOr<bool> {
    auto applied = Applied(consumer, producer);
    if (!applied.ok()) return applied.status();
    return *applied >= *head;
  });
}

absl::Status Rig::AwaitQuiet(absl::Duration bound) {
  const std::pair<const char*, const char*> ways[] = {{"alerts", "pairing"},   {"reporting", "pairing"},
                                                      {"reporting", "alerts"}, {"access", "registry"},
                                                      {"access", "pairing"},   {"access", "alerts"}};
  for (const auto& [consumer, producer] : ways) {
    if (absl::Status applied = AwaitApplied(bound, consumer, producer); !applied.ok()) return applied;
  }
  return absl::OkStatus();
}

}  // namespace tonghu::bench
