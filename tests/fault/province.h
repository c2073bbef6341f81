// A small province under load: two counties imported, paired and owed talks, on a virtual clock.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "deploy/demo/story/clients.h"
#include "services/tonghuctl/endpoints.h"
#include "tests/harness/stack.h"

namespace tonghu::fault {

struct Paired {
  std::string county;
  std::string child;   // counties/…/children/…
  std::string helper;  // counties/…/staffMembers/…
};

class Province {
 public:
  // Everything up on Monday 31 August 2026, 8:00, `children` in each of two counties (of two shards)
  // imported, paired with their class teachers. `environment` is the stack's.
  static absl::StatusOr<std::unique_ptr<Province>> Up(int replicas, int children,
                                                      std::map<std::string, std::string> environment = {});

  harness::Stack& stack() { return *stack_; }
  demo::Clients& clients() { return clients_; }
  const std::vector<Paired>& paired() const { return paired_; }
  const std::vector<std::string>& counties() const { return counties_; }

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
  Province() = default;
  absl::Status ImportCounty(const std::string& county, int children);
  absl::Status PairCounty(const std::string& county);

  std::unique_ptr<harness::Stack> stack_;
  tonghuctl::Endpoints endpoints_;
  std::shared_ptr<grpc::Channel> registry_;
  demo::Clients clients_;
  std::vector<std::string> counties_;
  std::vector<Paired> paired_;
};

}  // namespace tonghu::fault
