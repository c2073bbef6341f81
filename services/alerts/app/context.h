// What the use cases work with besides their transaction.
#pragma once

#include <array>

#include "libs/ids/ids.h"
#include "libs/metrics/metrics.h"
#include "services/alerts/domain/alert.h"
#include "services/alerts/postgres/notification_rows.h"

namespace tonghu::alerts {

// The counters of this service. Labels are kinds, never people or places.
struct Counters {
  explicit Counters(metrics::Metrics& metrics);

  std::array<prometheus::Counter*, kKindNames.size()> raised;  // by Kind
  prometheus::Counter& nobody_to_tell;
  // Messages written while there was no webhook, and those of them that somebody who watches has taken.
  prometheus::Counter& live_written;
  prometheus::Counter& live_taken;
};

struct Context {
  Channel channel;
  ids::Source& ids;
  const Counters& counters;
};

}  // namespace tonghu::alerts
