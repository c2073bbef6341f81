// The one way that every call of a service goes:
//   deadline → who calls → text is text → which county → may they → what the caller has seen → decide or read
//   → count, log, audit → answer.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/metrics/metrics.h"
#include "libs/rpc/faults.h"
#include "libs/rpc/gate.h"
#include "libs/rpc/method.h"
#include "libs/rpc/workers.h"

namespace tonghu::rpc {

// Who calls.
struct Caller {
  std::string actor;  // "operators/local"; goes with commands into events, audit and logs
};

struct Endpoint;

// One call on its way. The context lives until the call is finished, the endpoint longer.
class Call {
 public:
  Call(const Endpoint& endpoint, grpc::CallbackServerContext& context)
      : endpoint_(endpoint), context_(context) {}

  const Method& method() const;
  grpc::CallbackServerContext& context() const { return context_; }
  const Caller& caller() const { return caller_; }
  const std::string& county() const { return subject_.county; }  // empty: about none
  // The id in the resource name that the call is about; empty when it names none.
  const std::string& resource() const { return subject_.resource; }
  // Whether somebody still waits for the answer. Until the call is finished.
  bool Wanted() const;

 private:
  friend class Pipeline;
  const Endpoint& endpoint_;
  grpc::CallbackServerContext& context_;
  Caller caller_;
  Subject subject_;
  absl::Time begin_;  // on the monotonic scale
};

// What came of a call. `position`: of this service's journal, once decided; 0: none is told.
struct Outcome {
  absl::Status status;
  int64_t position = 0;
};

enum class Attempt {
  kFirst,
  kInformed,    // the owner of what was unknown has been heard out meanwhile
  kRegardless,  // whether it exists can't be told now
};

// What a method does: reads the request, fills in the reply, calls `done` once, on any thread.
struct Body {
  using Done = std::function<void(Outcome)>;
  std::function<void(std::shared_ptr<const Call>, const google::protobuf::Message& request,
                     google::protobuf::Message& reply, Attempt, Done)>
      run;
  Urgency urgency = Urgency::kUsual;
  bool regardless = false;  // is tried a third time, kRegardless, rather than refused
};

// A method as a service offers it. Made by Pipeline::Offer.
struct Endpoint {
  Method method;
  Body body;  // of a unary method
  prometheus::Counter& answered;
  prometheus::Histogram& seconds;
};

// Thread-safe.
class Pipeline {
 public:
  struct Options {
    std::string service;
    int shards = 8;
    // Says who calls. Until there is sign-in it is the operator at this machine.
    std::function<Caller(const grpc::ServerContextBase&)> identify = [](const grpc::ServerContextBase&) {
      return Caller{"operators/local"};
    };
    // Whether the caller may: OK or PERMISSION_DENIED. Until there is sign-in the local operator may all.
    std::function<absl::Status(const Call&)> authorize = [](const Call&) { return absl::OkStatus(); };
  };
  // All outlive it. `gate` null: callers have seen nothing elsewhere.
  struct Parts {
    metrics::Metrics& metrics;
    Workers& workers;
    Gate* gate = nullptr;
  };
  Pipeline(Options options, Parts parts);

  // Errors: as Method::Of.
  absl::StatusOr<std::unique_ptr<const Endpoint>> Offer(const google::protobuf::MethodDescriptor& method,
                                                        Body body = {});

  // Takes a unary call all the way.
  grpc::ServerUnaryReactor* Run(const Endpoint& endpoint, grpc::CallbackServerContext* context,
                                const google::protobuf::Message* request, google::protobuf::Message* reply);

  // For a stream: the way up to the permission, by its only or first request. Errors: refusals, which end the
  // stream.
  absl::StatusOr<std::shared_ptr<const Call>> Admit(const Endpoint& endpoint,
                                                    grpc::CallbackServerContext& context,
                                                    const google::protobuf::Message& request);
  // For a stream: counts, logs and audits what came of it; gives what the caller is told. `call` null: it was
  // not admitted.
  grpc::Status Close(const Endpoint& endpoint, const Call* call, const absl::Status& status);

  Workers& workers() const { return parts_.workers; }
  Gate* gate() const { return parts_.gate; }
  // Tells of a fault in a part of a call that has an answer of its own (one command of a batch).
  void Report(const Call& call, const absl::Status& status);
  // In the answer: where this service's journal stands.
  void Stamp(const Call& call, int64_t position) const;

 private:
  struct Unary;

  absl::Status Check(Call& call, const google::protobuf::Message& request) const;
  void Decide(const std::shared_ptr<Unary>& unary, Attempt attempt);
  void Decided(const std::shared_ptr<Unary>& unary, Attempt attempt, Outcome outcome);
  void Finish(Unary& unary, const absl::Status& status);
  void Count(const Endpoint& endpoint, const absl::Status& status);
  void Account(const Call& call, const absl::Status& status);
  int ShardOf(const Call& call) const;

  const Options options_;
  const Parts parts_;
  Faults faults_;
};

}  // namespace tonghu::rpc
