// tonghuctl report: figures by division and week.
#include <fmt/format.h>
#include <google/protobuf/util/message_differencer.h>

#include "libs/forms/typed.h"
#include "services/tonghuctl/commands/command.h"
#include "services/tonghuctl/exit_code.h"
#include "services/tonghuctl/table.h"
#include "tonghu/reporting/v1/report_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace reporting::v1;

constexpr absl::Duration kRecomputeTimeout = absl::Minutes(2);

struct Options {
  std::string division, from, to;
  bool recompute = false, check = false;
};

std::string Text(const QueryCountsResponse& counts) {
  Table table({"周一", "联系", "到期", "按时", "迟报", "免除", "逾期", "后补", "发出预警", "响应预警",
               "办结预警", "结对增减"});
  for (const WeekCounts& week : counts.weeks()) {
    std::vector<std::string> cells = {week.monday()};
    for (const int64_t count : {week.contacts(), week.duties_due(), week.done(), week.done_late_reported(),
                                week.excused(), week.missed(), week.done_late(), week.alerts_raised(),
                                week.alerts_acknowledged(), week.alerts_resolved(), week.pairings()}) {
      cells.push_back(fmt::format("{}", count));
    }
    table.Add(std::move(cells));
  }
  return table.Text();
}

absl::StatusOr<QueryCountsResponse> Ask(Session& session, const QueryCountsRequest& request, bool recompute) {
  if (!recompute) return session.client().Call(&ReportService::Stub::QueryCounts, request);
  auto channel = session.client().ChannelTo("reporting");
  if (!channel.ok()) return channel.status();
  ReportService::Stub stub(*channel);
  return client::Call(session.BoundsOr(kRecomputeTimeout), stub, &ReportService::Stub::RecomputeCounts,
                      request);
}

// The same positions counted anew must give the same weeks.
absl::Status Compare(Session& session, QueryCountsRequest request, const QueryCountsResponse& counts) {
  *request.mutable_through() = counts.through();
  const auto anew = Ask(session, request, /*recompute=*/true);
  if (!anew.ok()) return anew.status();
  bool same = anew->weeks_size() == counts.weeks_size();
  for (int i = 0; same && i < counts.weeks_size(); ++i) {
    same = google::protobuf::util::MessageDifferencer::Equals(counts.weeks(i), anew->weeks(i));
  }
  session.output.Remark(same ? "重新计算的结果与此一致" : "重新计算的结果：\n" + Text(*anew));
  if (same) return absl::OkStatus();
  return FaultError("the figures differ from a recomputation of the journals",
                    "统计数字与重新计算的结果不一致，请以重新计算的为准，并联系管理员。");
}

absl::Status Run(Session& session, const Options& options) {
  forms::Typed typed("");
  QueryCountsRequest request;
  const bool school = options.division.find('/') != std::string::npos;
  request.set_division(school ? typed.Name("--division", "schools", options.division) : options.division);
  request.set_from_date(typed.Day("--from", options.from));
  request.set_to_date(typed.Day("--to", options.to));
  if (!typed.ok()) return typed.status();
  const auto counts = Ask(session, request, options.recompute);
  if (!counts.ok()) return counts.status();
  session.output.Show(*counts, [&] { return Text(*counts); });
  return options.check ? Compare(session, request, *counts) : absl::OkStatus();
}

}  // namespace

void AddReport(Command app, Session& session) {
  auto [command, options] =
      AddCommand<Options>(app, session,
                          {"report", "Show a division's figures, one row a week",
                           "report --division 520521 --from 2026-09-01 --to 2026-09-30"},
                          Run);
  command
      .AddOption("--division", options.division,
                 "A county's or township's code, or counties/{county}/schools/{id}")
      .Required();
  command.AddOption("--from", options.from, "First week, by any of its days");
  command.AddOption("--to", options.to, "Last week");
  const auto recompute =
      command.AddFlag("--recompute", options.recompute, "Count anew from the journals; slow");
  command.AddFlag("--check", options.check, "Also count anew and compare; exit 1 when anything differs")
      .Excludes(recompute);
}

}  // namespace tonghu::tonghuctl
