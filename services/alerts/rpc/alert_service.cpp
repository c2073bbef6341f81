#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/clock/timestamp.h"
#include "libs/ids/names.h"
#include "libs/paging/paging.h"
#include "libs/status/macros.h"
#include "services/alerts/app/alerts.h"
#include "services/alerts/app/refusals.h"
#include "services/alerts/postgres/alert_rows.h"
#include "services/alerts/rpc/decide.h"
#include "services/alerts/rpc/detailed.h"
#include "services/alerts/rpc/messages.h"
#include "services/alerts/rpc/services.h"
#include "services/alerts/rpc/signal_requests.h"
#include "tonghu/alerts/v1/alert_service.grpc.pb.h"

namespace tonghu::alerts {
namespace {

constexpr size_t kPageBytes = 2 << 20;  // half of what a message may hold
constexpr int kMostAlerts = 500;        // of a page
constexpr int kMostNotifications = 2000;

// The answer in a request to acknowledge, to resolve or to note.
template <class Request>
absl::StatusOr<Answer> AnswerOf(const Request& request, const std::string& county) {
  ASSIGN_OR_RETURN(auto alert, IdIn(county, request.name(), "alerts", "name"));
  ASSIGN_OR_RETURN(auto staff, IdIn(county, request.staff_member(), "staffMembers", "staff_member"));
  Answer answer{.county = county, .alert_id = std::move(alert), .staff_id = std::move(staff)};
  if constexpr (std::is_same_v<Request, v1::ResolveAlertRequest>) {
    answer.kind = Answer::Kind::kResolve;
    answer.words = request.resolution();
  } else if constexpr (std::is_same_v<Request, v1::NoteAlertRequest>) {
    answer.kind = Answer::Kind::kNote;
    answer.words = request.note();
  }
  return answer;
}

absl::StatusOr<v1::Alert> ReplyOf(const Answer& answer) {
  if (!answer.alert.ok()) return answer.alert.status();
  return MessageOf(*answer.alert);
}

absl::StatusOr<v1::Alert> Get(postgres::Connection& db, const ids::Name& name) {
  ASSIGN_OR_RETURN(auto alerts, LoadAlerts(db, {Key(name.county, name.id)}));
  if (alerts.empty()) return UnknownAlert();
  ASSIGN_OR_RETURN(auto messages, DetailedMessages(db, alerts));
  return std::move(messages.front());
}

// A place in the inbox's order, as page tokens hold it: microseconds and id.
std::string TextOf(const Alert& last) {
  return absl::StrCat(clock::ToMicros(last.next_step_time), "_", last.id);
}
InboxPosition PositionOf(const std::string& text) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('_', 1));
  int64_t micros = 0;
  // A token of this list holds what TextOf gave; the first page's is empty.
  if (!absl::SimpleAtoi(parts.first, &micros)) return {};
  return {clock::FromMicros(micros), parts.second};
}

absl::StatusOr<v1::ListAlertsResponse> List(const journal::Query& query, int shard,
                                            const v1::ListAlertsRequest& request) {
  const std::string& county = query.call.county();
  ASSIGN_OR_RETURN(auto child, OptionalIdIn(county, request.child(), "children", "child"));
  AlertFilter filter{
      .county = county, .state = request.state(), .kind = request.kind(), .child_id = std::move(child)};
  filter.within = query.call.scope().filter();
  if (request.has_raise_from()) filter.raised_from = clock::ToTime(request.raise_from());
  if (request.has_raise_before()) filter.raised_before = clock::ToTime(request.raise_before());
  ASSIGN_OR_RETURN(auto page, paging::PageOf(request, query.call.scope().Fingerprint(), kMostAlerts));
  if (request.unresolved() && filter.state != 0)
    return refusal::Invalid("STATE_WITH_UNRESOLVED", "state", "unresolved already says which states",
                            "查询未办结预警时不能再指定状态");
  ASSIGN_OR_RETURN(auto alerts,
                   request.unresolved()
                       ? ListInbox(query.db, shard, filter, PositionOf(page.after), page.size + 1)
                       : tonghu::alerts::ListAlerts(query.db, filter, page.after, page.size + 1));
  ASSIGN_OR_RETURN(auto messages, DetailedMessages(query.db, alerts));
  v1::ListAlertsResponse response;
  size_t bytes = 0;
  for (size_t i = 0; i < alerts.size(); ++i) {
    // Alerts have many entries: a page ends by bytes too, so that it fits into a message.
    if (static_cast<int>(i) == page.size || bytes > kPageBytes) {
      response.set_next_page_token(
          page.TokenAfter(request.unresolved() ? TextOf(alerts[i - 1]) : alerts[i - 1].id));
      break;
    }
    *response.add_alerts() = std::move(messages[i]);
    bytes += response.alerts(static_cast<int>(i)).ByteSizeLong();
  }
  return response;
}

// The messages about an alert, the oldest first; beyond kMostNotifications no more are shown.
absl::StatusOr<v1::ListNotificationsResponse> Notifications(postgres::Connection& db, const ids::Name& name) {
  auto alert = LoadAlerts(db, {Key(name.county, name.id)});
  if (!alert.ok()) return alert.status();
  if (alert->empty()) return UnknownAlert("alert");
  ASSIGN_OR_RETURN(auto notifications,
                   tonghu::alerts::ListNotifications(db, name.county, name.id, kMostNotifications));
  v1::ListNotificationsResponse response;
  for (const Notification& notification : notifications)
    *response.add_notifications() = MessageOf(notification);
  return response;
}

}  // namespace

std::unique_ptr<journal::Service> OfferAlerts(journal::Node& node, const Context& context, WatchHub& hub) {
  auto alerts = node.Offer<v1::AlertService>();
  const auto answered =
      Decider([](const auto& request, const std::string& county) { return AnswerOf(request, county); },
              With(context, AnswerAlerts), ReplyOf);
  alerts->Command<v1::AcknowledgeAlertRequest, v1::Alert>("AcknowledgeAlert", answered);
  alerts->Command<v1::ResolveAlertRequest, v1::Alert>("ResolveAlert", answered);
  alerts->Command<v1::NoteAlertRequest, v1::Alert>("NoteAlert", answered);
  alerts->Answer<v1::GetAlertRequest, v1::Alert>("GetAlert", Get);
  alerts->Answer<v1::ListAlertsRequest, v1::ListAlertsResponse>(
      "ListAlerts", [&node](const journal::Query& query, const v1::ListAlertsRequest& request) {
        return List(query, node.executor().ShardOf(query.call.county()), request);
      });
  alerts->Answer<v1::ListNotificationsRequest, v1::ListNotificationsResponse>("ListNotifications",
                                                                              Notifications);
  alerts->ServerStream<v1::WatchAlertsRequest, v1::WatchAlertsResponse>(
      "WatchAlerts", [&node, &hub](const rpc::Endpoint& endpoint, grpc::CallbackServerContext* context,
                                   const v1::WatchAlertsRequest* request) {
        // Counted and audited when it begins: a watch lasts as long as its caller likes.
        auto call = node.pipeline().Admit(endpoint, *context, *request);
        const grpc::Status begun =
            node.pipeline().Close(endpoint, call.ok() ? call->get() : nullptr, call.status());
        if (!call.ok()) return hub.Refuse(begun);
        rpc::Audit* const audit = node.pipeline().audit();
        return hub.Watch(
            context, *call,
            [audit, call = *call](const google::protobuf::Message& shown, rpc::Audit::Done done) {
              audit->Record(call, v1::WatchAlertsRequest(), shown, std::move(done));
            });
      });
  return alerts;
}

}  // namespace tonghu::alerts
