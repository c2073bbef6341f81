#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "tests/bench/benchmarks.h"
#include "tonghu/alerts/v1/alert_service.grpc.pb.h"
#include "tonghu/alerts/v1/signal_service.grpc.pb.h"

namespace tonghu::bench {
namespace {

namespace alerts = tonghu::alerts::v1;

}  // namespace

absl::Status Emergencies(Rig& rig, int count, Figures& figures) {
  const std::string& county = Counties()[0];
  auto watcher = alerts::AlertService::NewStub(rig.stack().Channel("alerts"));
  auto context = rpc::WithDeadline(absl::Minutes(5));
  alerts::WatchAlertsRequest watch;
  watch.set_parent("counties/" + county);
  auto stream = watcher->WatchAlerts(context.get(), watch);
  stream->WaitForInitialMetadata();
  auto reporter = alerts::SignalService::NewStub(rig.stack().Channel("alerts"));
  std::vector<double> milliseconds;
  for (int i = 0; i < count; ++i) {
    alerts::ReportEmergencyRequest request;
    request.set_parent("counties/" + county);
    request.set_child(ChildName(county, 1));
    request.set_kind(alerts::EMERGENCY_KIND_ACCIDENT);
    request.set_description("放学路上摔伤");
    request.set_reporter(HelperName(county));
    auto call = rpc::WithDeadline(absl::Seconds(10));
    alerts::Alert alert;
    const absl::Time begin = absl::Now();
    if (grpc::Status reported = reporter->ReportEmergency(call.get(), request, &alert); !reported.ok())
      return rpc::FromGrpc(reported);
    alerts::WatchAlertsResponse change;
    do {
      if (!stream->Read(&change)) return absl::DataLossError("the live stream ended");
    } while (change.alert().name() != alert.name() || change.action() != alerts::ALERT_ACTION_RAISED);
    milliseconds.push_back(absl::ToDoubleMilliseconds(absl::Now() - begin));
  }
  context->TryCancel();
  figures.Add({"emergency reported -> on the county's live stream, p50", Quantile(milliseconds, 0.5), "ms",
               Better::kLower});
  figures.Add({"emergency reported -> on the county's live stream, p99", Quantile(milliseconds, 0.99), "ms",
               Better::kLower, 0, 50});
  return absl::OkStatus();
}

}  // namespace tonghu::bench
