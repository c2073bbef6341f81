// All replicas' answers put together: one position for each service and shard. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/fleet/replicas.h"

namespace tonghu::fleet {

struct ShardPosition {
  int64_t head = 0;
  int64_t relayed = 0;
  bool worked = false;         // by some replica
  bool bus_connected = false;  // at a replica that works it
  absl::Time swept = absl::InfinitePast();
  std::map<std::string, int64_t> cursors;  // by producer; none yet: nothing applied
};

struct ServicePosition {
  int64_t in_flight = 0;
  int64_t quarantined = 0;
  std::string distrust;  // which replica distrusts its clock, and why; empty: none
  std::map<int, ShardPosition> shards;
};

using Positions = std::map<std::string, ServicePosition>;  // by service

// Where replicas differ, because they were asked at different moments, the newest counts. Replicas that did
// not answer are left out.
Positions PositionsOf(const Look& look);

// 0 when nothing is known of that journal.
int64_t HeadOf(const Positions& positions, const std::string& service, int shard);
int64_t AppliedOf(const ShardPosition& shard, const std::string& producer);

// How far a service is behind in something.
struct Lag {
  std::string service;
  std::string of;      // "bus" for its own journal's way there, else the producer it hears
  int64_t events = 0;  // over all shards
  std::string shards;  // "1 3", those behind
};

// Every service towards the bus and towards each producer it hears, also where nothing lags. `heads` says how
// far they should be: the same positions, or earlier ones to see whether what was there then has been worked
// since.
std::vector<Lag> LagsOf(const Positions& positions, const Positions& heads);

}  // namespace tonghu::fleet
