// Calls to the services of a running system, with retries, pages and positions.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "libs/client/endpoints.h"
#include "libs/client/retry.h"
#include "libs/ids/ids.h"
#include "libs/rpc/position.h"

namespace tonghu::client {

// Makes one call by a stub of the caller's own: Call(Once(), *stub, &ChildService::Stub::GetChild, request).
// The request is sent as it is. Errors: the call's.
template <class Stub, class Request, class Response>
absl::StatusOr<Response> Call(const Bounds& bounds, Stub& stub,
                              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                              const Request& request) {
  Response response;
  absl::Status status = RetryCall(bounds, [&](grpc::ClientContext& context) {
    response.Clear();
    return (stub.*method)(&context, request, &response);
  });
  if (!status.ok()) return status;
  return response;
}

// The service that answers calls with messages of this file: "pairing" for package tonghu.pairing.v1.
std::string ServiceOf(const google::protobuf::FileDescriptor& file);

// A client of all services. Every call has a deadline, is tried again within the client's bounds, and hands
// on what calls of this client have seen (rpc::Positions). A request with an empty `request_id` is given one,
// so that trying again is harmless. Thread-safe.
class Client {
 public:
  // When the endpoints could not be read, that is the error of every call.
  explicit Client(absl::StatusOr<Endpoints> endpoints, Bounds bounds = {})
      : endpoints_(std::move(endpoints)), bounds_(bounds) {}

  const absl::StatusOr<Endpoints>& endpoints() const { return endpoints_; }
  const Bounds& bounds() const { return bounds_; }

  // A channel over all replicas of a service, made once. Errors: UNAVAILABLE when the system has no such
  // service.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(const std::string& service);

  // Calls a method, at the service to which the request belongs: Call(&ChildService::Stub::GetChild,
  // request).
  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request) {
    return CallAt(ServiceOf(*Request::descriptor()->file()), method, request);
  }

  // Calls a method at a named service, for APIs that every service has (JournalService).
  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> CallAt(const std::string& service,
                                  grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                               Response*),
                                  Request request) {
    auto channel = ChannelTo(service);
    if (!channel.ok()) return channel.status();
    Stub stub(*channel);
    GiveRequestId(request);
    return client::Call(bounds_, stub, method, request);
  }

  // Calls a method by its descriptor; `response` is of the method's type.
  absl::Status Call(const google::protobuf::MethodDescriptor& method, google::protobuf::Message& request,
                    google::protobuf::Message& response);

  // Reads all pages of a list from the request's page_token on, one in memory at a time, and gives each to
  // `take`, which ends the reading by false (or may return nothing). A service that gives the same page twice
  // is an INTERNAL error.
  template <class Stub, class Request, class Response, class Take>
  absl::Status ForEachPage(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                           const Request& request, Take take) {
    return ForEachPageAt(ServiceOf(*Request::descriptor()->file()), method, request, take);
  }
  template <class Stub, class Request, class Response, class Take>
  absl::Status ForEachPageAt(const std::string& service,
                             grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                             Request request, Take take) {
    Response page;
    const auto fetch = [&] {
      auto answer = CallAt(service, method, request);
      if (answer.ok()) page = *std::move(answer);
      return answer.status();
    };
    return Pages(request, page, fetch, [&] {
      if constexpr (std::is_void_v<std::invoke_result_t<Take, const Response&>>) {
        take(page);
        return true;
      } else {
        return take(page);
      }
    });
  }
  // Reads pages by the method's descriptor. `take` looks at `page`, and may set another page_size in
  // `request`.
  absl::Status ForEachPage(const google::protobuf::MethodDescriptor& method,
                           google::protobuf::Message& request, google::protobuf::Message& page,
                           absl::FunctionRef<bool()> take);

 private:
  static absl::Status Pages(google::protobuf::Message& request, const google::protobuf::Message& page,
                            absl::FunctionRef<absl::Status()> fetch, absl::FunctionRef<bool()> take);
  void GiveRequestId(google::protobuf::Message& request);

  const absl::StatusOr<Endpoints> endpoints_;
  const Bounds bounds_;
  ids::RandomSource ids_;
  const std::shared_ptr<rpc::Positions> seen_ = std::make_shared<rpc::Positions>();
  absl::Mutex mutex_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tonghu::client
