// tonghuctl report: figures by division and week.
#include <google/protobuf/util/message_differencer.h>

#include "libs/status/macros.h"
#include "services/tonghuctl/command.h"
#include "services/tonghuctl/exit_code.h"
#include "tonghu/reporting/v1/report_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace reporting::v1;

constexpr absl::Duration kRecomputeTimeout = absl::Minutes(2);

// Reading whole journals takes longer than a call usually may.
absl::StatusOr<QueryCountsResponse> Recompute(Session& session, const QueryCountsRequest& request) {
  ASSIGN_OR_RETURN(const auto channel, session.client().ChannelTo("reporting"));
  ReportService::Stub stub(channel);
  return client::Call(session.BoundsOr(kRecomputeTimeout), stub, &ReportService::Stub::RecomputeCounts,
                      request);
}

// Compares the counts with a recomputation up to the same positions, which must give the same weeks (I8).
absl::Status Compare(Session& session, const forms::Form& form, QueryCountsRequest request,
                     const QueryCountsResponse& counts) {
  *request.mutable_through() = counts.through();
  ASSIGN_OR_RETURN(const auto anew, Recompute(session, request));
  bool same = anew.weeks_size() == counts.weeks_size();
  for (int i = 0; same && i < counts.weeks_size(); ++i) {
    same = google::protobuf::util::MessageDifferencer::Equals(counts.weeks(i), anew.weeks(i));
  }
  session.output.Remark(same ? "重新计算的结果与此一致"
                             : "重新计算的结果：\n" + TablesText(session, form, anew));
  if (same) return absl::OkStatus();
  return FaultError("the figures differ from a recomputation of the journals",
                    "统计数字与重新计算的结果不一致，请以重新计算的为准，并联系管理员。");
}

}  // namespace

absl::Status Report(Session& session, const Arguments& typed) {
  ASSIGN_OR_RETURN(const auto request, RequestOf<QueryCountsRequest>(typed));
  ASSIGN_OR_RETURN(const auto counts,
                   typed.Has("--recompute")
                       ? Recompute(session, request)
                       : session.client().Call(&ReportService::Stub::QueryCounts, request));
  session.output.Show(counts, [&] { return TablesText(session, typed.form, counts); });
  return typed.Has("--check") ? Compare(session, typed.form, request, counts) : absl::OkStatus();
}

}  // namespace tonghu::tonghuctl
