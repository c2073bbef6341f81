#include <fmt/core.h>

#include <algorithm>

#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "tests/bench/contacts.h"
#include "tonghu/alerts/v1/alert_service.grpc.pb.h"
#include "tonghu/alerts/v1/signal_service.grpc.pb.h"

namespace tonghu::bench {
namespace {

namespace alerts = tonghu::alerts::v1;

// What alerts would have heard from the registry: $1 county; and $2 a child.
constexpr const char* kFill[] = {
    "INSERT INTO school VALUES ($1, 'S1', '小学', $1 || '101')",
    "INSERT INTO staff VALUES ($1, 'T1', '老师')",
    "INSERT INTO post SELECT $1, p, 'T1', '老师', '', '' FROM unnest(ARRAY['class_teacher-S1-1-1', "
    "'school_head-S1', "
    "'township_supervisor-' || $1 || '101', 'county_office', 'province_office']) p",
};
constexpr char kChild[] = "INSERT INTO child VALUES ($1, $2, 'S1', $1 || '101', 1, 1)";

absl::Status Fill(Rig& rig, const std::string& county) {
  auto db = rig.Database("alerts");
  if (!db.ok()) return db.status();
  for (const char* sql : kFill) {
    if (auto filled = (*db)->Run(sql, postgres::Params().Text(county)); !filled.ok()) return filled.status();
  }
  return (*db)->Run(kChild, postgres::Params().Text(county).Text(ChildId(1))).status();
}

}  // namespace

absl::StatusOr<std::vector<Result>> Emergencies(Rig& rig, int count) {
  const std::string county = Counties()[0];
  if (absl::Status filled = Fill(rig, county); !filled.ok()) return filled;
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
  std::sort(milliseconds.begin(), milliseconds.end());
  return std::vector<Result>{
      {"emergency reported -> on the county's live stream, median", milliseconds[count / 2], "ms", 0, false,
       0},
      {"  99 of 100", milliseconds[count * 99 / 100], "ms", 0, false, 50},
  };
}

}  // namespace tonghu::bench
