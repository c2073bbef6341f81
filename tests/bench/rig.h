// What all benchmarks stand on: a stack, and counties full of children.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "libs/postgres/connection.h"
#include "tests/bench/accounts.h"
#include "tests/bench/fill.h"
#include "tests/harness/stack.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"

namespace tonghu::bench {

// Looks every 5 ms until `condition`. Errors: its own; DEADLINE_EXCEEDED after `bound`.
absl::Status Await(absl::Duration bound, const std::function<absl::StatusOr<bool>()>& condition);

// Not thread-safe, except where said.
class Rig {
 public:
  // Brings everything up with `children` paired children in each county, all of whose duties of this week are
  // open and due at DueTime().
  // `start`: of a virtual clock, for what waits for deadlines; InfinitePast: the machine's, as in production
  // (on a virtual one the services look for deadlines after every commit).
  static absl::StatusOr<std::unique_ptr<Rig>> Up(int children, absl::Time start = absl::InfinitePast());

  harness::Stack& stack() { return *stack_; }
  absl::Time monday() const { return monday_; }
  absl::Time DueTime() const { return monday_ + absl::Hours(24 * 9); }
  // In each county, numbered from 0, without those taken for good.
  int children() const { return children_; }
  // The first of `count` children of each county whose duties are open. When all have been taken their duties
  // are opened again; so only while the services have nothing to do. Errors: RESOURCE_EXHAUSTED.
  absl::StatusOr<int> TakeChildren(int count);
  // The same, of children who were not taken otherwise and never come again. Errors: RESOURCE_EXHAUSTED.
  absl::StatusOr<int> TakeChildrenForGood(int count);

  // A connection as a service's role; as the role that may see and make everything. Its statements may take
  // as long as they like. Thread-safe.
  absl::StatusOr<std::unique_ptr<postgres::Connection>> Database(const std::string& service);
  absl::StatusOr<std::unique_ptr<postgres::Connection>> Admin();

  // The newest position of a service's journal, summed over the shards; and what `consumer` has applied of
  // `producer`'s.
  absl::StatusOr<int64_t> Head(const std::string& service);
  absl::StatusOr<int64_t> Applied(const std::string& consumer, const std::string& producer);
  // By shard.
  absl::StatusOr<std::map<int, int64_t>> Heads(const std::string& service);
  // Until alerts has applied all of pairing's events, reporting all of both, and access all of theirs and the
  // registry's; `bound` for each.
  absl::Status AwaitQuiet(absl::Duration bound);
  tonghu::journal::v1::JournalService::Stub& Journal(const std::string& service) {
    return *journals_.at(service);
  }

  Cpu CpuSoFar() const { return bench::CpuSoFar(stack_->state()); }
  double ServicesMemory() const { return bench::ServicesMemory(stack_->state()); }

 private:
  Rig() = default;
  absl::StatusOr<tonghu::journal::v1::JournalStatus> Status(const std::string& service);
  absl::Status AwaitApplied(absl::Duration bound, const std::string& consumer, const std::string& producer);

  absl::Time monday_;
  int children_ = 0;
  int taken_ = 0;
  std::unique_ptr<harness::Stack> stack_;
  std::map<std::string, std::unique_ptr<tonghu::journal::v1::JournalService::Stub>> journals_;
};

}  // namespace tonghu::bench
