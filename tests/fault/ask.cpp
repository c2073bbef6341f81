#include "tests/fault/ask.h"

namespace tonghu::fault {

namespace v1 = tonghu::pairing::v1;

absl::StatusOr<std::vector<registry::v1::Child>> Children(client::Client& clients,
                                                          const std::string& county) {
  registry::v1::ListChildrenRequest request;
  request.set_parent(county);
  return AskAll(
      clients, &registry::v1::ChildService::Stub::ListChildren, request,
      [](const auto& page) -> const auto& { return page.children(); });
}

absl::StatusOr<std::vector<v1::Pairing>> Pairings(client::Client& clients, const std::string& county,
                                                  const std::string& child, bool ended) {
  v1::ListPairingsRequest request;
  request.set_parent(county);
  request.set_child(child);
  request.set_show_ended(ended);
  request.set_page_size(1000);
  return AskAll(
      clients, &v1::PairingService::Stub::ListPairings, request,
      [](const auto& page) -> const auto& { return page.pairings(); });
}

absl::StatusOr<std::vector<v1::Duty>> Duties(client::Client& clients, const std::string& county,
                                             const std::string& child) {
  v1::ListDutiesRequest request;
  request.set_parent(county);
  request.set_child(child);
  request.set_page_size(1000);
  return AskAll(
      clients, &v1::DutyService::Stub::ListDuties, request,
      [](const auto& page) -> const auto& { return page.duties(); });
}

absl::StatusOr<std::vector<v1::Contact>> Contacts(client::Client& clients, const std::string& county) {
  v1::ListContactsRequest request;
  request.set_parent(county);
  request.set_page_size(1000);
  return AskAll(
      clients, &v1::ContactService::Stub::ListContacts, request,
      [](const auto& page) -> const auto& { return page.contacts(); });
}

absl::StatusOr<std::vector<alerts::v1::Alert>> Alerts(client::Client& clients, const std::string& county,
                                                      const std::string& child) {
  alerts::v1::ListAlertsRequest request;
  request.set_parent(county);
  request.set_child(child);
  request.set_page_size(500);
  return AskAll(
      clients, &alerts::v1::AlertService::Stub::ListAlerts, request,
      [](const auto& page) -> const auto& { return page.alerts(); });
}

absl::StatusOr<std::vector<alerts::v1::Notification>> Notifications(client::Client& clients,
                                                                    const std::string& alert) {
  alerts::v1::ListNotificationsRequest request;
  request.set_alert(alert);
  auto listed = clients.Call(&alerts::v1::AlertService::Stub::ListNotifications, request);
  if (!listed.ok()) return listed.status();
  return std::vector<alerts::v1::Notification>(listed->notifications().begin(),
                                               listed->notifications().end());
}

}  // namespace tonghu::fault
