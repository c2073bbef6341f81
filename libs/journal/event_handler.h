// What a service does with other services' events.
#pragma once

#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "libs/journal/shard_transaction.h"
#include "tonghu/journal/v1/event.pb.h"

namespace tonghu::journal {

// Applies events of one producer and shard, in order, within the transaction (effects and own events). Types
// it does not know it passes over. An error return loses the transaction: transient ones are tried again,
// others isolated by halving and put in quarantine.
using EventHandler = std::function<absl::Status(ShardTransaction&, absl::Span<const Event* const>)>;

// Whether events of this type change anything here; others are passed over without a transaction.
using Wants = std::function<bool(std::string_view type)>;

}  // namespace tonghu::journal
