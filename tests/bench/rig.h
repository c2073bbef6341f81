// What all benchmarks stand on: a stack, counties full of children, and the machine's own accounts.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/postgres/connection.h"
#include "tests/harness/stack.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"

namespace tonghu::bench {

// One county a shard.
std::vector<std::string> Counties();
std::string ChildId(int number);  // of a county: the same for the same number
std::string ChildName(const std::string& county, int number);
std::string HelperName(const std::string& county);

class Rig {
 public:
  // Brings everything up with `children` paired children in each county, all of whose duties of this week are
  // open and due at DueTime(). Written by SQL straight into pairing's tables: what is measured comes after.
  // `start`: of a virtual clock, for what waits for deadlines; InfinitePast: the machine's, as in production
  // (on a virtual one the services look for deadlines after every commit).
  static absl::StatusOr<std::unique_ptr<Rig>> Up(int children, absl::Time start = absl::InfinitePast());

  harness::Stack& stack() { return *stack_; }
  absl::Time DueTime() const;
  // A connection as a service's role.
  absl::StatusOr<std::unique_ptr<postgres::Connection>> Database(const std::string& service);

  // Newest positions of a service's journal, summed over shards; and of what `consumer` has applied of
  // `producer`.
  absl::StatusOr<int64_t> Head(const std::string& service);
  absl::StatusOr<int64_t> Applied(const std::string& consumer, const std::string& producer);
  // Looks every 5 ms until `condition`; errors after `bound`.
  static absl::Status Await(absl::Duration bound, const std::function<absl::StatusOr<bool>()>& condition);

  // Processor time of all processes of the stack so far, and of this process.
  struct Cpu {
    double services = 0, postgres = 0, nats = 0, driver = 0;  // seconds
    double Stack() const { return services + postgres + nats; }
  };
  Cpu CpuSoFar() const;
  // Resident memory of the services, MiB.
  double ServicesMemory() const;

 private:
  Rig() = default;
  absl::Status Fill(int children);
  absl::Time monday_;
  std::unique_ptr<harness::Stack> stack_;
  std::map<std::string, std::unique_ptr<tonghu::journal::v1::JournalService::Stub>> journals_;
};

}  // namespace tonghu::bench
