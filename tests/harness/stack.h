// A private stack for a test: real PostgreSQL, nats-server and Redis, and the services, through
// deploy/local/stack.
#pragma once

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/client/endpoints.h"
#include "libs/clock/clock.h"
#include "libs/rpc/position.h"

namespace tonghu::harness {

// Up from construction to destruction; then nothing is left of it, also when this process is killed. Not
// thread-safe, except where said.
class Stack {
 public:
  struct Options {
    std::string only;                         // "postgres,nats,redis": no services; empty: everything
    int replicas = 1;                         // of every service
    absl::Time start = absl::InfinitePast();  // of the virtual clock; InfinitePast: the machine's clock
    std::map<std::string, std::string> environment;  // for `stack up` (TONGHU_WEBHOOK_URL, …)
  };
  // State below $TONGHU_TEST_STATE_ROOT, or the system's folder for temporary files. Errors: UNAVAILABLE with
  // what `stack up` printed.
  static absl::StatusOr<std::unique_ptr<Stack>> Up(Options options);
  ~Stack();

  // By name: "postgres", "nats", "redis", "pairing-1". Kill is SIGKILL; Start waits until it is ready, and
  // gives it `environment` beside its own. Thread-safe.
  absl::Status Kill(const std::string& name) const { return Run("kill " + name); }
  absl::Status Start(const std::string& name,
                     const std::map<std::string, std::string>& environment = {}) const {
    return Run("start " + name, environment);
  }
  absl::Status Stop(const std::string& name) const { return Run("stop " + name); }

  // Where the services are.
  const client::Endpoints& endpoints() const { return endpoints_; }
  // Addresses from endpoints.json: "registry" (all replicas, comma separated), "nats", "postgres", "redis".
  std::string Address(const std::string& name) const;
  // One replica's addresses of a service, in order.
  std::vector<std::string> Replicas(const std::string& service) const;
  // A channel over all replicas of a service. The stack's channels hand on what they have seen together
  // (rpc::Positions). Thread-safe.
  std::shared_ptr<grpc::Channel> Channel(const std::string& service) const;
  // How to reach PostgreSQL as the given role ("tonghu_pairing"; search_path is its schema).
  std::string Conninfo(const std::string& role) const;
  std::string state() const { return state_; }
  // The shared virtual clock. Only with a start time.
  clock::VirtualClock& clock() const { return *clock_; }

 private:
  Stack(std::string state, Options options) : state_(std::move(state)), options_(std::move(options)) {}
  // Starts the process that takes everything down and away when `lifeline_` ends.
  absl::Status StartKeeper();
  absl::Status Run(const std::string& command,
                   const std::map<std::string, std::string>& environment = {}) const;
  absl::Status ReadEndpoints();

  const std::string state_;
  const Options options_;
  int keeper_ = -1;    // a process id
  int lifeline_ = -1;  // the writing end of a pipe whose reading end the keeper has
  std::map<std::string, std::string> addresses_;  // of what the services stand on
  client::Endpoints endpoints_;
  std::unique_ptr<clock::VirtualClock> clock_;
  const std::shared_ptr<rpc::Positions> seen_ = std::make_shared<rpc::Positions>();
};

}  // namespace tonghu::harness
