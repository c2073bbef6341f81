#include "tests/bench/contacts.h"

#include <fmt/core.h>

#include <atomic>
#include <thread>

#include "libs/journal/event_row.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"

namespace tonghu::bench {
namespace {

namespace pairing = tonghu::pairing::v1;
constexpr int kBatch = 500;
constexpr int kCallers = 8;

pairing::CreateContactRequest ContactOf(const std::string& county, int child, absl::Time when) {
  pairing::CreateContactRequest request;
  request.set_parent("counties/" + county);
  auto* contact = request.mutable_contact();
  contact->set_child(ChildName(county, child));
  contact->set_helper(HelperName(county));
  contact->set_kind(pairing::CONTACT_KIND_TALK);
  contact->set_note("谈心：学习和生活情况正常");
  journal::SetTime(when, contact->mutable_happen_time());
  return request;
}

// Batches `next`, `next`+1, …: county by turns, children in order.
absl::Status CallBatches(Rig& rig, std::atomic<int>& next, int batches, absl::Time when) {
  auto stub = pairing::ContactService::NewStub(rig.stack().Channel("pairing"));
  const std::vector<std::string> counties = Counties();
  for (int batch = next++; batch < batches; batch = next++) {
    const std::string& county = counties[batch % counties.size()];
    pairing::BatchCreateContactsRequest request;
    request.set_parent("counties/" + county);
    for (int i = 0; i < kBatch; ++i)
      *request.add_requests() =
          ContactOf(county, batch / static_cast<int>(counties.size()) * kBatch + i, when);
    auto context = rpc::WithDeadline(absl::Seconds(60));
    pairing::BatchCreateContactsResponse response;
    if (grpc::Status called = stub->BatchCreateContacts(context.get(), request, &response); !called.ok())
      return rpc::FromGrpc(called);
    for (const auto& result : response.results()) {
      if (!result.has_contact()) return absl::InternalError("refused: " + result.error().reason());
    }
  }
  return absl::OkStatus();
}

absl::Status LogAll(Rig& rig, int batches) {
  std::atomic<int> next = 0;
  std::vector<absl::Status> outcomes(kCallers);
  std::vector<std::thread> callers;
  const absl::Time when = absl::Now();
  for (int i = 0; i < kCallers; ++i)
    callers.emplace_back([&, i] { outcomes[i] = CallBatches(rig, next, batches, when); });
  for (std::thread& caller : callers) caller.join();
  for (const absl::Status& outcome : outcomes) {
    if (!outcome.ok()) return outcome;
  }
  return absl::OkStatus();
}

// What was measured must be true.
absl::Status CheckContacts(Rig& rig, int64_t contacts) {
  const std::vector<std::pair<std::string, std::string>> counts = {
      {"pairing", "SELECT count(*) FROM contact"},
      {"pairing", "SELECT count(*) FROM duty WHERE outcome = 2"},
      {"reporting", "SELECT coalesce(sum(contacts), 0)::bigint FROM weekly_count"},
      {"reporting", "SELECT coalesce(sum(done), 0)::bigint FROM weekly_count"},
      {"alerts", "SELECT count(*) FROM child_contact"},
  };
  for (const auto& [service, sql] : counts) {
    auto db = rig.Database(service);
    if (!db.ok()) return db.status();
    auto rows = (*db)->Run(sql);
    if (!rows.ok()) return rows.status();
    if (rows->Int(0, 0) != contacts)
      return absl::DataLossError(
          fmt::format("{}: {} is {}, not {}", service, sql, rows->Int(0, 0), contacts));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Result>> ContactsThrough(Rig& rig, int contacts) {
  const int batches = contacts / kBatch;
  contacts = batches * kBatch;
  auto before = rig.Head("pairing");
  if (!before.ok()) return before.status();
  const Rig::Cpu cpu = rig.CpuSoFar();
  const absl::Time begin = absl::Now();
  if (absl::Status logged = LogAll(rig, batches); !logged.ok()) return logged;
  const double log_seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  absl::Status applied = Rig::Await(absl::Minutes(3), [&]() -> absl::StatusOr<bool> {
    auto alerts = rig.Applied("alerts", "pairing");
    auto reporting = rig.Applied("reporting", "pairing");
    if (!alerts.ok()) return alerts.status();
    if (!reporting.ok()) return reporting.status();
    return std::min(*alerts, *reporting) >= *before + contacts;
  });
  if (!applied.ok()) return applied;
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  const Rig::Cpu after = rig.CpuSoFar();
  if (absl::Status checked = CheckContacts(rig, contacts); !checked.ok()) return checked;
  auto floor = CopyAndPublish(
      rig, {"pairing.contact", "pairing.journal", "pairing.request", "alerts.child_contact"}, contacts);
  if (!floor.ok()) return floor.status();
  const double per = 1e6 / contacts;
  return std::vector<Result>{
      {"contact logged -> applied by alerts and reporting", contacts / seconds, "events/s",
       contacts / floor->seconds, true, 25000},
      {"  of that, until logged (answered)", contacts / log_seconds, "events/s", contacts / floor->seconds,
       true, 0},
      {"  CPU an event, all processes but the caller", (after.Stack() - cpu.Stack()) * per, "us",
       floor->cpu_seconds * per, false, 2 * floor->cpu_seconds * per},
      {"    services", (after.services - cpu.services) * per, "us", 0, false, 0},
      {"    PostgreSQL", (after.postgres - cpu.postgres) * per, "us", 0, false, 0},
      {"    nats-server", (after.nats - cpu.nats) * per, "us", 0, false, 0},
      {"    the calling program", (after.driver - cpu.driver) * per, "us", 0, false, 0},
      {"memory of the four services", rig.ServicesMemory(), "MiB", 0, false, 0},
  };
}

}  // namespace tonghu::bench
