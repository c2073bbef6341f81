// A gRPC service over a journal: commands, decided with others of their shard, and queries.
#pragma once

#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/clock/clock.h"
#include "libs/ids/names.h"
#include "libs/journal/command_executor.h"
#include "libs/journal/time.h"
#include "libs/postgres/pool.h"
#include "libs/rpc/service.h"

namespace tonghu::journal {

// Errors: INVALID_ARGUMENT, reason REQUEST_ID_MALFORMED, unless empty or 1 .. 64 letters, digits and hyphens.
absl::Status CheckRequestId(std::string_view request_id);

// What a query reads from.
struct Query {
  postgres::Connection& db;
  const clock::Clock& clock;
  const rpc::Call& call;

  absl::StatusOr<absl::Time> Now() const { return journal::Now(db, clock); }
};

// The methods of one service of the API. Outlives the gRPC server; the executor is stopped before the service
// is destroyed.
class Service final : public rpc::Service {
 public:
  // All outlive it.
  struct Parts {
    rpc::Pipeline& pipeline;
    CommandExecutor& executor;
    postgres::Pool& pool;
    const clock::Clock& clock;
  };
  Service(const google::protobuf::ServiceDescriptor& descriptor, Parts parts)
      : rpc::Service(descriptor, parts.pipeline), parts_(parts) {}

  template <class Request, class Reply>
  using Decider = typename CommandHandler<Request, Reply>::Decider;

  // Adds a command: the method `name`, decided by `decider` (CommandHandler). Gives its handler. `regardless`
  // decides a command that must not be refused when nobody can tell whether what it names exists (an
  // emergency).
  template <class Request, class Reply>
  CommandHandler<Request, Reply>& Command(
      std::string_view name, std::type_identity_t<Decider<Request, Reply>> decider, Manner manner = {},
      std::type_identity_t<Decider<Request, Reply>> regardless = nullptr) {
    auto& handler = Handle<Request, Reply>(name, std::move(decider), manner);
    auto* third =
        regardless == nullptr ? nullptr : &Handle<Request, Reply>(name, std::move(regardless), manner);
    Unary<Request, Reply>(name, BodyOf(handler, third));
    return handler;
  }

  // Adds a query: the method `name`, answered by `read` on a worker: read(db, request), read(query, request),
  // read(db, scope, request) for a list that is narrowed to the caller's scope, read(db, name) with the
  // resource's name, or read(request), which needs no connection of the service's.
  template <class Request, class Reply, class Read>
  void Answer(std::string_view name, Read read) {
    Blocking<Request, Reply>(
        name,
        [this, read = std::move(read)](const rpc::Call& call,
                                       const Request& request) -> absl::StatusOr<Reply> {
          if constexpr (std::is_invocable_v<const Read&, const Request&>) {
            return read(request);
          } else {
            auto connection = parts_.pool.Acquire(kAcquire);
            if (!connection.ok()) return connection.status();
            if constexpr (std::is_invocable_v<const Read&, postgres::Connection&, const Request&>) {
              return read(**connection, request);
            } else if constexpr (std::is_invocable_v<const Read&, postgres::Connection&, const rights::Scope&,
                                                     const Request&>) {
              return read(**connection, call.scope(), request);
            } else if constexpr (std::is_invocable_v<const Read&, postgres::Connection&, const ids::Name&>) {
              return read(**connection, NameOf(call));
            } else {
              return read(Query{**connection, parts_.clock, call}, request);
            }
          }
        });
  }
  template <class Request, class Reply>
  void Answer(std::string_view name, absl::StatusOr<Reply> (*read)(postgres::Connection&, const Request&)) {
    Answer<Request, Reply, decltype(read)>(name, read);
  }
  template <class Request, class Reply>
  void Answer(std::string_view name,
              absl::StatusOr<Reply> (*read)(postgres::Connection&, const rights::Scope&, const Request&)) {
    Answer<Request, Reply, decltype(read)>(name, read);
  }

 private:
  static constexpr absl::Duration kAcquire = absl::Seconds(2);

  template <class Request, class Reply>
  CommandHandler<Request, Reply>& Handle(std::string_view name, Decider<Request, Reply> decider,
                                         Manner manner) {
    auto made = std::make_unique<CommandHandler<Request, Reply>>(parts_.executor, std::string(name),
                                                                 std::move(decider), manner);
    auto& handler = *made;
    handlers_.push_back(std::move(made));
    return handler;
  }

  template <class Request, class Reply>
  static rpc::Body BodyOf(CommandHandler<Request, Reply>& handler, CommandHandler<Request, Reply>* third) {
    const auto run = [&handler, third](const std::shared_ptr<const rpc::Call>& call,
                                       const google::protobuf::Message& request,
                                       google::protobuf::Message& reply, rpc::Attempt attempt,
                                       const rpc::Body::Done& done) {
      const auto& typed = static_cast<const Request&>(request);
      if (absl::Status checked = CheckRequestId(typed.request_id()); !checked.ok()) return done({checked});
      auto& chosen = attempt == rpc::Attempt::kRegardless ? *third : handler;
      Caller caller{call->county(), call->caller().actor, typed.request_id(),
                    [call] { return call->Wanted(); }};
      if (call->has_unchecked_children()) {
        caller.check_child = [call](const std::string& child_id, const directory::Place* place) {
          return call->CheckChild(child_id, place);
        };
      }
      chosen.Submit(std::move(caller),
                    std::shared_ptr<const Request>(call, &typed),  // gRPC keeps it until the call is finished
                    [&reply, done](absl::StatusOr<Reply> result, int64_t position) {
                      if (result.ok()) static_cast<Reply&>(reply) = *std::move(result);
                      done({result.status(), position});
                    });
    };
    return {.run = run,
            .urgency = handler.manner().urgency,
            .regardless = third != nullptr,
            .checks_children = handler.manner().checks_children};
  }

  static ids::Name NameOf(const rpc::Call& call);

  const Parts parts_;
  std::vector<std::unique_ptr<CommandHandlerBase>> handlers_;
};

}  // namespace tonghu::journal
