#include <fmt/core.h>

#include <atomic>
#include <random>

#include "absl/synchronization/blocking_counter.h"
#include "libs/client/client.h"
#include "libs/rpc/server.h"
#include "tests/bench/benchmarks.h"
#include "tests/harness/small_school.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"

namespace tonghu::bench {
namespace {

namespace registry = tonghu::registry::v1;

constexpr int kChildren = 100;  // of each county

// Registers the children; gives their names.
absl::StatusOr<std::vector<std::string>> Register(Rig& rig) {
  client::Client client(rig.stack().endpoints());
  std::vector<std::string> names;
  for (const std::string& county : Counties()) {
    auto school = harness::PutSmallSchool(client, county);
    if (!school.ok()) return school.status();
    for (int i = 0; i < kChildren; ++i) {
      registry::CreateChildRequest request;
      request.set_parent(school->county);
      registry::Child& child = *request.mutable_child();
      child.set_display_name(fmt::format("陈小明{}", i));
      child.set_birth_date("2014-01-02");
      child.set_sex(registry::SEX_FEMALE);
      child.set_school(school->school);
      child.set_grade(3);
      child.set_class_number(1);
      child.set_guardianship_type(registry::GUARDIANSHIP_TYPE_GRANDPARENTS);
      auto made = client.Call(&registry::ChildService::Stub::CreateChild, request);
      if (!made.ok()) return made.status();
      names.push_back(made->name());
    }
  }
  return names;
}

// Callers that each read again and again, all on gRPC's own threads. Call(number, context, done) makes one
// call.
class Readers {
 public:
  using Call = std::function<void(int, grpc::ClientContext*, std::function<void(bool good)>)>;
  Readers(int calls, Call call) : call_(std::move(call)), millis_(calls), left_(calls) {}

  // Gives how many calls failed.
  int Run(int callers) {
    absl::BlockingCounter open(callers);
    open_ = &open;
    for (int i = 0; i < callers; ++i) Next();
    open.Wait();
    return failures_;
  }
  double Millis(double share) const { return Quantile(millis_, share); }

 private:
  void Next() {
    const int number = --left_;
    if (number < 0) return open_->DecrementCount(), void();
    std::shared_ptr<grpc::ClientContext> context = rpc::WithDeadline(absl::Seconds(30));
    call_(number, context.get(), [this, number, context, begin = absl::Now()](bool good) {
      millis_[number] = absl::ToDoubleMilliseconds(absl::Now() - begin);
      failures_ += !good;
      Next();
    });
  }

  const Call call_;
  std::vector<double> millis_;
  std::atomic<int> left_, failures_ = 0;
  absl::BlockingCounter* open_ = nullptr;
};

absl::Status Measure(Rig& rig, const std::string& what, int calls, const Readers::Call& call,
                     Figures& figures) {
  for (const int callers : {1, 32, 256}) {
    const int count = callers == 1 ? calls / 8 : calls;
    Readers readers(count, call);
    const Cpu before = rig.CpuSoFar();
    const absl::Time begin = absl::Now();
    if (const int failed = readers.Run(callers); failed != 0)
      return absl::DataLossError(fmt::format("{} of {} calls failed: {}", failed, count, what));
    const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
    const Cpu used = rig.CpuSoFar() - before;
    const std::string of = fmt::format("{}, {} caller{}", what, callers, callers == 1 ? "" : "s");
    figures.Add({of, count / seconds, "calls/s", Better::kHigher});
    figures.Add({fmt::format("  {}: p50", of), readers.Millis(0.5), "ms", Better::kLower});
    figures.Add({fmt::format("  {}: p99", of), readers.Millis(0.99), "ms", Better::kLower});
    figures.Add({fmt::format("  {}: processor time a call, servers and services", of),
                 (used.services + used.Servers()) / count * 1e6, "µs", Better::kLower});
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Reads(Rig& rig, int calls, Figures& figures) {
  auto names = Register(rig);
  if (!names.ok()) return names.status();
  const auto stub = registry::ChildService::NewStub(rig.stack().Channel("registry"));
  auto heads = rig.Head("registry");
  if (!heads.ok()) return heads.status();
  absl::Status done = Measure(
      rig, "GetChild", calls,
      [&](int number, grpc::ClientContext* context, std::function<void(bool)> finished) {
        struct Call {
          registry::GetChildRequest request;
          registry::Child child;
        };
        auto call = std::make_shared<Call>();
        call->request.set_name((*names)[number * 7919L % names->size()]);
        stub->async()->GetChild(context, &call->request, &call->child,
                                [call, finished = std::move(finished)](const grpc::Status& status) {
                                  finished(status.ok() && call->child.name() == call->request.name());
                                });
      },
      figures);
  if (!done.ok()) return done;
  done = Measure(
      rig, "ListChildren of 100", calls / 10,
      [&](int number, grpc::ClientContext* context, std::function<void(bool)> finished) {
        struct Call {
          registry::ListChildrenRequest request;
          registry::ListChildrenResponse page;
        };
        auto call = std::make_shared<Call>();
        call->request.set_parent("counties/" + Counties()[number % Counties().size()]);
        call->request.set_page_size(kChildren);
        stub->async()->ListChildren(context, &call->request, &call->page,
                                    [call, finished = std::move(finished)](const grpc::Status& status) {
                                      finished(status.ok() && call->page.children_size() == kChildren);
                                    });
      },
      figures);
  auto after = rig.Head("registry");
  if (!done.ok() || !after.ok()) return done.ok() ? after.status() : done;
  figures.Add({"readings in the registry's journal", static_cast<double>(*after - *heads), "events",
               Better::kHigher});
  return absl::OkStatus();
}

}  // namespace tonghu::bench
