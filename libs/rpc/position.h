// Positions of journals, as answers say them and later calls hand them on
// (docs/adr/2026-11-25-a-caller-hands-on-what-it-has-seen.md).
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace tonghu::rpc {

inline constexpr char kPositionKey[] = "tonghu-position";  // trailing metadata of an answer; may repeat
inline constexpr char kAfterKey[] = "tonghu-after";        // metadata of a request; may repeat

// A position, written "registry/3:1042": the shard of that journal has at least this many events.
struct Position {
  std::string producer;
  int shard = 0;
  int64_t seq = 0;
};

std::string Format(const Position& position);

// Reads positions separated by commas. Errors: INVALID_ARGUMENT, reason POSITION_MALFORMED.
absl::StatusOr<std::vector<Position>> ParsePositions(std::string_view text);

// The positions that the caller has seen: all of its "tonghu-after". Errors: POSITION_MALFORMED, also for
// more than 256.
absl::StatusOr<std::vector<Position>> ReadAfter(const grpc::ServerContextBase& context);

// Adds a position to the answer of this call, before the call is finished.
void AddPosition(grpc::ServerContextBase& context, const Position& position);

// The positions that one caller has seen: the newest of each journal and shard. Thread-safe.
class Positions {
 public:
  // Keeps the position if it is newer. More than 256 journals' shards are not kept.
  void Add(const Position& position);
  // The text for "tonghu-after"; empty when nothing has been seen.
  std::string Text() const;

 private:
  mutable absl::Mutex mutex_;
  std::map<std::pair<std::string, int>, int64_t> newest_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tonghu::rpc
