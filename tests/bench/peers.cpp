#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "tests/bench/benchmarks.h"

namespace tonghu::bench {
namespace {

constexpr int kConnections = 8;
constexpr char kOurs[] = "duties judged and alerted, a second";

constexpr char kTake[] = R"sql(
WITH taken AS (SELECT id FROM peer.job WHERE due <= now() ORDER BY due LIMIT $1 FOR UPDATE SKIP LOCKED),
     gone AS (DELETE FROM peer.job j USING taken t WHERE j.id = t.id RETURNING j.id, j.payload)
INSERT INTO peer.effect (id, payload) SELECT id, payload FROM gone)sql";

std::string Making(int jobs) {
  return fmt::format(
      "DROP SCHEMA IF EXISTS peer CASCADE; CREATE SCHEMA peer; "
      "CREATE TABLE peer.job (id bigint PRIMARY KEY, due timestamptz NOT NULL, payload text NOT NULL); "
      "CREATE INDEX job_due ON peer.job (due); "
      "CREATE TABLE peer.effect (id bigint PRIMARY KEY, payload text NOT NULL); "
      "INSERT INTO peer.job SELECT n, now(), repeat('x', 200) FROM generate_series(1, {}) n; ANALYZE "
      "peer.job",
      jobs);
}

// Takes jobs, `batch` a transaction, until there are none.
absl::Status TakeJobs(postgres::Connection& db, int batch) {
  for (;;) {
    auto taken = db.Run(kTake, postgres::Params().Int(batch));
    if (!taken.ok()) return taken.status();
    if (taken->affected() == 0) return absl::OkStatus();
  }
}

absl::StatusOr<double> JobsASecond(Rig& rig, int jobs, int batch) {
  auto admin = rig.Admin();
  if (!admin.ok()) return admin.status();
  if (absl::Status made = (*admin)->Script(Making(jobs)); !made.ok()) return made;
  std::vector<std::unique_ptr<postgres::Connection>> open;
  for (int i = 0; i < kConnections; ++i) {
    auto db = rig.Admin();
    if (!db.ok()) return db.status();
    open.push_back(std::move(*db));
  }
  std::vector<absl::Status> outcomes(kConnections);
  std::vector<std::thread> threads;
  const absl::Time begin = absl::Now();
  for (int i = 0; i < kConnections; ++i)
    threads.emplace_back([&, i] { outcomes[i] = TakeJobs(*open[i], batch); });
  for (std::thread& thread : threads) thread.join();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  for (const absl::Status& outcome : outcomes) {
    if (!outcome.ok()) return outcome;
  }
  auto effects = (*admin)->Run("SELECT count(*) FROM peer.effect");
  if (!effects.ok()) return effects.status();
  if (effects->Int(0, 0) != jobs) return absl::DataLossError("a job was lost or done twice");
  return jobs / seconds;
}

// The last line of what tests/bench/peers/queue.mjs says is jobs a second, or why it did not run.
struct Said {
  double value = 0;
  std::string why;
};
Said AskNode(const std::string& queue, const std::string& where, int jobs) {
  const std::string command = fmt::format("node {}/tests/bench/peers/queue.mjs {} '{}' {} 2>&1",
                                          TONGHU_SOURCE_DIR, queue, where, jobs);
  FILE* pipe = ::popen(command.c_str(), "re");
  if (pipe == nullptr) return {0, "no process could be started"};
  std::string last;
  char line[512];
  while (std::fgets(line, sizeof line, pipe) != nullptr) last = std::string(absl::StripSuffix(line, "\n"));
  Said said;
  if (::pclose(pipe) != 0 || !absl::SimpleAtod(last, &said.value)) said.why = last.empty() ? "no node" : last;
  return said;
}

}  // namespace

absl::Status Peers(Rig& rig, int jobs, Figures& figures) {
  const double ours = figures.MedianOf(kOurs);
  const auto add = [&](const std::string& name, double value) {
    figures.Add({"peer: " + name, value, "jobs/s", Better::kHigher, ours, 0, kOurs});
  };
  for (const int batch : {1, 100}) {
    auto rate = JobsASecond(rig, batch == 1 ? jobs / 10 : jobs, batch);
    if (!rate.ok()) return rate.status();
    add(fmt::format("SKIP LOCKED loop, {} a transaction", batch), *rate);
  }
  const std::pair<const char*, std::string> queues[] = {
      {"graphile-worker", rig.stack().Conninfo("tonghu_admin")}, {"bullmq", rig.stack().Address("redis")}};
  for (const auto& [queue, where] : queues) {
    const Said said = AskNode(queue, where, jobs / 10);
    if (said.why.empty()) {
      add(queue, said.value);
    } else {
      figures.NotRun(fmt::format("peer: {}", queue), said.why);
    }
  }
  return absl::OkStatus();
}

}  // namespace tonghu::bench
