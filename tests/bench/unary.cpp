#include <fmt/core.h>

#include <atomic>
#include <thread>

#include "absl/synchronization/notification.h"
#include "libs/journal/event_row.h"
#include "libs/rpc/server.h"
#include "tests/bench/contacts.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"

namespace tonghu::bench {
namespace {

namespace pairing = tonghu::pairing::v1;

// Callers that each make one call after the other, all on gRPC's own threads.
class Callers {
 public:
  Callers(Rig& rig, int calls)
      : stub_(pairing::ContactService::NewStub(rig.stack().Channel("pairing"))),
        when_(absl::Now()),
        left_(calls),
        open_(calls) {}

  // Gives how many calls failed.
  int Run(int callers) {
    for (int i = 0; i < callers; ++i) Next();
    done_.WaitForNotification();
    return failed_;
  }

 private:
  struct Call {
    pairing::CreateContactRequest request;
    pairing::Contact response;
    std::unique_ptr<grpc::ClientContext> context;
  };

  void Next() {
    const int number = --left_;
    if (number < 0) return;
    const std::string county = counties_[number % counties_.size()];
    auto* call = new Call{{}, {}, rpc::WithDeadline(absl::Seconds(30))};
    call->request.set_parent("counties/" + county);
    auto* contact = call->request.mutable_contact();
    contact->set_child(ChildName(county, number / static_cast<int>(counties_.size()) % 1000));
    contact->set_helper(HelperName(county));
    contact->set_kind(pairing::CONTACT_KIND_PARENT_CALL);
    journal::SetTime(when_, contact->mutable_happen_time());
    stub_->async()->CreateContact(call->context.get(), &call->request, &call->response,
                                  [this, call](grpc::Status status) {
                                    failed_ += !status.ok();
                                    delete call;
                                    Next();
                                    if (--open_ == 0) done_.Notify();
                                  });
  }

  const std::unique_ptr<pairing::ContactService::Stub> stub_;
  const std::vector<std::string> counties_ = Counties();
  const absl::Time when_;
  std::atomic<int> left_;
  std::atomic<int> open_;
  std::atomic<int> failed_ = 0;
  absl::Notification done_;
};

// One-row transactions on `connections` at a time: what a database call a command would reach at best.
absl::StatusOr<double> OneRowTransactions(Rig& rig, int connections, int rows) {
  std::vector<std::unique_ptr<postgres::Connection>> open;
  for (int i = 0; i < connections; ++i) {
    auto db = rig.Database("pairing");
    if (!db.ok()) return db.status();
    open.push_back(std::move(*db));
  }
  if (absl::Status made = open[0]->Script("CREATE TABLE IF NOT EXISTS floor_row (n text, note text)");
      !made.ok())
    return made;
  const absl::Time begin = absl::Now();
  std::vector<std::thread> threads;
  for (auto& db : open) {
    threads.emplace_back([&db, count = rows / connections] {
      for (int i = 0; i < count; ++i)
        db->Run("INSERT INTO floor_row VALUES ($1, 'x')", postgres::Params().Text(std::to_string(i)))
            .IgnoreError();
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  if (absl::Status gone = open[0]->Script("DROP TABLE floor_row"); !gone.ok()) return gone;
  return rows / connections * connections / seconds;
}

absl::StatusOr<int64_t> Contacts(Rig& rig) {
  auto db = rig.Database("pairing");
  if (!db.ok()) return db.status();
  auto rows = (*db)->Run("SELECT count(*) FROM contact");
  if (!rows.ok()) return rows.status();
  return rows->Int(0, 0);
}

}  // namespace

absl::StatusOr<std::vector<Result>> UnaryCalls(Rig& rig, int calls) {
  std::vector<Result> results;
  for (const int callers : {1, 32, 256}) {
    const int count = callers == 1 ? calls / 8 : calls;
    auto before = Contacts(rig);
    if (!before.ok()) return before.status();
    const absl::Time begin = absl::Now();
    const int failed = Callers(rig, count).Run(callers);
    const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
    auto after = Contacts(rig);
    if (!after.ok()) return after.status();
    if (failed != 0 || *after - *before != count) {
      return absl::DataLossError(
          fmt::format("{} calls: {} failed, {} stored", count, failed, *after - *before));
    }
    auto floor = OneRowTransactions(rig, std::min(callers, 8), count);
    if (!floor.ok()) return floor.status();
    results.push_back({fmt::format("unary CreateContact, {} callers", callers), count / seconds, "calls/s",
                       *floor, true, 0});
  }
  return results;
}

}  // namespace tonghu::bench
