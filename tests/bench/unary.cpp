#include <fmt/core.h>

#include <random>

#include "libs/clock/timestamp.h"
#include "libs/rpc/server.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/callers.h"
#include "tests/bench/floor.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"

namespace tonghu::bench {
namespace {

namespace pairing = tonghu::pairing::v1;

constexpr std::pair<int, double> kCallers[] = {{1, 1500}, {32, 6500}, {256, 16000}};  // calls/s aimed at

// Talks with random children, asynchronously, on gRPC's own threads.
class Talks {
 public:
  Talks(Rig& rig, int calls, bool ids, uint32_t seed)
      : stub_(pairing::ContactService::NewStub(rig.stack().Channel("pairing"))) {
    std::mt19937 random(seed);
    const absl::Time when = absl::Now() - absl::Seconds(1);
    for (int i = 0; i < calls; ++i) {
      const std::string& county = Counties()[i % Counties().size()];
      pairing::CreateContactRequest& request = requests_.emplace_back();
      request.set_parent("counties/" + county);
      auto* contact = request.mutable_contact();
      contact->set_child(ChildName(county, static_cast<int>(random() % rig.children())));
      contact->set_helper(HelperName(county));
      contact->set_kind(pairing::CONTACT_KIND_TALK);
      contact->set_note("谈心");
      clock::SetTime(when, contact->mutable_happen_time());
      if (ids)
        request.set_request_id(fmt::format("{:08x}-{:04x}-4000-8000-{:012x}", random(), seed & 0xffff, i));
    }
  }

  void Log(int number, std::function<void(bool good)> done) {
    struct Call {
      std::unique_ptr<grpc::ClientContext> context = rpc::WithDeadline(absl::Seconds(30));
      pairing::Contact contact;
    };
    auto call = std::make_shared<Call>();
    const pairing::CreateContactRequest& request = requests_[number];
    stub_->async()->CreateContact(call->context.get(), &request, &call->contact,
                                  [call, &request, done = std::move(done)](const grpc::Status& status) {
                                    done(status.ok() && !call->contact.name().empty() &&
                                         call->contact.child() == request.contact().child());
                                  });
  }

 private:
  const std::unique_ptr<pairing::ContactService::Stub> stub_;
  std::vector<pairing::CreateContactRequest> requests_;
};

// How many of the calls the journal holds.
absl::StatusOr<int64_t> Stored(Rig& rig, const std::map<int, int64_t>& before) {
  auto heads = rig.Heads("pairing");
  if (!heads.ok()) return heads.status();
  int64_t stored = 0;
  for (const auto& [shard, head] : *heads) stored += head - before.at(shard);
  return stored;
}

}  // namespace

absl::Status UnaryCalls(Rig& rig, int calls, bool ids, Figures& figures) {
  for (const auto& [callers, aim] : kCallers) {
    const int count = callers == 1 ? calls / 8 : calls;
    Talks talks(rig, count, ids, static_cast<uint32_t>(absl::ToUnixMicros(absl::Now())));
    Callers all(count, [&talks](int number, auto done) { talks.Log(number, std::move(done)); });
    auto mark = MarkNow(rig);
    auto heads = rig.Heads("pairing");
    if (!mark.ok()) return mark.status();
    if (!heads.ok()) return heads.status();
    const absl::Time begin = absl::Now();
    const int failed = all.Run(callers);
    const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
    auto stored = Stored(rig, *heads);
    if (!stored.ok()) return stored.status();
    if (failed != 0 || *stored != count)
      return absl::DataLossError(fmt::format("{} calls: {} failed, {} stored", count, failed, *stored));
    if (absl::Status quiet = rig.AwaitQuiet(absl::Minutes(1)); !quiet.ok()) return quiet;
    auto work = WorkSince(rig, *mark);
    if (!work.ok()) return work.status();
    auto floor = RunFloor(rig, *work,
                          {.schemas = {"pairing"},
                           .bus = false,
                           .events = count,
                           .transaction = 1,
                           .connections = std::min(callers, 8)});
    if (!floor.ok()) return floor.status();
    const std::string of = fmt::format("CreateContact, {} caller{}{}", callers, callers == 1 ? "" : "s",
                                       ids ? ", with request ids" : "");
    figures.Add({of, count / seconds, "calls/s", Better::kHigher, count / floor->seconds, ids ? 0 : aim});
    figures.Add({fmt::format("  {}: p50", of), all.Millis(0.5), "ms", Better::kLower});
    figures.Add({fmt::format("  {}: p99", of), all.Millis(0.99), "ms", Better::kLower});
  }
  return absl::OkStatus();
}

}  // namespace tonghu::bench
