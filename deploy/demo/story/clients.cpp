#include "deploy/demo/story/clients.h"

namespace tonghu::demo {

absl::StatusOr<Clients> Connect(const tonghuctl::Endpoints& endpoints) {
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels;
  const auto seen = std::make_shared<rpc::Positions>();
  for (const char* service : {"registry", "pairing", "alerts", "reporting"}) {
    auto addresses = endpoints.AddressesOf(service);
    if (!addresses.ok()) return addresses.status();
    channels[service] = rpc::Dial(*addresses, seen);
  }
  Clients clients;
  clients.children = registry::v1::ChildService::NewStub(channels["registry"]);
  clients.directory = registry::v1::DirectoryService::NewStub(channels["registry"]);
  clients.pairings = pairing::v1::PairingService::NewStub(channels["pairing"]);
  clients.duties = pairing::v1::DutyService::NewStub(channels["pairing"]);
  clients.contacts = pairing::v1::ContactService::NewStub(channels["pairing"]);
  clients.calendars = pairing::v1::CalendarService::NewStub(channels["pairing"]);
  clients.alerts = alerts::v1::AlertService::NewStub(channels["alerts"]);
  clients.signals = alerts::v1::SignalService::NewStub(channels["alerts"]);
  clients.reports = reporting::v1::ReportService::NewStub(channels["reporting"]);
  return clients;
}

}  // namespace tonghu::demo
