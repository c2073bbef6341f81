// What the use cases work with beside their transaction.
#pragma once

#include <array>

#include "libs/ids/ids.h"
#include "libs/metrics/metrics.h"
#include "services/alerts/domain/alert.h"
#include "services/alerts/postgres/notification_rows.h"

namespace tonghu::alerts {

// What this service counts. Labels are kinds, never people or places.
class Counters {
 public:
  explicit Counters(metrics::Metrics& metrics);
  prometheus::Counter& Raised(Kind kind) const { return *raised_[static_cast<size_t>(kind)]; }
  prometheus::Counter& nobody_to_tell() const { return nobody_to_tell_; }
  // Messages written while there was no webhook, and those of them that somebody who watches has taken.
  prometheus::Counter& live_written() const { return live_written_; }
  prometheus::Counter& live_taken() const { return live_taken_; }

 private:
  std::array<prometheus::Counter*, kKindNames.size()> raised_{};
  prometheus::Counter& nobody_to_tell_;
  prometheus::Counter& live_written_;
  prometheus::Counter& live_taken_;
};

struct Context {
  Channel channel;
  ids::Source& ids;
  const Counters& counters;
};

}  // namespace tonghu::alerts
