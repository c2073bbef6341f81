// What a service tells the operators of the platform becomes an alert.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/journal/operator_notice.h"
#include "libs/journal/shard_transaction.h"
#include "services/alerts/app/context.h"

namespace tonghu::alerts {

struct Notice {
  std::string county;  // journal::kNoCounty for what concerns none
  journal::OperatorNotice notice;
};

// One alert a subject (a key in one service's quarantine, a county's event that a service can't apply, a
// replica's clock) at a time, told to the province
// at once. Further notices of an alert that is not resolved are counted and say nothing; the one that it is
// over settles it. In order.
absl::Status NoticeOperators(journal::ShardTransaction& transaction, const Context& context,
                             const std::vector<Notice>& notices);

// How this service tells the operators of its own troubles: not by way of its journal, which it does not
// hear. `context` outlives it.
journal::Notify Noticing(const Context& context);

}  // namespace tonghu::alerts
