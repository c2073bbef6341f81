// What a service has said since, read from its journal.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "tests/bench/rig.h"
#include "tonghu/journal/v1/event.pb.h"

namespace tonghu::bench {

// Calls `each` for every event of `type` behind the positions `after` (by shard), shard after shard, in
// order. Stops at the first error of `each`. Errors: a call's.
absl::Status ForEachEvent(Rig& rig, const std::string& service, const std::map<int, int64_t>& after,
                          const std::string& type,
                          const std::function<absl::Status(const tonghu::journal::v1::Event&)>& each);

}  // namespace tonghu::bench
