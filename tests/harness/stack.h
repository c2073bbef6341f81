// A private stack for a test: real PostgreSQL, nats-server and Redis, and the services, through
// deploy/local/stack.
#pragma once

#include <grpcpp/grpcpp.h>
#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/client/endpoints.h"
#include "libs/clock/clock.h"
#include "libs/rpc/position.h"
#include "libs/rpc/server.h"

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
  // SIGSTOP to the process, and for PostgreSQL to its sessions; returns when none of their threads runs any
  // more, which the signal alone only begins. Error: DEADLINE_EXCEEDED after 10 s. Thaw lets them go on.
  absl::Status Freeze(const std::string& name) const;
  absl::Status Thaw(const std::string& name) const;
  // The id of its process. Error: NOT_FOUND when `stack` has started none.
  absl::StatusOr<pid_t> PidOf(const std::string& name) const;
  // Turns authority, certificates and signing key over while the services run.
  absl::Status RenewCertificates() const { return Run("certs renew"); }
  absl::Status Stop(const std::string& name) const { return Run("stop " + name); }

  // Where the services are.
  const client::Endpoints& endpoints() const { return endpoints_; }
  // Addresses from endpoints.json: "registry" (all replicas, comma separated), "nats", "postgres", "redis".
  std::string Address(const std::string& name) const;
  // One replica's addresses of a service, in order.
  std::vector<std::string> Replicas(const std::string& service) const;
  // Channels to a service's replicas. Thread-safe.
  struct Way {
    int replica = 0;                            // 1, 2, …; 0: all of them
    std::string as = "operators/local";         // by whose certificate: "services/gateway"
    std::shared_ptr<rpc::Positions> seen = {};  // what is handed on
  };
  std::shared_ptr<grpc::Channel> Dial(const std::string& service, const Way& way) const;
  // To all replicas. These channels hand on what they have seen together.
  std::shared_ptr<grpc::Channel> Channel(const std::string& service,
                                         const std::string& as = "operators/local") const {
    return Dial(service, {.as = as, .seen = seen_});
  }
  // The certificate of `as`; null when the stack has none, which is said on standard error.
  std::shared_ptr<const rpc::Tls> Tls(const std::string& as = "operators/local") const;
  // The key by which `access` signs who calls (PEM, Ed25519), for tests that sign themselves.
  std::string IdentityKeyFile() const { return state_ + "/run/keys/identity.pem"; }
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
  // The process and its children, after `signal` was sent to each.
  absl::StatusOr<std::vector<pid_t>> Signal(const std::string& name, int signal) const;
  absl::Status ReadEndpoints();

  const std::string state_;
  const Options options_;
  int keeper_ = -1;    // a process id
  int lifeline_ = -1;  // the writing end of a pipe whose reading end the keeper has
  std::map<std::string, std::string> addresses_;  // of what the services stand on
  client::Endpoints endpoints_;
  std::unique_ptr<clock::VirtualClock> clock_;
  mutable absl::Mutex mutex_;
  mutable std::map<std::string, std::shared_ptr<const rpc::Tls>> tls_ ABSL_GUARDED_BY(mutex_);
  const std::shared_ptr<rpc::Positions> seen_ = std::make_shared<rpc::Positions>();
};

}  // namespace tonghu::harness
