// Messages a second through this library, next to a bare libnats loop on the same server and in the same run.
#include <nats/nats.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "libs/jetstream/jetstream.h"
#include "libs/jetstream/test_server.h"

namespace tonghu::jetstream {
namespace {

constexpr int kBatch = 2000;
constexpr int kBatches = 200;
constexpr int kShards = 8;

std::vector<Outgoing> MakeBatch(int64_t first) {
  std::vector<Outgoing> batch;
  batch.reserve(kBatch);
  for (int i = 0; i < kBatch; ++i) {
    const int county = i % 100;
    batch.push_back({absl::StrCat("t.pairing.", i % kShards, ".3301", 10 + county % 90, ".contact_logged"),
                     absl::StrCat("pairing.", i % kShards, ".", first + i), std::string(300, 'x')});
  }
  return batch;
}

// The processor time this process has used, so that a busy machine doesn't hide what a message costs.
absl::Duration Cpu() {
  rusage used;
  ::getrusage(RUSAGE_SELF, &used);
  return absl::DurationFromTimeval(used.ru_utime) + absl::DurationFromTimeval(used.ru_stime);
}

struct Cost {
  absl::Duration took, cpu;
};

// Adds the time until its end to a cost.
class Timed {
 public:
  explicit Timed(Cost& cost) : cost_(cost) {}
  ~Timed() {
    cost_.took += absl::Now() - start_;
    cost_.cpu += Cpu() - cpu_;
  }

 private:
  Cost& cost_;
  const absl::Time start_ = absl::Now();
  const absl::Duration cpu_ = Cpu();
};

void Say(const char* what, int64_t count, Cost cost) {
  std::printf("%-46s %8.0f messages/s, %5.2f us of CPU each\n", what,
              count / absl::ToDoubleSeconds(cost.took), absl::ToDoubleMicroseconds(cost.cpu) / count);
}

// The yardstick: a js_PublishAsync loop on its own connection.
class Bare {
 public:
  explicit Bare(const std::string& url) {
    jsOptions options;
    jsOptions_Init(&options);
    options.PublishAsync.MaxPending = 4096;
    options.PublishAsync.StallWait = 10'000;  // by default it gives a message up after 200 ms
    natsConnection_ConnectTo(&nc_, url.c_str());
    natsConnection_JetStream(&js_, nc_, &options);
  }
  ~Bare() {
    jsCtx_Destroy(js_);
    natsConnection_Destroy(nc_);
  }
  void Publish(const std::vector<Outgoing>& batch, bool complete) {
    for (const auto& m : batch) {
      jsPubOptions pub;
      jsPubOptions_Init(&pub);
      pub.MaxWait = 5000;
      pub.MsgId = m.message_id.c_str();
      const natsStatus s =
          js_PublishAsync(js_, m.subject.c_str(), m.data.data(), static_cast<int>(m.data.size()), &pub);
      if (s != NATS_OK) std::printf("js_PublishAsync: %s\n", natsStatus_GetText(s));
    }
    if (complete) js_PublishAsyncComplete(js_, nullptr);
  }

 private:
  natsConnection* nc_ = nullptr;
  jsCtx* js_ = nullptr;
};

// Both in turn, batch by batch, so that both meet the same machine and the same stream.
int64_t Compare(const std::string& url, Publisher& publisher) {
  Bare bare(url);
  Cost theirs, ours, endless;
  int64_t next = 1'000'000;
  const auto make = [&next] {
    next += kBatch;
    return MakeBatch(next);
  };
  for (int b = 0; b < 2 * kBatches; ++b) {
    const auto batch = make();
    if (b % 2 == 0) {
      Timed timed(theirs);
      bare.Publish(batch, true);
      continue;
    }
    Timed timed(ours);
    if (absl::Status s = publisher.PublishAll(batch, absl::Seconds(10)); !s.ok())
      std::printf("%s\n", s.ToString().c_str());
  }
  for (int b = 0; b < kBatches; ++b) {
    const auto batch = make();
    Timed timed(endless);
    bare.Publish(batch, b + 1 == kBatches);
  }
  const int64_t count = int64_t{kBatch} * kBatches;
  Say("js_PublishAsync, complete after each batch", count, theirs);
  Say("PublishAll", count, ours);
  Say("js_PublishAsync, complete at the end", count, endless);
  return 3 * count;
}

void One(Publisher& publisher) {
  std::vector<double> micros;
  for (int i = 0; i < 1000; ++i) {
    const std::vector<Outgoing> one = {{"t.one", absl::StrCat("one.", i), std::string(300, 'x')}};
    const absl::Time start = absl::Now();
    publisher.PublishAll(one, absl::Seconds(5)).IgnoreError();
    micros.push_back(absl::ToDoubleMicroseconds(absl::Now() - start));
  }
  std::sort(micros.begin(), micros.end());
  std::printf("%-44s p50 %.0f us, p99 %.0f us\n", "PublishAll of one message", micros[500], micros[990]);
}

void Pull(Connection& connection, const ConsumerSettings& settings, int64_t expected) {
  if (!EnsureConsumer(connection, settings).ok()) return;
  absl::Mutex mutex;
  bool arrived = false;
  auto puller = Puller::Make(connection, {settings.stream, settings.durable, 1000, absl::Seconds(5), [&] {
                                            absl::MutexLock lock(&mutex);
                                            arrived = true;
                                          }});
  const absl::Time deadline = absl::Now() + absl::Seconds(60);
  int64_t count = 0;
  Cost cost;
  {
    Timed timed(cost);
    while (count < expected && absl::Now() < deadline) {
      const auto some = (*puller)->Take(1000);
      count += static_cast<int64_t>(some.size());
      if (!some.empty()) {
        (*puller)->AckThrough(some.back()).IgnoreError();
        continue;
      }
      absl::MutexLock lock(&mutex);
      mutex.AwaitWithTimeout(absl::Condition(&arrived), absl::Milliseconds(100));
      arrived = false;
    }
  }
  Say(absl::StrCat("Take + AckThrough, ", settings.durable).c_str(), count, cost);
}

int Main() {
  testing_server::NatsServer server;
  if (!server.Start()) {
    std::printf("needs nats-server on PATH\n");
    return 1;
  }
  auto connection = Connection::Open({server.url(), "bench"});
  if (!connection.ok() ||
      !EnsureStream(**connection, {.name = "T", .subjects = {"t.>"}, .max_bytes = int64_t{4} << 30}).ok())
    return 1;
  auto publisher = Publisher::Make(**connection);
  if (!publisher.ok()) return 1;
  const int64_t stored = Compare(server.url(), **publisher);
  One(**publisher);
  Pull(**connection, {"T", "everything", {}}, stored);
  Pull(**connection, {"T", "one-shard", {"t.*.3.>"}}, stored / kShards);
  return 0;
}

}  // namespace
}  // namespace tonghu::jetstream

int main() { return tonghu::jetstream::Main(); }
