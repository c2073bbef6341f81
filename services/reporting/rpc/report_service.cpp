#include "services/reporting/rpc/report_service.h"

#include <algorithm>
#include <atomic>
#include <chrono>

#include "absl/cleanup/cleanup.h"
#include "libs/clock/waker.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/reporting/app/query_counts.h"
#include "tonghu/reporting/v1/report_service.grpc.pb.h"

namespace tonghu::reporting {
namespace {

constexpr absl::Duration kAcquire = absl::Seconds(2);
constexpr absl::Duration kRecomputeUnlessTold = absl::Seconds(60);
constexpr absl::Duration kRecomputeAtMost = absl::Minutes(10);
// A recomputation reads whole journals, and keeps a worker for a long time: with two at most, other calls
// find workers.
constexpr int kRecomputing = 2;

// The caller's deadline on MonotonicNow's scale. The deadline of a caller who sets none lies far in the
// future.
absl::Time DeadlineOf(const grpc::CallbackServerContext& context) {
  const absl::Duration left = absl::FromChrono(context.deadline() - std::chrono::system_clock::now());
  return clock::MonotonicNow() +
         (left > absl::Hours(24) ? kRecomputeUnlessTold : std::min(left, kRecomputeAtMost));
}

absl::Status Busy() {
  return refusal::Make({absl::StatusCode::kResourceExhausted, "RECOMPUTE_BUSY", "",
                        "two recomputations are under way; try again when they have ended",
                        "已有两项重算正在进行，请稍后再试"});
}

// The number of the shard of the scope's county.
int ShardOf(const journal::Node& node, const Scope& scope) {
  return node.executor().ShardOf(scope.division.county);
}

absl::StatusOr<v1::QueryCountsResponse> Recompute(journal::Node& node, const Journals& journals,
                                                  const rpc::Call& call,
                                                  const v1::QueryCountsRequest& request) {
  ASSIGN_OR_RETURN(auto scope, ScopeOf(request));
  auto through = PositionsOf(request);
  if (!through.ok()) return through.status();
  const int shard = ShardOf(node, scope);
  // Without positions the recomputation goes as far as the stored figures do.
  if (through->empty()) {
    ASSIGN_OR_RETURN(auto connection, node.pool().Acquire(kAcquire));
    through = ReadPositions(*connection, shard);
    if (!through.ok()) return through.status();
  }
  return RecomputeCounts(journals, scope, {shard, *std::move(through), DeadlineOf(call.context()), [&call] {
                                             return call.context().IsCancelled();
                                           }});
}

}  // namespace

std::unique_ptr<journal::Service> OfferReports(journal::Node& node, const Journals& journals) {
  auto reports = node.Offer<v1::ReportService>();
  reports->Answer<v1::QueryCountsRequest, v1::QueryCountsResponse>(
      "QueryCounts",
      [&node](postgres::Connection& db,
              const v1::QueryCountsRequest& request) -> absl::StatusOr<v1::QueryCountsResponse> {
        ASSIGN_OR_RETURN(auto scope, ScopeOf(request));
        return QueryCounts(db, ShardOf(node, scope), scope);
      });
  reports->Blocking<v1::QueryCountsRequest, v1::QueryCountsResponse>(
      "RecomputeCounts",
      [&node, &journals, under_way = std::make_shared<std::atomic<int>>(0)](
          const rpc::Call& call,
          const v1::QueryCountsRequest& request) -> absl::StatusOr<v1::QueryCountsResponse> {
        // Counted down however the function is left.
        const absl::Cleanup done = [&under_way] { --*under_way; };
        if (++*under_way > kRecomputing) return Busy();
        return Recompute(node, journals, call, request);
      });
  return reports;
}

}  // namespace tonghu::reporting
