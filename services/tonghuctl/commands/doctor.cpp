// tonghuctl doctor: what is wrong, and what to do about it.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "libs/clock/clock.h"
#include "libs/clock/waker.h"
#include "libs/fleet/health.h"
#include "libs/status/macros.h"
#include "services/tonghuctl/check.h"
#include "services/tonghuctl/command.h"
#include "services/tonghuctl/exit_code.h"
#include "services/tonghuctl/table.h"
#include "tonghu/pairing/v1/coverage_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

constexpr absl::Duration kCatchUp = absl::Seconds(5);  // how long events on their way may take
constexpr absl::Duration kPause = absl::Milliseconds(200);

int64_t ProblemsIn(const std::vector<Check>& checks) {
  return std::count_if(checks.begin(), checks.end(), [](const Check& check) { return !check.good; });
}

// Looks, for a bounded time, until what stood in the journals at the first look has arrived everywhere.
std::vector<Check> WatchWork(const fleet::Replicas& replicas, const fleet::Look& first,
                             absl::Duration timeout) {
  const absl::Time until = clock::MonotonicNow() + kCatchUp;
  fleet::Look last = first;
  for (;;) {
    std::vector<Check> checks = CheckWork(first, last);
    if (ProblemsIn(checks) == 0 || clock::MonotonicNow() >= until) return checks;
    absl::SleepFor(kPause);
    last = replicas.Ask(timeout);
  }
}

// Asks the whole province for a child with whom nobody is going to talk.
absl::StatusOr<pairing::v1::ListUncoveredChildrenResponse> AskUncovered(client::Client& client) {
  pairing::v1::ListUncoveredChildrenRequest request;
  request.set_parent("counties/-");
  // One child is enough to tell that there are some.
  request.set_page_size(1);
  return client.Call(&pairing::v1::CoverageService::Stub::ListUncoveredChildren, request);
}

std::string Text(const std::vector<Check>& checks) {
  Table table({"结果", "检查", "情况", "处理"});
  for (const Check& check : checks)
    table.Add({check.good ? "OK" : "问题", check.what, check.found, check.remedy});
  const int64_t problems = ProblemsIn(checks);
  return table.Text() + (problems == 0 ? "一切正常\n" : fmt::format("{} 个问题\n", problems));
}

nlohmann::ordered_json Document(const std::vector<Check>& checks) {
  nlohmann::ordered_json document = {{"problems", ProblemsIn(checks)},
                                     {"checks", nlohmann::ordered_json::array()}};
  for (const Check& check : checks) {
    document["checks"].push_back(
        {{"what", check.what}, {"ok", check.good}, {"found", check.found}, {"remedy", check.remedy}});
  }
  return document;
}

}  // namespace

absl::Status Examine(Session& session, const Arguments&) {
  ASSIGN_OR_RETURN(const auto endpoints, session.client().endpoints());
  // A replica that does not answer must not use up the whole time.
  const absl::Duration timeout = std::min(session.client().bounds().timeout, absl::Seconds(5));
  const fleet::Replicas replicas(endpoints);
  std::vector<bool> health;
  for (const auto& replica : replicas.all()) health.push_back(fleet::IsServing(replica.channel, timeout));
  std::unique_ptr<clock::Clock> virtual_clock;
  if (endpoints.clock.starts_with("virtual:")) {
    if (auto made = clock::Make(endpoints.clock); made.ok()) virtual_clock = *std::move(made);
  }
  // The virtual clock may be moved meanwhile: replicas must show a time between these two looks.
  const absl::Time before = virtual_clock == nullptr ? absl::Time() : virtual_clock->Now();
  const fleet::Look first = replicas.Ask(timeout);
  ClockSpan span;
  if (virtual_clock != nullptr) span = {before, virtual_clock->Now()};
  std::vector<Check> checks = CheckReplicas(first, health);
  const bool all_answer = std::all_of(first.begin(), first.end(),
                                      [](const fleet::ReplicaLook& look) { return look.status.ok(); });
  checks.push_back(CheckClocks(first, span));
  if (endpoints.tls != nullptr) {
    const auto end = endpoints.tls->End();
    checks.push_back(CheckCertificates(first, end.ok() ? *end : absl::UnixEpoch(), absl::Now()));
  }
  checks.push_back(CheckCovered(AskUncovered(session.client())));
  for (Check& check : WatchWork(replicas, first, timeout)) checks.push_back(std::move(check));
  session.output.Show(Document(checks), [&] { return Text(checks); });
  if (ProblemsIn(checks) == 0) return absl::OkStatus();
  // An outage has an exit code of its own.
  if (!all_answer) return absl::UnavailableError("not every replica answers");
  return FaultError("something is wrong; the table says what to do", "有问题，请按上表最后一列处理。");
}

}  // namespace tonghu::tonghuctl
