// Recomputation: reads the producers' journals anew and adds them up, to check the stored figures (invariant
// I8).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/reporting/domain/scope.h"
#include "services/reporting/postgres/count_store.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"
#include "tonghu/reporting/v1/report_service.pb.h"

namespace tonghu::reporting {

// The journals by producer, one for each of kCountedProducers.
using Journals = std::map<std::string, std::shared_ptr<tonghu::journal::v1::JournalService::StubInterface>>;

// What is to be read, and for how long.
struct Reading {
  int shard;
  Positions through;                // where to stop in each producer's journal; others are not read
  absl::Time deadline;              // on MonotonicNow's scale
  std::function<bool()> cancelled;  // asked before each page
};

// The positions in a request: none, or those of all kCountedProducers. Errors: INVALID_ARGUMENT, reason
// POSITION_MALFORMED, field `through`.
absl::StatusOr<Positions> PositionsOf(const v1::QueryCountsRequest& request);

// Recomputes figures. Reads page by page and holds one page in memory. Errors: DEADLINE_EXCEEDED; UNAVAILABLE
// when a producer stays out of reach; FAILED_PRECONDITION, reason POSITION_AHEAD, when a journal ends before
// its position; DATA_LOSS when a journal has a gap.
absl::StatusOr<v1::QueryCountsResponse> RecomputeCounts(const Journals& journals, const Scope& scope,
                                                        const Reading& reading);

}  // namespace tonghu::reporting
