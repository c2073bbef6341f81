#include <fmt/core.h>

#include "libs/client/client.h"
#include "libs/rpc/server.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/callers.h"
#include "tests/bench/people.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"

namespace tonghu::bench {
namespace {

namespace registry = tonghu::registry::v1;

constexpr int kChildren = 100;  // of each county

absl::Status Measure(Rig& rig, const std::string& what, int calls, const AnyCall& call, Figures& figures) {
  for (const int callers : {1, 32, 256}) {
    const int count = callers == 1 ? calls / 8 : calls;
    auto taken = Take(rig, what, callers, count, call);
    if (!taken.ok()) return taken.status();
    AddTaken(figures, fmt::format("{}, {} caller{}", what, callers, callers == 1 ? "" : "s"), *taken);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Reads(Rig& rig, int calls, Figures& figures) {
  client::Client client(rig.stack().endpoints());
  auto names = RegisterChildren(client, kChildren);
  if (!names.ok()) return names.status();
  const auto stub = registry::ChildService::NewStub(rig.stack().Channel("registry"));
  auto heads = rig.Head("registry");
  if (!heads.ok()) return heads.status();
  absl::Status done = Measure(
      rig, "GetChild", calls,
      [&](int number, std::function<void(bool)> finished) {
        struct Call {
          std::unique_ptr<grpc::ClientContext> context = rpc::WithDeadline(absl::Seconds(30));
          registry::GetChildRequest request;
          registry::Child child;
        };
        auto call = std::make_shared<Call>();
        call->request.set_name((*names)[number * 7919L % names->size()]);
        stub->async()->GetChild(call->context.get(), &call->request, &call->child,
                                [call, finished = std::move(finished)](const grpc::Status& status) {
                                  finished(status.ok() && call->child.name() == call->request.name());
                                });
      },
      figures);
  if (!done.ok()) return done;
  done = Measure(
      rig, "ListChildren of 100", calls / 10,
      [&](int number, std::function<void(bool)> finished) {
        struct Call {
          std::unique_ptr<grpc::ClientContext> context = rpc::WithDeadline(absl::Seconds(30));
          registry::ListChildrenRequest request;
          registry::ListChildrenResponse page;
        };
        auto call = std::make_shared<Call>();
        call->request.set_parent("counties/" + Counties()[number % Counties().size()]);
        call->request.set_page_size(kChildren);
        stub->async()->ListChildren(call->context.get(), &call->request, &call->page,
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
