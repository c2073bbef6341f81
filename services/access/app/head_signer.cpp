#include "services/access/app/head_signer.h"

#include <limits>
#include <utility>

#include "absl/time/civil_time.h"
#include "libs/clock/timestamp.h"
#include "libs/log/log.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "libs/status/macros.h"
#include "services/access/app/audit.h"
#include "services/access/postgres/audit_store.h"

namespace tonghu::access {
namespace {

constexpr absl::Duration kLook = absl::Minutes(10);
constexpr absl::Duration kLookAfterFailure = absl::Minutes(1);
constexpr absl::Duration kAskTimeout = absl::Seconds(2);
constexpr absl::Duration kAcquire = absl::Seconds(2);

absl::CivilDay DayOf(absl::Time time) { return absl::ToCivilDay(time, clock::China()); }

// Whether a head may follow the one that was signed last.
bool MayFollow(const HeadRow& last, const journal::Head& head) {
  return head.seq > last.seq || (head.seq == last.seq && head.hash == last.hash);
}

}  // namespace

HeadSigner::HeadSigner(std::map<std::string, Heads> journals, Parts parts)
    : journals_(std::move(journals)), parts_(parts) {
  thread_ = std::thread([this] { Work(); });
}

void HeadSigner::Stop() {
  waker_.Stop();
  if (thread_.joinable()) thread_.join();
}

void HeadSigner::Work() {
  for (;;) {
    const absl::Status done = SignAll();
    if (!done.ok()) spdlog::warn("not every journal's head is signed yet: {}", done.ToString());
    if (!waker_.Wait(done.ok() ? kLook : kLookAfterFailure)) return;
  }
}

// A journal that can't be asked does not keep the others from being signed.
absl::Status HeadSigner::SignAll() {
  absl::Status all;
  for (const auto& [producer, heads] : journals_) {
    if (waker_.stopped()) return all;
    all.Update(Sign(producer, heads));
  }
  return all;
}

absl::Status HeadSigner::Sign(const std::string& producer, const Heads& heads) {
  ASSIGN_OR_RETURN(auto connection, parts_.pool.Acquire(kAcquire));
  ASSIGN_OR_RETURN(auto last, LastHeads(*connection, producer));
  // To the microsecond, as the database keeps times: what is signed must be what is kept.
  const absl::Time now = absl::FromUnixMicros(absl::ToUnixMicros(parts_.clock.Now()));
  std::vector<HeadRow> rows;
  for (int shard = 0; shard < parts_.shards; ++shard) {
    const auto before = last.find(shard);
    if (before != last.end() && DayOf(before->second.sign_time) == DayOf(now)) continue;
    ASSIGN_OR_RETURN(auto head, heads(shard));
    if (head.seq == 0) continue;  // nothing is written there yet
    if (before != last.end() && !MayFollow(before->second, head)) {
      spdlog::error("the journal of {}, shard {}, is no longer what was signed: run tonghuctl audit verify",
                    producer, shard);
      continue;
    }
    HeadRow row{producer, shard, head.seq, std::move(head.hash), now};
    v1::SignedHead message = MessageOf(row);
    RETURN_IF_ERROR(parts_.signer.SignHead(message));
    row.signature = message.signature();
    row.key_id = message.key_id();
    rows.push_back(std::move(row));
  }
  return InsertHeads(*connection, rows);
}

HeadSigner::Heads HeadsOf(std::shared_ptr<journal::v1::JournalService::Stub> journal) {
  return [journal = std::move(journal)](int shard) -> absl::StatusOr<journal::Head> {
    const auto context = rpc::WithDeadline(kAskTimeout);
    journal::v1::ReadRowsRequest request;
    request.set_shard(shard);
    request.set_from_seq(std::numeric_limits<int64_t>::max());  // past every row: only the head is wanted
    journal::v1::ReadRowsResponse response;
    if (grpc::Status asked = journal->ReadRows(context.get(), request, &response); !asked.ok())
      return rpc::FromGrpc(asked);
    return journal::Head{.seq = response.head_seq(), .hash = response.head_hash()};
  };
}

HeadSigner::Heads OwnHeads(postgres::Pool& pool) {
  return [&pool](int shard) -> absl::StatusOr<journal::Head> {
    ASSIGN_OR_RETURN(auto connection, pool.Acquire(kAcquire));
    return journal::ReadHead(*connection, shard);
  };
}

}  // namespace tonghu::access
