// Notices of services to the operators become alerts.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/journal/operator_notice.h"
#include "libs/journal/shard_transaction.h"
#include "services/alerts/app/context.h"

namespace tonghu::alerts {

struct Notice {
  std::string county;  // journal::kNoCounty for what concerns no county
  journal::OperatorNotice notice;
};

// Raises one alert at a time for a subject: a key in one service's quarantine, a county's event that a
// service can't apply, a replica's clock. The province is told at once. Further notices about an unresolved
// alert are counted and tell nobody; the notice that the matter is over settles the alert. Notices are
// applied in order.
absl::Status NoticeOperators(journal::ShardTransaction& transaction, const Context& context,
                             const std::vector<Notice>& notices);

// How this service tells the operators of its own troubles: by the use case itself, since the service does
// not consume its own journal. `context` outlives the result.
journal::Notify Noticing(const Context& context);

}  // namespace tonghu::alerts
