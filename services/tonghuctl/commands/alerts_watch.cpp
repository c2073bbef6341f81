// tonghuctl alerts watch: changes as they happen.
#include <fmt/format.h>

#include "libs/forms/texts.h"
#include "libs/forms/typed.h"
#include "libs/forms/words.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "libs/status/macros.h"
#include "services/tonghuctl/command.h"
#include "services/tonghuctl/table.h"
#include "tonghu/alerts/v1/alert_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace alerts::v1;

// A change of an alert, on one line.
std::string Line(const WatchAlertsResponse& change) {
  const Alert& alert = change.alert();
  const AlertEntry* last = nullptr;
  // The alert may be further on than the change: the newest entry of the change's action is the one meant.
  for (const AlertEntry& entry : alert.entries()) {
    if (entry.action() == change.action()) last = &entry;
  }
  std::string line =
      fmt::format("{}  {}  {}  {}", forms::TimeText(last == nullptr ? alert.raise_time() : last->time()),
                  forms::AlertKindText(alert), forms::Label(change.action()), alert.name());
  if (last != nullptr) {
    line += fmt::format("  {} {}", forms::Label(last->level()), last->staff_name());
    if (last->has_next_step_time()) line += "  下一步 " + forms::TimeText(last->next_step_time());
  }
  return Printable(line) + "\n";
}

}  // namespace

absl::Status WatchAlerts(Session& session, const Arguments& typed) {
  ASSIGN_OR_RETURN(const auto request, RequestOf<WatchAlertsRequest>(typed));
  ASSIGN_OR_RETURN(const auto duration, typed.Duration("--for"));
  ASSIGN_OR_RETURN(auto channel, session.client().ChannelTo("alerts"));
  const auto stub = AlertService::NewStub(channel);
  const auto context = rpc::WithDeadline(duration);
  const auto reader = stub->WatchAlerts(context.get(), request);
  WatchAlertsResponse change;
  int seen = 0;
  while (reader->Read(&change)) {
    if (!change.has_alert()) continue;  // only says that the stream lives
    session.output.ShowLine(change, [&] { return Line(change); });
    if (++seen == typed.Number("--count")) {
      // As many as were asked for: the call would go on for ever.
      context->TryCancel();
      reader->Finish();
      return absl::OkStatus();
    }
  }
  const absl::Status ended = rpc::FromGrpc(reader->Finish());
  // The time given by --for is over, which is no error.
  return absl::IsDeadlineExceeded(ended) ? absl::OkStatus() : ended;
}

}  // namespace tonghu::tonghuctl
