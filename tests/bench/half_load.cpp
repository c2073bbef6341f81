#include <fmt/core.h>

#include <atomic>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/position.h"
#include "libs/rpc/server.h"
#include "tests/bench/benchmarks.h"
#include "tonghu/alerts/v1/alert_service.grpc.pb.h"
#include "tonghu/reporting/v1/report_service.grpc.pb.h"

namespace tonghu::bench {
namespace {

namespace alerts = tonghu::alerts::v1;
namespace pairing = tonghu::pairing::v1;
namespace reporting = tonghu::reporting::v1;

constexpr double kAimMillis = 60;
constexpr absl::Duration kPatience = absl::Seconds(30);

// Calls at their times, whether earlier ones have been answered or not. As soon as one is answered alerts and
// reporting are asked something each, with the answer's position handed on: they answer once they have
// applied what was logged.
class Pace {
 public:
  Pace(Rig& rig, Load& load)
      : load_(load),
        pairing_(pairing::ContactService::NewStub(rig.stack().Dial("pairing", {}))),
        alerts_(alerts::AlertService::NewStub(rig.stack().Dial("alerts", {}))),
        reporting_(reporting::ReportService::NewStub(rig.stack().Dial("reporting", {}))),
        open_(static_cast<int>(load.requests().size()) * 2) {}

  absl::Status Run(double rate) {
    const absl::Time begin = absl::Now();
    int64_t before = 0;
    for (size_t i = 0; i < load_.requests().size(); ++i) {
      const absl::Time due = begin + absl::Seconds(static_cast<double>(before) / rate);
      absl::SleepFor(due - absl::Now());
      Log(i, due);
      before += load_.requests()[i].requests_size();
    }
    open_.Wait();
    absl::MutexLock lock(&mutex_);
    if (outcome_.ok() && applied.size() != 2 * answered.size())
      return absl::InternalError("an answer did not say its position");
    return outcome_;
  }

  // Milliseconds, one for each call: from its time until answered; from then until applied by alerts, and by
  // reporting. After Run.
  std::vector<double> answered, applied;

 private:
  template <class Request, class Response>
  struct Call {
    std::unique_ptr<grpc::ClientContext> context = rpc::WithDeadline(kPatience);
    Request request;
    Response response;
  };

  void Log(size_t i, absl::Time due) {
    using Logging = Call<const pairing::BatchCreateContactsRequest*, pairing::BatchCreateContactsResponse>;
    auto call = std::make_shared<Logging>();
    call->request = &load_.requests()[i];
    pairing_->async()->BatchCreateContacts(
        call->context.get(), call->request, &call->response,
        [this, call, i, due](const grpc::Status& status) {
          const absl::Time now = absl::Now();
          Note(answered, now - due, status);
          load_.SetAnswer(i, std::move(call->response));
          const auto& trailer = call->context->GetServerTrailingMetadata();
          const auto position = trailer.find(rpc::kPositionKey);
          if (position == trailer.end()) {  // a failed call: it is in the outcome, nothing waits for it
            open_.DecrementCount();
            open_.DecrementCount();
            return;
          }
          const std::string after(position->second.data(), position->second.size());
          AskAlerts(call->request->parent(), after, now);
          AskReporting(call->request->parent(), after, now);
        });
  }

  void AskAlerts(const std::string& parent, const std::string& after, absl::Time logged) {
    auto ask = std::make_shared<Call<alerts::ListAlertsRequest, alerts::ListAlertsResponse>>();
    ask->request.set_parent(parent);
    ask->request.set_page_size(1);
    ask->context->AddMetadata(rpc::kAfterKey, after);
    alerts_->async()->ListAlerts(
        ask->context.get(), &ask->request, &ask->response,
        [this, ask, logged](const grpc::Status& status) { Applied(logged, status); });
  }

  void AskReporting(const std::string& parent, const std::string& after, absl::Time logged) {
    auto ask = std::make_shared<Call<reporting::QueryCountsRequest, reporting::QueryCountsResponse>>();
    ask->request.set_division(parent.substr(parent.find('/') + 1));
    ask->context->AddMetadata(rpc::kAfterKey, after);
    reporting_->async()->QueryCounts(
        ask->context.get(), &ask->request, &ask->response,
        [this, ask, logged](const grpc::Status& status) { Applied(logged, status); });
  }

  void Applied(absl::Time logged, const grpc::Status& status) {
    Note(applied, absl::Now() - logged, status);
    open_.DecrementCount();
  }

  void Note(std::vector<double>& where, absl::Duration took, const grpc::Status& status) {
    absl::MutexLock lock(&mutex_);
    where.push_back(absl::ToDoubleMilliseconds(took));
    if (!status.ok() && outcome_.ok()) outcome_ = rpc::FromGrpc(status);
  }

  Load& load_;
  const std::unique_ptr<pairing::ContactService::Stub> pairing_;
  const std::unique_ptr<alerts::AlertService::Stub> alerts_;
  const std::unique_ptr<reporting::ReportService::Stub> reporting_;
  absl::BlockingCounter open_;
  absl::Mutex mutex_;
  absl::Status outcome_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::Status HalfLoad(Rig& rig, const LoadOptions& options, double rate, Figures& figures) {
  auto load = Load::Make(rig, options);
  if (!load.ok()) return load.status();
  Pace pace(rig, *load);
  if (absl::Status ran = pace.Run(rate); !ran.ok()) return ran;
  if (absl::Status quiet = rig.AwaitQuiet(absl::Minutes(1)); !quiet.ok()) return quiet;
  if (absl::Status checked = load->Check(rig); !checked.ok()) return checked;
  const auto add = [&figures](const std::string& name, double value, double aim = 0) {
    figures.Add({name, value, "ms", Better::kLower, 0, aim});
  };
  add("mixed contacts at half load: sent -> answered, p50", Quantile(pace.answered, 0.5));
  add("mixed contacts at half load: sent -> answered, p99", Quantile(pace.answered, 0.99));
  add("mixed contacts at half load: logged -> applied, p50", Quantile(pace.applied, 0.5));
  add("mixed contacts at half load: logged -> applied, p99", Quantile(pace.applied, 0.99), kAimMillis);
  figures.Add({"  the pace of half load", rate, "events/s", Better::kHigher});
  return absl::OkStatus();
}

}  // namespace tonghu::bench
