// tonghuctl quarantine: what waits for an operator.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_join.h"
#include "libs/forms/typed.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/tonghuctl/command.h"
#include "services/tonghuctl/exit_code.h"
#include "services/tonghuctl/table.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace journal::v1;

// The services to ask: the one given, or all of the stack.
std::vector<std::string> ServicesOf(const client::Endpoints& endpoints, const std::string& only) {
  if (!only.empty()) return {only};
  std::vector<std::string> services;
  for (const auto& [service, addresses] : endpoints.replicas) services.push_back(service);
  return services;
}

absl::Status CheckService(const client::Endpoints& endpoints, const std::string& service) {
  if (service.empty() || endpoints.replicas.contains(service)) return absl::OkStatus();
  return UsageError(
      fmt::format("--service should be one of {}", absl::StrJoin(ServicesOf(endpoints, ""), ", ")));
}

// Reads the quarantine of one service, at most `limit` events (0: all).
absl::StatusOr<std::vector<QuarantinedEvent>> Fetch(Session& session, const std::string& service, int limit) {
  std::vector<QuarantinedEvent> events;
  const auto full = [&] { return limit != 0 && static_cast<int>(events.size()) >= limit; };
  RETURN_IF_ERROR(session.client().ForEachPageAt(service, &JournalService::Stub::ListQuarantinedEvents,
                                                 ListQuarantinedEventsRequest(),
                                                 [&](const ListQuarantinedEventsResponse& page) {
                                                   for (const auto& event : page.events()) {
                                                     // The last page may bring more than the limit.
                                                     if (!full()) events.push_back(event);
                                                   }
                                                   return !full();
                                                 }));
  return events;
}

}  // namespace

absl::Status ListQuarantine(Session& session, const Arguments& typed) {
  nlohmann::ordered_json document = {{"services", nlohmann::ordered_json::array()}};
  ASSIGN_OR_RETURN(const auto endpoints, session.client().endpoints());
  RETURN_IF_ERROR(CheckService(endpoints, typed.Text("--service")));
  Table table({"服务", "来源", "分片", "位置", "事件", "县", "键", "隔离时间", "原因"});
  for (const std::string& service : ServicesOf(endpoints, typed.Text("--service"))) {
    const auto events = Fetch(session, service, typed.Number("--limit"));
    if (!events.ok()) return events.status();
    nlohmann::ordered_json listed = nlohmann::ordered_json::array();
    for (const QuarantinedEvent& one : *events) {
      listed.push_back(ToDocument(one));
      const Event& event = one.event();
      table.Add({service, event.producer(), fmt::format("{}", event.shard()), fmt::format("{}", event.seq()),
                 event.type(), event.county(), event.key(), forms::TimeText(one.time()), one.error()});
    }
    document["services"].push_back({{"service", service}, {"events", std::move(listed)}});
  }
  session.output.Show(document, [&] { return table.empty() ? "隔离区为空\n" : table.Text(); });
  return absl::OkStatus();
}

absl::Status ReleaseQuarantine(Session& session, const Arguments& typed) {
  ASSIGN_OR_RETURN(const auto request, RequestOf<ReleaseQuarantinedEventsRequest>(typed));
  const std::string service = typed.Text("--service");
  ASSIGN_OR_RETURN(const auto endpoints, session.client().endpoints());
  RETURN_IF_ERROR(CheckService(endpoints, service));
  const auto released =
      session.client().CallAt(service, &JournalService::Stub::ReleaseQuarantinedEvents, request);
  if (!released.ok()) return released.status();
  const ReleaseQuarantinedEventsResponse& response = *released;
  session.output.Show(response, [&] {
    if (response.applied() + response.remaining() == 0) return std::string("隔离区中没有这个键的事件\n");
    return fmt::format("已处理 {} 条，仍隔离 {} 条{}\n", response.applied(), response.remaining(),
                       response.error().empty() ? "" : "：" + Printable(response.error()));
  });
  if (response.remaining() == 0) return absl::OkStatus();
  return refusal::Precondition("STILL_QUARANTINED", "", response.error(),
                               "仍有事件处理失败，请先排除原因（见上），再次放行。");
}

}  // namespace tonghu::tonghuctl
