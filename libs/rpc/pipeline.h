// The one way that every call of a service goes:
//   deadline → who calls → text is text → which county → have they the permission there → what the caller has
//   seen → does what they name lie inside their scope → do they act as themselves → decide or read → mask →
//   audit → count, log → answer.
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
#include "libs/directory/place.h"
#include "libs/metrics/metrics.h"
#include "libs/rights/scope.h"
#include "libs/rpc/audit.h"
#include "libs/rpc/caller.h"
#include "libs/rpc/faults.h"
#include "libs/rpc/gate.h"
#include "libs/rpc/lookups.h"
#include "libs/rpc/method.h"
#include "libs/rpc/places.h"
#include "libs/rpc/workers.h"

namespace tonghu::rpc {

struct Endpoint;

// A call on its way. The context lives until the call is finished, the endpoint longer. The pipeline fills
// the call in before the body gets it; from then on it does not change.
class Call {
 public:
  Call(const Endpoint& endpoint, grpc::CallbackServerContext& context)
      : endpoint_(endpoint), context_(context) {}

  const Method& method() const;
  grpc::CallbackServerContext& context() const { return context_; }
  const Caller& caller() const { return *caller_; }
  // What of the county the caller may reach with the method's permission. Of a list whose rule says
  // `narrowed` the body makes the scope a part of its SQL; whatever else a call names has been checked.
  const rights::Scope& scope() const { return scope_; }
  const std::string& county() const { return subject_.county; }  // empty: the call is about no county
  // Whether the body has to check the children that the request names (Body::checks_children): of some only
  // their place tells whether they lie inside the scope.
  bool has_unchecked_children() const { return has_unchecked_children_; }
  // Whether a child lies inside the scope. `place`: where the child is now; null: there is no such child.
  // Error: NOT_PERMITTED.
  absl::Status CheckChild(const std::string& child_id, const directory::Place* place) const;
  // The id in the resource name that the call is about; empty when the request names none.
  const std::string& resource() const { return subject_.resource; }
  // Whether somebody still waits for the answer: not cancelled, and within the deadline. To be asked only
  // until the call is finished.
  bool Wanted() const;

 private:
  friend class Pipeline;
  const Endpoint& endpoint_;
  grpc::CallbackServerContext& context_;
  CallerPtr caller_;
  rights::Scope scope_;  // refers to the caller's rights
  Subject subject_;
  bool has_unchecked_children_ = false;
  absl::Time begin_;  // on the monotonic scale
};

// The outcome of a call. `position` is that of this service's journal after the decision; 0: the answer names
// none.
struct Outcome {
  absl::Status status;
  int64_t position = 0;
};

// Which decision of a call this is: a call refused for something unknown is decided again once the owner has
// been asked.
enum class Attempt {
  kFirst,
  kInformed,    // this service has applied all that the owner had published
  kRegardless,  // the owner can't be asked now, so the call is decided with what is known
};

// The body of a method: `run` reads the request, fills in the reply and calls `done` once, on any thread.
// Request and reply live until then.
struct Body {
  using Done = std::function<void(Outcome)>;
  std::function<void(std::shared_ptr<const Call>, const google::protobuf::Message& request,
                     google::protobuf::Message& reply, Attempt, Done)>
      run;
  Urgency urgency = Urgency::kUsual;
  bool regardless = false;  // when the owner can't be asked: decided again (kRegardless) rather than refused
  // `run` checks the children that the request names, where the call has unchecked ones, by Call::CheckChild
  // before anything is told of them: with what it reads anyhow, which saves the pipeline's lookup.
  bool checks_children = false;
};

// A method as a service offers it. Made by Pipeline::Offer; lives as long as the service.
struct Endpoint {
  Method method;
  Body body;  // of a unary method
  prometheus::Counter& answered;
  prometheus::Histogram& seconds;
};

// The pipeline of one service. Thread-safe.
class Pipeline {
 public:
  struct Options {
    std::string service;
    int shards = 8;
    // Says who calls: the operator at the machine, unless told otherwise. Errors end the call.
    std::function<absl::StatusOr<CallerPtr>(const grpc::ServerContextBase&)> identify =
        [](const grpc::ServerContextBase&) { return LocalOperator(); };
  };
  // All outlive the pipeline. `gate` null: calls do not wait for positions.
  struct Parts {
    metrics::Metrics& metrics;
    Workers& workers;
    Gate* gate = nullptr;
  };
  Pipeline(Options options, Parts parts);
  // What is known only once the service is composed; before any call. `places` null: what must be looked up
  // lies outside every scope that does not cover the county. `audit` null: readings are written nowhere.
  void Use(Places* places, Audit* audit);

  // Makes the endpoint of a method. Errors: as Method::Of.
  absl::StatusOr<std::unique_ptr<const Endpoint>> Offer(const google::protobuf::MethodDescriptor& method,
                                                        Body body = {});

  // Takes a unary call all the way to its answer. In the request the caller is filled in (PerformerField).
  grpc::ServerUnaryReactor* Run(const Endpoint& endpoint, grpc::CallbackServerContext* context,
                                google::protobuf::Message* request, google::protobuf::Message* reply);

  // For a stream: the way up to the scope, with the stream's only or first request. Errors: refusals, which
  // end the stream. What a stream sends, its body masks (libs/rpc/mask.h), and
  // where its rule says `audited` the body records its beginning (audit()).
  absl::StatusOr<std::shared_ptr<const Call>> Admit(const Endpoint& endpoint,
                                                    grpc::CallbackServerContext& context,
                                                    const google::protobuf::Message& request);
  // For a stream: counts, logs and audits its end, and gives the status for the caller. `call` null: the
  // stream was not admitted.
  grpc::Status Close(const Endpoint& endpoint, const Call* call, const absl::Status& status);

  Workers& workers() const { return parts_.workers; }
  Gate* gate() const { return parts_.gate; }
  Audit* audit() const { return audit_; }
  // Reports a fault in a part of a call that has an outcome of its own (one command of a batch).
  void Report(const Call& call, const absl::Status& status);
  // Adds to the answer where this service's journal stands.
  void Stamp(const Call& call, int64_t position) const;

 private:
  struct Unary;

  absl::Status Check(Call& call, const google::protobuf::Message& request) const;
  absl::Status Permit(Call& call) const;
  void CheckTargets(const std::shared_ptr<Unary>& unary, Attempt attempt);
  void LookUp(const std::shared_ptr<Unary>& unary, Attempt attempt, Sought sought);
  void Judge(const std::shared_ptr<Unary>& unary, Attempt attempt, const Found& found);
  absl::Status Outside(absl::Status refused) const;
  void Decide(const std::shared_ptr<Unary>& unary, Attempt attempt);
  void Decided(const std::shared_ptr<Unary>& unary, Attempt attempt, Outcome outcome);
  void Finish(Unary& unary, const absl::Status& status);
  void Count(const Endpoint& endpoint, const absl::Status& status);
  void Account(const Call& call, const absl::Status& status);
  int ShardOf(const Call& call) const;

  const Options options_;
  const Parts parts_;
  Places* places_ = nullptr;
  std::unique_ptr<Lookups> lookups_;  // in `places_`
  Audit* audit_ = nullptr;
  Faults faults_;
};

}  // namespace tonghu::rpc
