// Calls to the services: every one with a deadline, changes with a request id, outages tried again with the
// same id.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/ids/ids.h"
#include "libs/rpc/position.h"
#include "services/tonghuctl/endpoints.h"

namespace tonghu::tonghuctl {

// Pages of a list.
struct PageOptions {
  int limit = 1000;  // items in all; 0: everything
  std::string page_token;
  int page_size = 1000;  // the most the service gives at once
};

// Thread-safe.
class Client {
 public:
  // `timeout` is for each call with its retries.
  // When the endpoints could not be read every call fails with that error, so that what was typed is checked
  // first.
  Client(absl::StatusOr<Endpoints> endpoints, absl::Duration timeout)
      : endpoints_(std::move(endpoints)), timeout_(timeout) {}

  const absl::StatusOr<Endpoints>& endpoints() const { return endpoints_; }
  absl::Duration timeout() const { return timeout_; }
  std::string NewRequestId() { return ids_.Next(absl::Now()); }

  // A channel to all replicas of a service; its calls hand on what those of any channel here have seen.
  // Errors: UNAVAILABLE when the stack has none.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(const std::string& service);

  // Calls until it is not UNAVAILABLE any more: at most four times, all within `timeout` (default: the
  // client's). `call` must be one that may be made again.
  absl::Status Try(const std::function<grpc::Status(grpc::ClientContext&)>& call,
                   std::optional<absl::Duration> timeout = {});

  // A question: Ask<ChildService>(&ChildService::Stub::GetChild, request).
  template <class Service, class Stub, class Request, class Response>
  absl::StatusOr<Response> Ask(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                               const Request& request) {
    auto channel = ChannelTo(ServiceOf(Service::service_full_name()));
    if (!channel.ok()) return channel.status();
    const std::unique_ptr<Stub> stub = Service::NewStub(*channel);
    Response response;
    absl::Status status = Try([&](grpc::ClientContext& context) {
      response.Clear();
      return (stub.get()->*method)(&context, request, &response);
    });
    if (!status.ok()) return status;
    return response;
  }

  // A change: the same with a fresh request id.
  template <class Service, class Stub, class Request, class Response>
  absl::StatusOr<Response> Tell(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                Request request) {
    request.set_request_id(NewRequestId());
    return Ask<Service>(method, request);
  }

  // All pages up to the limit as one answer; its next_page_token is empty when there is no more.
  template <class Service, class Stub, class Request, class Response>
  absl::StatusOr<Response> AskPages(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                                 Response*),
                                    Request request, const PageOptions& options) {
    Response all;
    all.set_next_page_token(options.page_token);
    do {
      const int left = options.limit == 0 ? options.page_size : options.limit - CountOf(all);
      request.set_page_size(std::min(left, options.page_size));
      request.set_page_token(all.next_page_token());
      auto page = Ask<Service>(method, request);
      if (!page.ok()) return page.status();
      if (CountOf(*page) == 0 && !page->next_page_token().empty() &&
          page->next_page_token() == request.page_token()) {
        return absl::InternalError("the service gives the same page again and again");
      }
      all.clear_next_page_token();
      all.MergeFrom(*page);
    } while (!all.next_page_token().empty() && (options.limit == 0 || CountOf(all) < options.limit));
    return all;
  }

 private:
  // "pairing" for "tonghu.pairing.v1.DutyService".
  static std::string ServiceOf(const std::string& full_name);
  // Items in a list's answer: the size of its repeated field.
  static int CountOf(const google::protobuf::Message& page);

  const absl::StatusOr<Endpoints> endpoints_;
  const absl::Duration timeout_;
  ids::RandomSource ids_;
  const std::shared_ptr<rpc::Positions> seen_ = std::make_shared<rpc::Positions>();
  absl::Mutex mutex_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tonghu::tonghuctl
