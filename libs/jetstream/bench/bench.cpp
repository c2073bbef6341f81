// Messages a second through this library, next to a bare libnats loop on the same server and in the same run.
#include <nats/nats.h>

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
constexpr int kBatches = 100;
constexpr int kRounds = 3;

std::vector<Outgoing> MakeBatch(int64_t first) {
  std::vector<Outgoing> batch;
  batch.reserve(kBatch);
  for (int i = 0; i < kBatch; ++i) {
    batch.push_back({"t.pairing.3.330106.contact_logged", absl::StrCat("pairing.3.", first + i), std::string(300, 'x')});
  }
  return batch;
}

void Say(const char* what, int64_t count, absl::Duration took) {
  std::printf("%-44s %8.0f messages/s\n", what, count / absl::ToDoubleSeconds(took));
}

// The yardstick: js_PublishAsync, waiting for the acknowledgements of each batch, or only at the very end.
absl::Duration Bare(const std::string& url, int64_t first, bool wait_each) {
  natsConnection* nc = nullptr;
  jsCtx* js = nullptr;
  jsOptions options;
  jsOptions_Init(&options);
  options.PublishAsync.MaxPending = 4096;
  natsConnection_ConnectTo(&nc, url.c_str());
  natsConnection_JetStream(&js, nc, &options);
  absl::Duration took;
  for (int b = 0; b < kBatches; ++b) {
    const auto batch = MakeBatch(first + int64_t{b} * kBatch);
    const absl::Time start = absl::Now();
    for (const auto& m : batch) {
      jsPubOptions pub;
      jsPubOptions_Init(&pub);
      pub.MaxWait = 5000;
      pub.MsgId = m.message_id.c_str();
      js_PublishAsync(js, m.subject.c_str(), m.data.data(), static_cast<int>(m.data.size()), &pub);
    }
    if (wait_each || b + 1 == kBatches) js_PublishAsyncComplete(js, nullptr);
    took += absl::Now() - start;
  }
  jsCtx_Destroy(js);
  natsConnection_Destroy(nc);
  return took;
}

absl::Duration Ours(Publisher& publisher, int64_t first) {
  absl::Duration took;
  for (int b = 0; b < kBatches; ++b) {
    const auto batch = MakeBatch(first + int64_t{b} * kBatch);
    const absl::Time start = absl::Now();
    if (absl::Status s = publisher.PublishAll(batch, absl::Seconds(10)); !s.ok()) std::printf("%s\n", s.ToString().c_str());
    took += absl::Now() - start;
  }
  return took;
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

void Pull(Connection& connection, int64_t expected) {
  absl::Mutex mutex;
  bool arrived = false;
  auto puller = Puller::Make(connection, {"T", "bench", 1000, absl::Seconds(5), [&] {
                                            absl::MutexLock lock(&mutex);
                                            arrived = true;
                                          }});
  const absl::Time start = absl::Now();
  int64_t count = 0;
  while (count < expected && absl::Now() - start < absl::Seconds(60)) {
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
  Say("Take + AckThrough", count, absl::Now() - start);
}

int Main() {
  testing_server::NatsServer server;
  if (!server.Start()) {
    std::printf("needs nats-server on PATH\n");
    return 1;
  }
  auto connection = Connection::Open({server.url(), "bench"});
  if (!connection.ok() || !EnsureStream(**connection, {.name = "T", .subjects = {"t.>"}}).ok()) return 1;
  auto publisher = Publisher::Make(**connection);
  if (!publisher.ok()) return 1;
  int64_t next = 1'000'000;
  const int64_t count = int64_t{kBatch} * kBatches;
  for (int round = 0; round < kRounds; ++round) {
    Say("js_PublishAsync, complete after each batch", count, Bare(server.url(), next, true));
    next += count;
    Say("js_PublishAsync, complete at the end", count, Bare(server.url(), next, false));
    next += count;
    Say("PublishAll", count, Ours(**publisher, next));
    next += count;
  }
  One(**publisher);
  if (!EnsureConsumer(**connection, {"T", "bench", {"t.>"}}).ok()) return 1;
  Pull(**connection, 3 * count * kRounds);
  return 0;
}

}  // namespace
}  // namespace tonghu::jetstream

int main() { return tonghu::jetstream::Main(); }
