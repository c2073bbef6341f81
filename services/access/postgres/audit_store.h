// The audit as it is asked for, and the signed heads. Errors of all functions: the connection's.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"

namespace tonghu::access {

inline constexpr char kNoChild[] = "00000000-0000-0000-0000-000000000000";

// A reading or change of a child's file, or attempts at it that were refused.
struct AuditRow {
  std::string county;
  absl::Time time;
  std::string producer;
  int shard = 0;
  int64_t seq = 0;
  std::string child_id;  // kNoChild: of a live stream, or of refused attempts on many
  int action = 0;        // a tonghu.access.v1.AuditAction
  std::string actor, what, purpose, address;
  int64_t times = 1;  // of refused attempts
};
// Stores new rows, many at once.
absl::Status InsertAudit(postgres::Connection& db, absl::Span<const AuditRow> rows);

// A county's rows, the newest first, behind the row `after` (the newest: time InfiniteFuture).
struct AuditPage {
  std::string county, child_id, actor;  // empty: of all
  absl::Time from, before;
  AuditRow after;
  int limit;
};
absl::StatusOr<std::vector<AuditRow>> ListAudit(postgres::Connection& db, const AuditPage& page);

// A signed head.
struct HeadRow {
  std::string producer;
  int shard = 0;
  int64_t seq = 0;
  std::string hash;
  absl::Time sign_time;
  std::string signature, key_id;
};
absl::Status InsertHeads(postgres::Connection& db, absl::Span<const HeadRow> heads);

// Heads, the newest first, behind the head `after` (the newest: sign_time InfiniteFuture); of all producers
// when `producer` is empty.
struct HeadPage {
  std::string producer;
  HeadRow after;
  int limit;
};
absl::StatusOr<std::vector<HeadRow>> ListHeads(postgres::Connection& db, const HeadPage& page);

// The head of each of the producer's shards that was signed last.
absl::StatusOr<std::map<int, HeadRow>> LastHeads(postgres::Connection& db, const std::string& producer);

}  // namespace tonghu::access
