#include "services/alerts/rpc/alert_service.h"

#include "libs/division/county.h"
#include "libs/ids/names.h"
#include "libs/journal/command.h"
#include "libs/journal/event_row.h"
#include "libs/journal/operator_notice.h"
#include "libs/paging/paging.h"
#include "libs/rpc/unary.h"
#include "services/alerts/app/answer_alerts.h"
#include "services/alerts/app/refusals.h"
#include "services/alerts/postgres/alert_rows.h"
#include "services/alerts/rpc/decide.h"
#include "services/alerts/rpc/detailed.h"
#include "services/alerts/rpc/messages.h"
#include "services/alerts/rpc/signal_requests.h"

namespace tonghu::alerts {
namespace {

constexpr absl::Duration kAcquire = absl::Seconds(2);
constexpr size_t kPageBytes = 2 << 20;  // half of what a message may hold
constexpr int kMostAlerts = 500;        // of a page
constexpr int kMostNotifications = 2000;

// A county, or what stands for none: there the alerts about the platform as a whole are.
absl::StatusOr<std::string> ParsePlace(const std::string& parent) {
  auto county = ids::ParseParent(parent, "parent");
  return county.ok() && *county == journal::kNoCounty ? county : division::ParseCounty(parent, "parent");
}

absl::StatusOr<Answer> AnswerOf(const std::string& name, const std::string& staff_member) {
  auto alert = ids::ParseName(name, "alerts", "name");
  if (!alert.ok()) return alert.status();
  auto staff = IdIn(alert->county, staff_member, "staffMembers", "staff_member");
  if (!staff.ok()) return staff.status();
  return Answer{.county = alert->county, .alert_id = alert->id, .staff_id = *std::move(staff)};
}

absl::StatusOr<Answer> CommandOf(const v1::AcknowledgeAlertRequest& request) {
  return AnswerOf(request.name(), request.staff_member());
}

absl::StatusOr<Answer> CommandOf(const v1::ResolveAlertRequest& request) {
  auto answer = AnswerOf(request.name(), request.staff_member());
  if (answer.ok()) answer->resolution = request.resolution();
  return answer;
}

template <class Run>
auto Decider(const Context& context, Run run) {
  return [&context, run](journal::ShardTransaction& transaction, auto commands) {
    return DecideEach<Answer>(
        commands, [](const auto& request) { return CommandOf(request); },
        [&](absl::Span<Answer> answers) { return run(transaction, context, answers); },
        [](const Answer& answer) -> absl::StatusOr<v1::Alert> {
          if (!answer.alert.ok()) return answer.alert.status();
          return MessageOf(*answer.alert);
        });
  };
}

}  // namespace

AlertService::AlertService(journal::Node& node, const Context& context, WatchHub& hub)
    : pool_(node.pool()),
      workers_(node.workers()),
      hub_(hub),
      acknowledge_(node.executor(), "AcknowledgeAlert", Decider(context, AcknowledgeAlerts)),
      resolve_(node.executor(), "ResolveAlert", Decider(context, ResolveAlerts)) {}

grpc::ServerUnaryReactor* AlertService::AcknowledgeAlert(grpc::CallbackServerContext* context,
                                                         const v1::AcknowledgeAlertRequest* request,
                                                         v1::Alert* response) {
  const auto county = journal::CountyOf(ids::ParseName(request->name(), "alerts", "name"));
  return journal::RunCommand(acknowledge_, context, request, response, county);
}

grpc::ServerUnaryReactor* AlertService::ResolveAlert(grpc::CallbackServerContext* context,
                                                     const v1::ResolveAlertRequest* request,
                                                     v1::Alert* response) {
  const auto county = journal::CountyOf(ids::ParseName(request->name(), "alerts", "name"));
  return journal::RunCommand(resolve_, context, request, response, county);
}

grpc::ServerUnaryReactor* AlertService::GetAlert(grpc::CallbackServerContext* context,
                                                 const v1::GetAlertRequest* request, v1::Alert* response) {
  return rpc::Run(workers_, context, request, response, [this](const auto& r) { return Get(r); });
}

grpc::ServerUnaryReactor* AlertService::ListAlerts(grpc::CallbackServerContext* context,
                                                   const v1::ListAlertsRequest* request,
                                                   v1::ListAlertsResponse* response) {
  return rpc::Run(workers_, context, request, response, [this](const auto& r) { return List(r); });
}

grpc::ServerUnaryReactor* AlertService::ListNotifications(grpc::CallbackServerContext* context,
                                                          const v1::ListNotificationsRequest* request,
                                                          v1::ListNotificationsResponse* response) {
  return rpc::Run(workers_, context, request, response, [this](const auto& r) { return Notifications(r); });
}

grpc::ServerWriteReactor<v1::WatchAlertsResponse>* AlertService::WatchAlerts(
    grpc::CallbackServerContext* context, const v1::WatchAlertsRequest* request) {
  absl::Status checked = rpc::CheckText(*request);
  auto county = ParsePlace(request->parent());
  if (checked.ok()) checked = county.status();
  return checked.ok() ? hub_.Watch(context, *county) : hub_.Refuse(checked);
}

absl::StatusOr<v1::Alert> AlertService::Get(const v1::GetAlertRequest& request) const {
  auto name = ids::ParseName(request.name(), "alerts", "name");
  if (!name.ok()) return name.status();
  auto connection = pool_.Acquire(kAcquire);
  if (!connection.ok()) return connection.status();
  KeyColumns key;
  key.Add(name->county, name->id);
  auto alerts = LoadAlerts(**connection, key);
  if (!alerts.ok()) return alerts.status();
  if (alerts->empty()) return UnknownAlert();
  auto messages = DetailedMessages(**connection, *alerts);
  if (!messages.ok()) return messages.status();
  return std::move(messages->front());
}

absl::StatusOr<v1::ListAlertsResponse> AlertService::List(const v1::ListAlertsRequest& request) const {
  auto county = ParsePlace(request.parent());
  if (!county.ok()) return county.status();
  AlertFilter filter{.county = *county, .state = request.state(), .kind = request.kind()};
  if (!request.child().empty()) {
    auto child = IdIn(*county, request.child(), "children", "child");
    if (!child.ok()) return child.status();
    filter.child_id = *std::move(child);
  }
  if (request.has_raise_from()) filter.raised_from = journal::ToTime(request.raise_from());
  if (request.has_raise_before()) filter.raised_before = journal::ToTime(request.raise_before());
  auto page = paging::PageOf(request, kMostAlerts);
  if (!page.ok()) return page.status();
  auto connection = pool_.Acquire(kAcquire);
  if (!connection.ok()) return connection.status();
  auto alerts = tonghu::alerts::ListAlerts(**connection, filter, page->after, page->size + 1);
  if (!alerts.ok()) return alerts.status();
  auto messages = DetailedMessages(**connection, *alerts);
  if (!messages.ok()) return messages.status();
  v1::ListAlertsResponse response;
  size_t bytes = 0;
  for (size_t i = 0; i < alerts->size(); ++i) {
    if (static_cast<int>(i) == page->size || bytes > kPageBytes) {
      response.set_next_page_token(page->TokenAfter((*alerts)[i - 1].id));
      break;
    }
    *response.add_alerts() = std::move((*messages)[i]);
    bytes += response.alerts(static_cast<int>(i)).ByteSizeLong();
  }
  return response;
}

absl::StatusOr<v1::ListNotificationsResponse> AlertService::Notifications(
    const v1::ListNotificationsRequest& request) const {
  auto name = ids::ParseName(request.alert(), "alerts", "alert");
  if (!name.ok()) return name.status();
  auto connection = pool_.Acquire(kAcquire);
  if (!connection.ok()) return connection.status();
  KeyColumns key;
  key.Add(name->county, name->id);
  auto alert = LoadAlerts(**connection, key);
  if (!alert.ok()) return alert.status();
  if (alert->empty()) return UnknownAlert("alert");
  auto notifications =
      tonghu::alerts::ListNotifications(**connection, name->county, name->id, kMostNotifications);
  if (!notifications.ok()) return notifications.status();
  v1::ListNotificationsResponse response;
  for (const Notification& notification : *notifications)
    *response.add_notifications() = MessageOf(notification);
  return response;
}

}  // namespace tonghu::alerts
