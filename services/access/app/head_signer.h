// Signs the heads of all journals, every day.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/clock/clock.h"
#include "libs/clock/waker.h"
#include "libs/journal/event_run.h"
#include "libs/postgres/pool.h"
#include "services/access/secrets/signer.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"

namespace tonghu::access {

// Looks every ten minutes, on a thread of its own, which journals have no head signed today (in China, by the
// machine's clock), and signs theirs. Two replicas may both sign: two heads a day do no harm. A journal whose
// head went back, or is another one at the same position, is not signed, and the log says so.
class HeadSigner {
 public:
  // A journal: gives the head of a shard.
  using Heads = std::function<absl::StatusOr<journal::Head>(int shard)>;
  // All outlive it.
  struct Parts {
    postgres::Pool& pool;
    Signer& signer;
    const clock::Clock& clock;  // the machine's
    int shards;
  };
  HeadSigner(std::map<std::string, Heads> journals, Parts parts);
  ~HeadSigner() { Stop(); }
  void Stop();

 private:
  void Work();
  absl::Status SignAll();
  absl::Status Sign(const std::string& producer, const Heads& heads);

  const std::map<std::string, Heads> journals_;  // by producer
  const Parts parts_;
  clock::Waker waker_;
  std::thread thread_;
};

// The heads of another service's journal, asked for over gRPC.
HeadSigner::Heads HeadsOf(std::shared_ptr<journal::v1::JournalService::Stub> journal);
// Those of this service's own.
HeadSigner::Heads OwnHeads(postgres::Pool& pool);

}  // namespace tonghu::access
