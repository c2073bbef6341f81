#include "services/reporting/rpc/report_rpc.h"

#include <algorithm>
#include <chrono>

#include "absl/cleanup/cleanup.h"
#include "absl/time/clock.h"
#include "libs/clock/waker.h"
#include "libs/division/county.h"
#include "libs/division/division.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/unary.h"
#include "services/reporting/app/query_counts.h"

namespace tonghu::reporting {
namespace {

constexpr absl::Duration kAcquire = absl::Seconds(2);
constexpr absl::Duration kRecomputeUnlessTold = absl::Seconds(60);
constexpr absl::Duration kRecomputeAtMost = absl::Minutes(10);
constexpr int kRecomputing = 2;

// The caller's deadline, on MonotonicNow's scale; callers that set none are far in the future.
absl::Time DeadlineOf(const Context& context) {
  const absl::Duration left = absl::FromChrono(context.deadline() - std::chrono::system_clock::now());
  return clock::MonotonicNow() +
         (left > absl::Hours(24) ? kRecomputeUnlessTold : std::min(left, kRecomputeAtMost));
}

// Figures of a division that is not there would be empty, and look as if all were well.
absl::StatusOr<Scope> KnownScopeOf(const v1::QueryCountsRequest& request) {
  auto scope = ScopeOf(request);
  if (!scope.ok()) return scope;
  const auto& [county, township, school] = scope->division;
  if (absl::Status known = division::CheckCounty(county, "division"); !known.ok()) return known;
  if (township.empty() || division::Divisions::Guizhou().Find(township) != nullptr) return scope;
  return refusal::Invalid("UNKNOWN_TOWNSHIP", "division", "not the code of a township of this province",
                          "未知的乡镇代码，请核对九位代码后重新查询");
}

absl::Status Busy() {
  return refusal::Make({absl::StatusCode::kResourceExhausted, "RECOMPUTE_BUSY", "",
                        "two recomputations are under way; try again when they have ended",
                        "已有两项重算正在进行，请稍后再试"});
}

}  // namespace

Reactor* ReportRpc::QueryCounts(Context* context, const v1::QueryCountsRequest* request,
                                v1::QueryCountsResponse* response) {
  return rpc::Run(node_.workers(), context, request, response,
                  [this](const v1::QueryCountsRequest& r) -> absl::StatusOr<v1::QueryCountsResponse> {
                    auto scope = KnownScopeOf(r);
                    if (!scope.ok()) return scope.status();
                    auto connection = node_.pool().Acquire(kAcquire);
                    if (!connection.ok()) return connection.status();
                    return reporting::QueryCounts(**connection,
                                                  node_.executor().ShardOf(scope->division.county), *scope);
                  });
}

Reactor* ReportRpc::RecomputeCounts(Context* context, const v1::QueryCountsRequest* request,
                                    v1::QueryCountsResponse* response) {
  return rpc::Run(node_.workers(), context, request, response,
                  [this, context](const v1::QueryCountsRequest& r) { return Recompute(context, r); });
}

absl::StatusOr<v1::QueryCountsResponse> ReportRpc::Recompute(Context* context,
                                                             const v1::QueryCountsRequest& request) {
  auto scope = KnownScopeOf(request);
  if (!scope.ok()) return scope.status();
  auto through = PositionsOf(request);
  if (!through.ok()) return through.status();
  const absl::Cleanup done = [this] { --recomputing_; };
  if (++recomputing_ > kRecomputing) return Busy();
  const int shard = node_.executor().ShardOf(scope->division.county);
  if (through->empty()) {
    auto connection = node_.pool().Acquire(kAcquire);
    if (!connection.ok()) return connection.status();
    through = ReadPositions(**connection, shard);
    if (!through.ok()) return through.status();
  }
  return reporting::RecomputeCounts(
      journals_, *scope,
      {shard, *std::move(through), DeadlineOf(*context), [context] { return context->IsCancelled(); }});
}

}  // namespace tonghu::reporting
