// Reporting's gRPC service: unpack, call the use case, answer.
#pragma once

#include <atomic>

#include "libs/journal/node.h"
#include "services/reporting/app/recompute_counts.h"
#include "tonghu/reporting/v1/report_service.grpc.pb.h"

namespace tonghu::reporting {

using Context = grpc::CallbackServerContext;
using Reactor = grpc::ServerUnaryReactor;

class ReportRpc final : public v1::ReportService::CallbackService {
 public:
  ReportRpc(journal::Node& node, Journals journals) : node_(node), journals_(std::move(journals)) {}
  Reactor* QueryCounts(Context* context, const v1::QueryCountsRequest* request,
                       v1::QueryCountsResponse* response) override;
  // At most two at a time: each keeps a worker busy for as long as it lasts.
  Reactor* RecomputeCounts(Context* context, const v1::QueryCountsRequest* request,
                           v1::QueryCountsResponse* response) override;

 private:
  absl::StatusOr<v1::QueryCountsResponse> Recompute(Context* context, const v1::QueryCountsRequest& request);

  journal::Node& node_;
  const Journals journals_;
  std::atomic<int> recomputing_ = 0;
};

}  // namespace tonghu::reporting
