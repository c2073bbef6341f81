// Positions: the answers of all replicas put together, one position for each service and shard. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/fleet/replicas.h"

namespace tonghu::fleet {

// Where a shard of one service's journal stands.
struct ShardPosition {
  int64_t head = 0;
  int64_t relayed = 0;
  bool worked = false;         // some replica works the shard
  bool bus_connected = false;  // at a replica that works the shard
  absl::Time swept = absl::InfinitePast();
  std::map<std::string, int64_t> cursors;  // by producer; absent: nothing applied yet
};

// Where a service stands, over all its replicas.
struct ServicePosition {
  int64_t in_flight = 0;
  int64_t quarantined = 0;
  std::string distrust;  // which replica distrusts its clock, and why; empty: none
  std::map<int, ShardPosition> shards;
};

using Positions = std::map<std::string, ServicePosition>;  // by service

// Puts answers together. Where replicas differ, because they were asked at different moments, the newest
// position counts. Replicas that did not answer are left out.
Positions PositionsOf(const Look& look);

// The head of a service's journal, and the position that a shard has applied of a producer; 0 when nothing is
// known.
int64_t HeadOf(const Positions& positions, const std::string& service, int shard);
int64_t AppliedOf(const ShardPosition& shard, const std::string& producer);

// How far a service is behind in one thing.
struct Lag {
  std::string service;
  std::string of;      // "bus" for its own journal's way to the bus, else the producer
  int64_t events = 0;  // over all shards
  std::string shards;  // "1 3": the shards that are behind
};

// Gives the lag of every service to the bus and to each producer it consumes, also where there is none.
// `heads` says how far they should be: the same positions, or earlier ones, to see whether what stood there
// then has been worked since.
std::vector<Lag> LagsOf(const Positions& positions, const Positions& heads);

}  // namespace tonghu::fleet
