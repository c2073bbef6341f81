// Figures as rows.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/postgres/connection.h"
#include "services/reporting/domain/scope.h"
#include "services/reporting/domain/tally.h"

namespace tonghu::reporting {

// Adds a batch to what is stored, in one statement.
absl::Status AddCounts(postgres::Connection& db, const Tally& tally);

// Positions in other services' journals by producer: all events up to them have been heard.
using Positions = std::map<std::string, int64_t>;

// What one moment's reading gives.
struct Figures {
  std::vector<WeekFigures> weeks;  // by Monday; weeks in which nothing happened are left out
  Positions through;  // in the shard's journals: these events are in `weeks`, save those in quarantine
};

// Weeks and positions of one snapshot.
absl::StatusOr<Figures> ReadFigures(postgres::Connection& db, int shard, const Scope& scope);

// This service's positions in the journals of kCountedProducers, of one snapshot.
absl::StatusOr<Positions> ReadPositions(postgres::Connection& db, int shard);

}  // namespace tonghu::reporting
