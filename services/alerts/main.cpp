// tonghu-alerts: signals, alerts, escalation.
#include <memory>
#include <vector>

#include "libs/directory/migrations.h"
#include "libs/journal/node.h"
#include "libs/log/log.h"
#include "libs/process/process.h"
#include "libs/redis/redis.h"
#include "libs/status/macros.h"
#include "services/alerts/app/alerts.h"
#include "services/alerts/app/attendance.h"
#include "services/alerts/app/notice_operators.h"
#include "services/alerts/config.h"
#include "services/alerts/events/consume.h"
#include "services/alerts/postgres/alert_rows.h"
#include "services/alerts/postgres/attendance_rows.h"
#include "services/alerts/postgres/migrations.h"
#include "services/alerts/rpc/services.h"
#include "services/alerts/webhook/sender.h"

namespace tonghu::alerts {
namespace {

constexpr int kUrgentAtOnce = 256;  // posts of emergencies; a receiver of 4 s then takes 3,800 a minute

absl::Status Run(config::Reader& reader) {
  ASSIGN_OR_RETURN(auto settings, process::ReadSettings(reader));
  ASSIGN_OR_RETURN(auto config, ReadConfig(reader));
  RETURN_IF_ERROR(reader.Finish());
  log::Init(settings.service, settings.replica, settings.log_level);
  ASSIGN_OR_RETURN(auto opened, journal::Node::Open(settings, {directory::Migrations(), Migrations()}));
  journal::Node& node = *opened;
  ASSIGN_OR_RETURN(auto pairing_channel, node.Peer("pairing"));
  const bool webhook = !config.webhook.url.empty();
  const Counters counters(node.metrics());
  const Context context{webhook ? Channel::kWebhook : Channel::kLive, node.ids(), counters};
  // Connects at the first call, so that an absent Redis does not keep the service from starting.
  redis::Client redis(settings.redis_socket);
  std::vector<std::unique_ptr<Sender>> senders;
  const auto send = [&](Rank rank, int most) {
    senders.push_back(std::make_unique<Sender>(Sender::Options{settings.postgres, rank, most}, config.webhook,
                                               node.clock(), redis, node.metrics()));
  };
  // A sender of their own for emergencies, so that they never wait behind others.
  if (webhook) send(Rank::kUrgent, kUrgentAtOnce);
  if (webhook) send(Rank::kUsual, config.webhook.at_once);
  WatchHub hub(node.pool(), node.clock(), counters, settings.shards);
  const auto signals = OfferSignals(node, context);
  const auto alerts = OfferAlerts(node, context, hub);
  const auto policies = OfferPolicies(node, pairing_channel);
  directory::ReadModelPlaces places(node.pool(), FindAlerts);
  return node.Serve({
      .places = &places,
      .producers = {"registry", "pairing", "reporting", "access"},
      .handler = [&](auto& transaction, auto events) { return Consume(transaction, context, events); },
      .wants = Wants,
      .notify = Noticing(context),
      .sweeps = {{"alerts", kNextAlert,
                  [&](auto& transaction, int limit) { return ClimbDueAlerts(transaction, context, limit); }},
                 {"attendance", kNextAttendance,
                  [&](auto& transaction, int limit) { return MissAttendance(transaction, context, limit); }}},
      .services = {signals.get(), alerts.get(), policies.get()},
      // Hub and senders are woken by each commit, so that what was written is on its way at once; their polls
      // are for the commits of other replicas.
      .committed =
          [&](int) {
            hub.Wake();
            for (const auto& sender : senders) sender->Wake();
          },
      .stopping = [&] { hub.Close(); },
  });
}

}  // namespace
}  // namespace tonghu::alerts

int main(int argc, char** argv) {
  return tonghu::process::Main(argc, argv, "Tonghu alerts: signals, alerts, escalation", tonghu::alerts::Run);
}
