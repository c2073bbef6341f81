#include "libs/rpc/pipeline.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "libs/clock/waker.h"
#include "libs/ids/shard.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/mask.h"
#include "libs/rpc/position.h"
#include "libs/rpc/server.h"
#include "libs/status/macros.h"

namespace tonghu::rpc {
namespace {

using google::protobuf::Message;

bool DeadlinePassed(const grpc::CallbackServerContext& context) {
  return context.deadline() <= std::chrono::system_clock::now();
}

// The status of a call for whose answer nobody waits any more. It says why, for tests and traces.
absl::Status Unwanted(const Call& call) {
  if (DeadlinePassed(call.context()))
    return absl::DeadlineExceededError("the deadline passed before work began");
  return absl::CancelledError("cancelled before work began");
}

// The caller until it is known who calls.
CallerPtr Nobody() {
  static const auto& nobody = *new CallerPtr(std::make_shared<Caller>(Caller{.actor = "nobody"}));
  return nobody;
}

prometheus::Counter& Answered(metrics::Metrics& metrics, const std::string& rpc, absl::StatusCode code) {
  return metrics.Counter("tonghu_calls_total", "Calls answered",
                         {{"rpc", rpc}, {"code", absl::StatusCodeToString(code)}});
}

}  // namespace

const Method& Call::method() const { return endpoint_.method; }

absl::Status Call::CheckChild(const std::string& child_id, const directory::Place* place) const {
  const bool inside = scope_.Names(child_id) || (place != nullptr && scope_.Covers(*place, child_id));
  return inside ? absl::OkStatus() : NotPermitted();
}

bool Call::Wanted() const { return !context_.IsCancelled() && !DeadlinePassed(context_); }

// A unary call on its way.
struct Pipeline::Unary {
  std::shared_ptr<Call> call;
  Message& request;
  Message& reply;
  grpc::ServerUnaryReactor* reactor;
  absl::Status performed = absl::OkStatus();   // whether the request names its performer rightly
  std::set<std::string> sought_children = {};  // of whom resources outside the caller's scope are
};

Pipeline::Pipeline(Options options, Parts parts)
    : options_(std::move(options)), parts_(parts), faults_(options_.service, parts.metrics) {}

absl::StatusOr<std::unique_ptr<const Endpoint>> Pipeline::Offer(
    const google::protobuf::MethodDescriptor& method, Body body) {
  ASSIGN_OR_RETURN(auto made, Method::Of(method));
  return std::make_unique<const Endpoint>(Endpoint{
      std::move(made), std::move(body), Answered(parts_.metrics, method.name(), absl::StatusCode::kOk),
      parts_.metrics.Latency("tonghu_call_seconds", "From a call's arrival to its answer",
                             {{"rpc", method.name()}})});
}

void Pipeline::Use(Places* places, Audit* audit) {
  places_ = places;
  audit_ = audit;
  lookups_ = places == nullptr ? nullptr : std::make_unique<Lookups>(parts_.workers, *places);
}

grpc::ServerUnaryReactor* Pipeline::Run(const Endpoint& endpoint, grpc::CallbackServerContext* context,
                                        Message* request, Message* reply) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  auto unary =
      std::make_shared<Unary>(Unary{std::make_shared<Call>(endpoint, *context), *request, *reply, reactor});
  // A call is checked before it may wait: the gate keeps room for calls that can succeed.
  if (absl::Status checked = Check(*unary->call, *request); !checked.ok()) {
    Finish(*unary, checked);
  } else if (parts_.gate == nullptr) {
    CheckTargets(unary, Attempt::kFirst);
  } else {
    parts_.gate->Enter(*context, {endpoint.body.urgency, request->ByteSizeLong()},
                       [this, unary](const absl::Status& entered) {
                         entered.ok() ? CheckTargets(unary, Attempt::kFirst) : Finish(*unary, entered);
                       });
  }
  return reactor;
}

absl::Status Pipeline::Check(Call& call, const Message& request) const {
  // The cheap checks come first: a call that nobody waits for, or whose text is bad, costs no lookup.
  call.begin_ = clock::MonotonicNow();
  // Whoever calls is named in what is logged of the call, also where the call is refused.
  call.caller_ = Nobody();
  ASSIGN_OR_RETURN(auto caller, options_.identify(call.context()));
  call.caller_ = std::move(caller);
  if (!call.Wanted()) return Unwanted(call);
  RETURN_IF_ERROR(CheckText(request));
  ASSIGN_OR_RETURN(auto subject, call.method().SubjectOf(request));
  call.subject_ = std::move(subject);
  RETURN_IF_ERROR(Permit(call));
  // A filter by what the caller may not see would tell it.
  return call.method().IsQuery() && AsksForHidden(call.scope_, request) ? NotPermitted() : absl::OkStatus();
}

// Makes the caller's scope, and refuses a caller without the permission or without any right in the county.
absl::Status Pipeline::Permit(Call& call) const {
  const Method& method = call.method();
  if (method.IsOfSession()) return absl::OkStatus();
  const auto& rights = call.caller_->rights;
  call.scope_ = rights::Scope::Of(rights, method.roles(), call.county());
  const bool about_none = method.rule().county_field().empty();
  const bool permitted = about_none
                             ? std::any_of(rights.begin(), rights.end(),
                                           [&](const auto& right) { return method.roles().Has(right.role); })
                             : !call.scope_.empty();
  return permitted ? absl::OkStatus() : NotPermitted();
}

void Pipeline::CheckTargets(const std::shared_ptr<Unary>& unary, Attempt attempt) {
  Call& call = *unary->call;
  Sought sought;
  const absl::Status checked =
      call.method().targets().Check(unary->request, {call.caller(), call.scope(), call.county()}, sought);
  if (!checked.ok()) return Finish(*unary, checked);
  unary->performed = call.method().performer().Settle(call.caller(), call.county(), unary->request);
  // A call that is refused for its performer has no body that could check: of a child outside nothing else is
  // told than that it is outside.
  if (call.endpoint_.body.checks_children && unary->performed.ok()) {
    call.has_unchecked_children_ = !sought.children.empty();
    sought.children.clear();
  }
  if (sought.empty()) return Decide(unary, attempt);
  LookUp(unary, attempt, std::move(sought));
}

void Pipeline::LookUp(const std::shared_ptr<Unary>& unary, Attempt attempt, Sought sought) {
  // A service that knows no places finds nothing.
  if (lookups_ == nullptr) return Judge(unary, attempt, Found());
  const bool taken =
      lookups_->Find(std::move(sought), unary->request.ByteSizeLong(),
                     [this, unary, attempt](const absl::StatusOr<Found>& found) {
                       found.ok() ? Judge(unary, attempt, *found) : Finish(*unary, found.status());
                     });
  if (!taken) Finish(*unary, refusal::ServerBusy());
}

void Pipeline::Judge(const std::shared_ptr<Unary>& unary, Attempt attempt, const Found& found) {
  const Call& call = *unary->call;
  absl::Status checked =
      call.method().targets().Check(unary->request, {call.caller(), call.scope(), call.county()}, found);
  if (checked.ok()) return Decide(unary, attempt);
  for (const auto& [id, about] : found.resources) {
    if (!about.child_id.empty()) unary->sought_children.insert(about.child_id);
  }
  Decided(unary, attempt, {Outside(std::move(checked))});
}

// What lies outside may only have moved, or be new, so the owner is asked. Whether it exists makes no
// difference to that, so the time of the answer tells nothing of it.
absl::Status Pipeline::Outside(absl::Status refused) const {
  const std::string owner = places_ == nullptr ? "" : places_->owner();
  if (owner.empty() || refused.code() != absl::StatusCode::kPermissionDenied) return refused;
  return refusal::OwnedBy(owner, std::move(refused));
}

void Pipeline::Decide(const std::shared_ptr<Unary>& unary, Attempt attempt) {
  // The caller may have left while the call waited at the gate.
  if (!unary->call->Wanted()) return Finish(*unary, Unwanted(*unary->call));
  if (!unary->performed.ok()) return Finish(*unary, unary->performed);
  // The body calls back on any thread; `unary` keeps the call until then.
  unary->call->endpoint_.body.run(unary->call, unary->request, unary->reply, attempt,
                                  [this, unary, attempt](Outcome outcome) {
                                    if (unary->call->endpoint_.body.checks_children)
                                      outcome.status = Outside(std::move(outcome.status));
                                    Decided(unary, attempt, std::move(outcome));
                                  });
}

void Pipeline::Decided(const std::shared_ptr<Unary>& unary, Attempt attempt, Outcome outcome) {
  Gate* const gate = parts_.gate;
  // A second time the owner is not asked: the second decision knows all that the owner had published.
  if (gate != nullptr && attempt == Attempt::kFirst && !refusal::OwnerOf(outcome.status).empty()) {
    return gate->Ask(outcome.status, {unary->call->county(), unary->request.ByteSizeLong()},
                     [this, unary](const absl::Status& asked) {
                       if (asked.ok()) return CheckTargets(unary, Attempt::kInformed);
                       if (unary->call->endpoint_.body.regardless)
                         return CheckTargets(unary, Attempt::kRegardless);
                       Finish(*unary, asked);
                     });
  }
  const Call& call = *unary->call;
  if (outcome.status.ok()) Mask(call.scope(), unary->reply);
  // A position or a Leave after Finish would be lost: trailing metadata goes out with the status.
  if (outcome.position > 0) Stamp(call, outcome.position);
  // A command's answer carries the position of its commit; a query's, where the journal stood after the query
  // had read.
  if (gate != nullptr && call.method().IsQuery() && !call.county().empty() && call.Wanted())
    gate->Leave(call.context(), call.county());
  if (audit_ == nullptr || !outcome.status.ok() || !call.method().IsQuery() ||
      !call.method().rule().audited())
    return Finish(*unary, outcome.status);
  audit_->Record(unary->call, unary->request, unary->reply,
                 [this, unary](const absl::Status& recorded) { Finish(*unary, recorded); });
}

void Pipeline::Finish(Unary& unary, const absl::Status& status) {
  // Finish comes last: after it gRPC may free the context, which Account still reads.
  Count(unary.call->endpoint_, status);
  Account(*unary.call, status);
  if (audit_ != nullptr && status.code() == absl::StatusCode::kPermissionDenied)
    audit_->Refused(*unary.call, unary.request, std::move(unary.sought_children));
  unary.reactor->Finish(ToGrpc(status));
}

absl::StatusOr<std::shared_ptr<const Call>> Pipeline::Admit(const Endpoint& endpoint,
                                                            grpc::CallbackServerContext& context,
                                                            const Message& request) {
  auto call = std::make_shared<Call>(endpoint, context);
  RETURN_IF_ERROR(Check(*call, request));
  // Targets of streams need no lookup (Targets::Of).
  Sought sought;
  RETURN_IF_ERROR(
      call->method().targets().Check(request, {call->caller(), call->scope(), call->county()}, sought));
  return call;
}

grpc::Status Pipeline::Close(const Endpoint& endpoint, const Call* call, const absl::Status& status) {
  Count(endpoint, status);
  // A stream that was not admitted has no call, and so no duration and nothing to audit.
  if (call != nullptr) {
    Account(*call, status);
  } else {
    faults_.Report(endpoint.method.name(), -1, status, clock::MonotonicNow());
  }
  return ToGrpc(status);
}

void Pipeline::Report(const Call& call, const absl::Status& status) {
  faults_.Report(call.method().name(), ShardOf(call), status, clock::MonotonicNow());
}

void Pipeline::Stamp(const Call& call, int64_t position) const {
  AddPosition(call.context(), {options_.service, ShardOf(call), position});
}

int Pipeline::ShardOf(const Call& call) const {
  return call.county().empty() ? -1 : ids::ShardOf(call.county(), options_.shards);
}

void Pipeline::Count(const Endpoint& endpoint, const absl::Status& status) {
  // The counter of OK is kept in the endpoint; those of errors are looked up, which is seldom.
  if (status.ok()) return endpoint.answered.Increment();
  Answered(parts_.metrics, endpoint.method.name(), status.code()).Increment();
}

void Pipeline::Account(const Call& call, const absl::Status& status) {
  call.endpoint_.seconds.Observe(absl::ToDoubleSeconds(clock::MonotonicNow() - call.begin_));
  Report(call, status);
}

}  // namespace tonghu::rpc
