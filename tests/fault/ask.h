// Calls as a patient client makes them: again and again, with the same request, until there is an answer.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "deploy/demo/story/clients.h"

namespace tonghu::fault {

// Whether another try may succeed.
bool IsPassing(const absl::Status& status);

inline constexpr absl::Duration kAskPatience = absl::Seconds(60);
inline constexpr absl::Duration kAskOnce = absl::Seconds(15);
inline constexpr absl::Duration kAskPause = absl::Milliseconds(5);  // between tries

// The last error when none succeeds in time.
template <class Stub, class Request, class Response>
absl::StatusOr<Response> Ask(Stub& stub,
                             grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                             const Request& request) {
  for (const absl::Time end = absl::Now() + kAskPatience;; absl::SleepFor(kAskPause)) {
    auto context = rpc::WithDeadline(kAskOnce);
    Response response;
    const absl::Status status = rpc::FromGrpc((stub.*method)(context.get(), request, &response));
    if (status.ok()) return response;
    if (!IsPassing(status) || absl::Now() > end) return status;
  }
}

// All pages of a list, by `items(page)`.
template <class Stub, class Request, class Response, class Items>
auto AskAll(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
            Request request, Items items)
    -> absl::StatusOr<std::vector<std::decay_t<decltype(*items(Response()).begin())>>> {
  std::vector<std::decay_t<decltype(*items(Response()).begin())>> all;
  do {
    auto page = Ask(stub, method, request);
    if (!page.ok()) return page.status();
    const auto& some = items(*page);
    all.insert(all.end(), some.begin(), some.end());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return all;
}

// Lists of a county ("counties/520324"), of one child unless `child` is empty.
absl::StatusOr<std::vector<registry::v1::Child>> Children(demo::Clients& clients, const std::string& county);
absl::StatusOr<std::vector<pairing::v1::Pairing>> Pairings(demo::Clients& clients, const std::string& county,
                                                           const std::string& child, bool ended);
absl::StatusOr<std::vector<pairing::v1::Duty>> Duties(demo::Clients& clients, const std::string& county,
                                                      const std::string& child);
absl::StatusOr<std::vector<pairing::v1::Contact>> Contacts(demo::Clients& clients, const std::string& county);
absl::StatusOr<std::vector<alerts::v1::Alert>> Alerts(demo::Clients& clients, const std::string& county,
                                                      const std::string& child);
absl::StatusOr<std::vector<alerts::v1::Notification>> Notifications(demo::Clients& clients,
                                                                    const std::string& alert);

}  // namespace tonghu::fault
