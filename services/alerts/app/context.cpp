#include "services/alerts/app/context.h"

namespace tonghu::alerts {

Counters::Counters(metrics::Metrics& metrics)
    : nobody_to_tell(metrics.Counter("tonghu_alerts_nobody_to_tell_total",
                                     "Times an alert climbed to the last step and found every post vacant")),
      live_written(metrics.Counter("tonghu_notifications_live_total",
                                   "Notifications without a webhook: written, and taken by who watches",
                                   {{"outcome", "written"}})),
      live_taken(metrics.Counter("tonghu_notifications_live_total",
                                 "Notifications without a webhook: written, and taken by who watches",
                                 {{"outcome", "taken"}})) {
  for (size_t kind = 0; kind < kKindNames.size(); ++kind) {
    raised[kind] =
        &metrics.Counter("tonghu_alerts_raised_total", "Alerts raised", {{"kind", kKindNames[kind]}});
  }
}

}  // namespace tonghu::alerts
