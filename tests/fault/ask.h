// Calls as a patient client makes them, and the lists of a county.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "libs/client/client.h"
#include "tonghu/alerts/v1/alert_service.grpc.pb.h"
#include "tonghu/alerts/v1/signal_service.grpc.pb.h"
#include "tonghu/pairing/v1/calendar_service.grpc.pb.h"
#include "tonghu/pairing/v1/closure_service.grpc.pb.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"
#include "tonghu/pairing/v1/coverage_service.grpc.pb.h"
#include "tonghu/pairing/v1/duty_service.grpc.pb.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"
#include "tonghu/reporting/v1/report_service.grpc.pb.h"

namespace tonghu::fault {

// Until there is an answer, for a minute at most.
inline client::Bounds Patient() {
  constexpr absl::Duration kPause = absl::Milliseconds(5);
  return {.timeout = absl::Seconds(60),
          .once = absl::Seconds(15),
          .tries = 0,
          .pause = kPause,
          .longest_pause = kPause};
}

// All pages of a list, by `items(page)`.
template <class Stub, class Request, class Response, class Items>
auto AskAll(client::Client& clients,
            grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
            const Request& request, Items items)
    -> absl::StatusOr<std::vector<std::decay_t<decltype(*items(Response()).begin())>>> {
  std::vector<std::decay_t<decltype(*items(Response()).begin())>> all;
  absl::Status read = clients.ForEachPage(method, request, [&](const Response& page) {
    const auto& some = items(page);
    all.insert(all.end(), some.begin(), some.end());
  });
  if (!read.ok()) return read;
  return all;
}

// Lists of a county ("counties/520324"), of one child unless `child` is empty.
absl::StatusOr<std::vector<registry::v1::Child>> Children(client::Client& clients, const std::string& county);
absl::StatusOr<std::vector<pairing::v1::Pairing>> Pairings(client::Client& clients, const std::string& county,
                                                           const std::string& child, bool ended);
absl::StatusOr<std::vector<pairing::v1::Duty>> Duties(client::Client& clients, const std::string& county,
                                                      const std::string& child);
absl::StatusOr<std::vector<pairing::v1::Contact>> Contacts(client::Client& clients,
                                                           const std::string& county);
absl::StatusOr<std::vector<alerts::v1::Alert>> Alerts(client::Client& clients, const std::string& county,
                                                      const std::string& child);
absl::StatusOr<std::vector<alerts::v1::Notification>> Notifications(client::Client& clients,
                                                                    const std::string& alert);

}  // namespace tonghu::fault
