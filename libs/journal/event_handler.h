// How a service consumes other services' events.
#pragma once

#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "libs/journal/shard_transaction.h"
#include "tonghu/journal/v1/event.pb.h"

namespace tonghu::journal {

// Applies events of one producer and shard, in order, within the transaction: effects and own events. Types
// that it does not know are passed over. A status other than OK loses the transaction: the events are tried
// again after a transient one; otherwise they are halved until the event at fault stands alone, which is put
// in quarantine.
using EventHandler = std::function<absl::Status(ShardTransaction&, absl::Span<const Event* const>)>;

// Whether events of this type change anything in this service; others are passed over without a transaction.
using Wants = std::function<bool(std::string_view type)>;

}  // namespace tonghu::journal
