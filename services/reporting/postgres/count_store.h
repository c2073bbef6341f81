// Figures as rows. Errors of all functions: the connection's.
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

// Adds a batch to the stored figures, in one statement.
absl::Status AddCounts(postgres::Connection& db, const Tally& tally);

// Positions in other services' journals, by producer: all events up to them have been applied.
using Positions = std::map<std::string, int64_t>;

// Figures and positions of one moment.
struct Figures {
  std::vector<WeekFigures> weeks;  // by Monday; weeks in which nothing happened are left out
  Positions through;  // in the shard's journals: events up to here are in `weeks`, except those in quarantine
};

// Reads figures and positions in one snapshot.
absl::StatusOr<Figures> ReadFigures(postgres::Connection& db, int shard, const Scope& scope);

// Reads this service's positions in the journals of kCountedProducers, in one snapshot.
absl::StatusOr<Positions> ReadPositions(postgres::Connection& db, int shard);

}  // namespace tonghu::reporting
