// The services of the running stack, as the story's people use them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/clock/clock.h"
#include "libs/ids/ids.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "services/tonghuctl/quiet.h"
#include "tonghu/alerts/v1/alert_service.grpc.pb.h"
#include "tonghu/alerts/v1/signal_service.grpc.pb.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"
#include "tonghu/pairing/v1/calendar_service.grpc.pb.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"
#include "tonghu/pairing/v1/duty_service.grpc.pb.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"
#include "tonghu/reporting/v1/report_service.grpc.pb.h"

namespace tonghu::demo {

struct Clients {
  std::unique_ptr<registry::v1::ChildService::Stub> children;
  std::unique_ptr<registry::v1::DirectoryService::Stub> directory;
  std::unique_ptr<pairing::v1::PairingService::Stub> pairings;
  std::unique_ptr<pairing::v1::DutyService::Stub> duties;
  std::unique_ptr<pairing::v1::ContactService::Stub> contacts;
  std::unique_ptr<pairing::v1::CalendarService::Stub> calendars;
  std::unique_ptr<alerts::v1::AlertService::Stub> alerts;
  std::unique_ptr<alerts::v1::SignalService::Stub> signals;
  std::unique_ptr<reporting::v1::ReportService::Stub> reports;
};
// Calls of all of them hand on what any has seen. Errors: UNAVAILABLE when the stack has not all services.
absl::StatusOr<Clients> Connect(const tonghuctl::Endpoints& endpoints);

// One call with a deadline: `Call(*clients.alerts, &Stub::GetAlert, request)`.
template <class Stub, class Request, class Response>
absl::StatusOr<Response> Call(Stub& stub,
                              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                              const Request& request) {
  auto context = rpc::WithDeadline(absl::Seconds(30));
  Response response;
  const grpc::Status status = (stub.*method)(context.get(), request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  return response;
}

// All pages of a list: `add(response)` for each.
template <class Stub, class Request, class Response, class Add>
absl::Status CallPages(Stub& stub,
                       grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                       Request request, Add add) {
  do {
    auto page = Call(stub, method, request);
    if (!page.ok()) return page.status();
    add(*page);
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

}  // namespace tonghu::demo
