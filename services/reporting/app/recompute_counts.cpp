#include "services/reporting/app/recompute_counts.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/clock/waker.h"
#include "libs/journal/retry.h"
#include "libs/log/log.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "libs/status/macros.h"
#include "services/reporting/app/query_counts.h"
#include "services/reporting/app/recount.h"

namespace tonghu::reporting {
namespace {

namespace journals = tonghu::journal::v1;

constexpr int kPage = 5000;
constexpr absl::Duration kPageTimeout = absl::Seconds(10);
constexpr absl::Duration kPatience = absl::Seconds(5);  // how long a producer that does not answer is tried

// The journal of one producer, from its beginning to `through`.
struct Source {
  const std::string& producer;
  journals::JournalService::StubInterface& journal;
  int64_t through;
};

absl::Status OutOfTime(const Source& source, int64_t seq) {
  return absl::DeadlineExceededError(absl::StrCat("the journal of ", source.producer, " was read up to ",
                                                  seq - 1, " of ", source.through,
                                                  " when the time was over; allow a longer deadline"));
}

absl::Status Ahead(const Source& source, int64_t head) {
  return refusal::Precondition(
      "POSITION_AHEAD", "through",
      absl::StrCat("the journal of ", source.producer, " ends at ", head, ", before ", source.through),
      "给定的位置超出了事件日志的末尾，请使用查询结果中的位置");
}

// Reads events from `seq` on: as many as a page has, or fewer where they are large.
absl::Status ReadPage(const Source& source, int64_t seq, const Reading& reading,
                      journals::ReadEventsResponse& page) {
  journals::ReadEventsRequest request;
  request.set_shard(reading.shard);
  request.set_from_seq(seq);
  // Never beyond `through`, or the recount would have events that the stored figures lack.
  request.set_page_size(static_cast<int>(std::min<int64_t>(kPage, source.through - seq + 1)));
  const absl::Duration left = reading.deadline - clock::MonotonicNow();
  return journal::RetryTransient(std::min(kPatience, left), [&] {
    auto context = rpc::WithDeadline(std::min(kPageTimeout, reading.deadline - clock::MonotonicNow()));
    return rpc::FromGrpc(source.journal.ReadEvents(context.get(), request, &page));
  });
}

// Reads the journal up to `through` into the recount.
absl::Status ReadAll(const Source& source, const Reading& reading, Recount& recount) {
  int64_t seq = 1;
  journals::ReadEventsResponse page;
  while (seq <= source.through) {
    if (clock::MonotonicNow() >= reading.deadline) return OutOfTime(source, seq);
    if (reading.cancelled()) return absl::CancelledError("the caller has gone");
    if (absl::Status read = ReadPage(source, seq, reading, page); !read.ok()) {
      // Once the deadline has passed, whatever failed failed for lack of time.
      return clock::MonotonicNow() >= reading.deadline ? OutOfTime(source, seq) : read;
    }
    // No event at a position up to `through`: the caller named one that does not exist yet.
    if (page.events().empty()) return Ahead(source, page.head_seq());
    // Positions have no gaps: a missing event is lost data, and no figure can be given.
    for (journals::Event& event : *page.mutable_events()) {
      if (event.seq() != seq) {
        return absl::DataLossError(
            absl::StrCat("the journal of ", source.producer, " has no event ", reading.shard, ".", seq));
      }
      recount.Add(journal::FromMessage(std::move(event)));
      ++seq;
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Positions> PositionsOf(const v1::QueryCountsRequest& request) {
  Positions positions;
  bool good = true;
  for (const v1::JournalPosition& one : request.through()) {
    const bool known = std::find(kCountedProducers.begin(), kCountedProducers.end(), one.producer()) !=
                       kCountedProducers.end();
    good = good && known && one.seq() >= 0 && positions.emplace(one.producer(), one.seq()).second;
  }
  if (good && (positions.empty() || positions.size() == kCountedProducers.size())) return positions;
  return refusal::Invalid(
      "POSITION_MALFORMED", "through",
      "through must be as an earlier answer gave it, one position each of pairing and alerts, or empty",
      "位置参数有误，请原样使用此前查询结果中的through，或留空");
}

absl::StatusOr<v1::QueryCountsResponse> RecomputeCounts(const Journals& journals, const Scope& scope,
                                                        const Reading& reading) {
  Recount recount(scope);
  for (const auto& [producer, through] : reading.through) {
    const Source source{producer, *journals.at(producer), through};
    RETURN_IF_ERROR(ReadAll(source, reading, recount));
  }
  // The consumer has put such events in quarantine, so the stored figures lack them as well (I8).
  if (recount.unreadable() > 0)
    spdlog::warn("recomputing passed over {} events that can't be read", recount.unreadable());
  return ResponseOf({recount.Weeks(), reading.through});
}

}  // namespace tonghu::reporting
