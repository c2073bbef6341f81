#include "libs/fleet/positions.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/clock/timestamp.h"

namespace tonghu::fleet {
namespace {

// Adds what one replica says of a shard. All replicas read the same tables, moments apart, so the newest of
// each position counts.
void Merge(const journal::v1::ShardStatus& from, bool bus_connected, ShardPosition& shard) {
  shard.head = std::max(shard.head, from.head_seq());
  shard.relayed = std::max(shard.relayed, from.relayed_seq());
  for (const auto& cursor : from.cursors()) {
    int64_t& seq = shard.cursors[cursor.producer()];
    seq = std::max(seq, cursor.seq());
  }
  // The replica that works the shard knows how far deadlines have fired; others have an old mark.
  if (!from.leased()) return;
  shard.worked = true;
  shard.bus_connected = shard.bus_connected || bus_connected;
  if (!from.has_swept_through()) return;
  shard.swept = std::max(shard.swept, clock::ToTime(from.swept_through()));
}

void Count(Lag& lag, int shard, int64_t events) {
  if (events <= 0) return;
  lag.events += events;
  absl::StrAppend(&lag.shards, lag.shards.empty() ? "" : " ", shard);
}

}  // namespace

Positions PositionsOf(const Look& look) {
  Positions positions;
  for (const ReplicaLook& replica : look) {
    if (!replica.status.ok()) continue;
    ServicePosition& service = positions[replica.service];
    // Commands are each replica's own; what is read from tables is the same for all of them.
    service.in_flight += replica.status->commands_in_flight();
    service.quarantined = std::max(service.quarantined, replica.status->quarantined());
    if (service.distrust.empty() && !replica.status->clock_distrusted().empty())
      service.distrust = absl::StrCat(replica.status->replica(), ": ", replica.status->clock_distrusted());
    for (const auto& shard : replica.status->shards())
      Merge(shard, replica.status->bus_connected(), service.shards[shard.shard()]);
  }
  return positions;
}

int64_t HeadOf(const Positions& positions, const std::string& service, int shard) {
  const auto found = positions.find(service);
  if (found == positions.end()) return 0;
  const auto position = found->second.shards.find(shard);
  return position == found->second.shards.end() ? 0 : position->second.head;
}

int64_t AppliedOf(const ShardPosition& shard, const std::string& producer) {
  const auto found = shard.cursors.find(producer);
  return found == shard.cursors.end() ? 0 : found->second;
}

std::vector<Lag> LagsOf(const Positions& positions, const Positions& heads) {
  std::vector<Lag> lags;
  for (const auto& [name, service] : positions) {
    Lag bus{name, "bus"};
    for (const auto& [number, shard] : service.shards)
      Count(bus, number, HeadOf(heads, name, number) - shard.relayed);
    lags.push_back(std::move(bus));
    for (const std::string& producer : HeardBy(name)) {
      // A producer of which no replica answers has no head to compare with.
      if (!heads.contains(producer)) continue;
      Lag lag{name, producer};
      for (const auto& [number, shard] : service.shards) {
        Count(lag, number, HeadOf(heads, producer, number) - AppliedOf(shard, producer));
      }
      lags.push_back(std::move(lag));
    }
  }
  return lags;
}

}  // namespace tonghu::fleet
