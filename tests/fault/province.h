// A small province under load: two counties imported, paired and owed talks, on a virtual clock.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "deploy/demo/roster.h"
#include "tests/fault/ask.h"
#include "tests/fault/log.h"
#include "tests/harness/stack.h"

namespace tonghu::fault {

struct Paired {
  std::string county;
  std::string child;   // counties/…/children/…
  std::string helper;  // counties/…/staffMembers/…
  std::string school;  // counties/…/schools/…
  int grade = 0;
  int class_number = 0;
  pairing::v1::Pairing pairing;
};

class Province {
 public:
  struct Options {
    int replicas = 1;
    std::vector<std::string> counties = {"520324", "520203"};  // of two shards
    int schools = 1;                                           // in each county
    int children = 40;                                         // in each county
    std::map<std::string, std::string> environment;            // the stack's
    std::function<absl::Status(Province&)> before_pairing;     // called when all is imported
  };
  // Everything up on Monday 31 August 2026, 8:00, the counties' rosters imported, every child paired with its
  // class teacher and owed talks from that week on.
  static absl::StatusOr<std::unique_ptr<Province>> Up(Options options);
  // Of two counties, a school in each.
  static absl::StatusOr<std::unique_ptr<Province>> Up(int replicas, int children,
                                                      std::map<std::string, std::string> environment = {}) {
    return Up({.replicas = replicas, .children = children, .environment = std::move(environment)});
  }

  harness::Stack& stack() { return *stack_; }
  // Patient.
  client::Client& clients() { return *clients_; }
  const std::vector<Paired>& paired() const { return paired_; }
  const std::vector<std::string>& counties() const { return options_.counties; }
  // What was imported and said so far, as the model takes it.
  Log& log() { return log_; }
  // The posts as they were imported, by name.
  const std::map<std::string, registry::v1::Post>& posts() const { return posts_; }
  // Waits until all is quiet, moves the clock, does `meanwhile` while what is due is done, and waits again.
  // Nobody may be calling.
  absl::Status MoveClock(absl::Time to, absl::Duration patience = absl::Seconds(60),
                         const std::function<void()>& meanwhile = nullptr);

  // From now on pairing and alerts write down every change of a child's class, in the order in which they
  // apply it.
  absl::Status LogOrder() const;
  // Until nothing is left to do at this instant.
  absl::Status Quiet(absl::Duration patience = absl::Seconds(60)) const;
  // One number from a service's tables.
  absl::StatusOr<int64_t> Number(const std::string& service, const std::string& sql) const;
  // Changes a service's tables behind its back.
  absl::Status Script(const std::string& service, const std::string& sql) const;

 private:
  explicit Province(Options options) : options_(std::move(options)) {}
  absl::Status ImportCounty(const std::string& county);
  // Writes down what the roster says, and where its children are to be found.
  absl::Status LogRoster(const demo::Roster& roster);
  absl::Status PairCounty(const std::string& county);

  const Options options_;
  Log log_;

  std::unique_ptr<harness::Stack> stack_;
  std::shared_ptr<grpc::Channel> registry_;
  std::unique_ptr<client::Client> clients_;
  std::map<std::string, registry::v1::Post> posts_;
  std::vector<Paired> paired_;
};

}  // namespace tonghu::fault
