#include "libs/journal/journal_service.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/clock/timestamp.h"
#include "libs/ids/names.h"
#include "libs/journal/event_run.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"

namespace tonghu::journal {
namespace {

constexpr size_t kPageBytes = 2 << 20;  // half of what a message may hold

// LEFT JOIN: a service that consumes nothing has no cursors, and shows its shards all the same.
constexpr char kShards[] = R"sql(
SELECT h.shard, h.seq, coalesce(r.seq, 0), c.producer, c.seq
FROM journal_head h
LEFT JOIN relay_cursor r ON r.shard = h.shard
LEFT JOIN journal_cursor c ON c.shard = h.shard
ORDER BY h.shard, c.producer)sql";

int SizeOf(int page_size) { return page_size <= 0 ? 1000 : std::min(page_size, 5000); }

absl::StatusOr<v1::ListQuarantinedEventsResponse> List(postgres::Connection& db,
                                                       const v1::ListQuarantinedEventsRequest& request) {
  const int size = request.page_size() <= 0 ? 100 : std::min(request.page_size(), 1000);
  ASSIGN_OR_RETURN(auto events, ListQuarantined(db, request.page_token(), size + 1));
  v1::ListQuarantinedEventsResponse response;
  for (auto& event : events) {
    // One row more than the page was asked for: there is a next page.
    if (response.events_size() == size) {
      const v1::Event& last = response.events(size - 1).event();
      response.set_next_page_token(absl::StrCat(last.producer(), "/", last.shard(), "/", last.seq()));
      break;
    }
    *response.add_events() = std::move(event);
  }
  return response;
}

}  // namespace

void JournalService::AddTo(Service& service) const {
  service.Answer<v1::ReadEventsRequest, v1::ReadEventsResponse>(
      "ReadEvents",
      [this](postgres::Connection& db, const v1::ReadEventsRequest& request) { return Read(db, request); });
  service.Answer<v1::ReadRowsRequest, v1::ReadRowsResponse>(
      "ReadRows",
      [this](postgres::Connection& db, const v1::ReadRowsRequest& request) { return Rows(db, request); });
  service.Answer<v1::GetStatusRequest, v1::JournalStatus>(
      "GetStatus", [this](postgres::Connection& db, const v1::GetStatusRequest&) { return Status(db); });
  service.Answer("ListQuarantinedEvents", &List);
  // A release is no command of the queue: each event has a transaction of its own, under the shard's lock
  // like every other writer's.
  service.Answer<v1::ReleaseQuarantinedEventsRequest, v1::ReleaseQuarantinedEventsResponse>(
      "ReleaseQuarantinedEvents",
      [this](postgres::Connection& db, const v1::ReleaseQuarantinedEventsRequest& request) {
        return Release(db, request);
      });
}

absl::Status JournalService::CheckPosition(int shard, int64_t from_seq) const {
  if (shard >= 0 && shard < parts_.shards && from_seq >= 1) return absl::OkStatus();
  return refusal::Invalid("POSITION_OUT_OF_RANGE", "from_seq", "shard must exist and from_seq be at least 1",
                          "分片或位置超出范围");
}

absl::StatusOr<v1::ReadEventsResponse> JournalService::Read(postgres::Connection& db,
                                                            const v1::ReadEventsRequest& request) const {
  RETURN_IF_ERROR(CheckPosition(request.shard(), request.from_seq()));
  const int size = SizeOf(request.page_size());
  v1::ReadEventsResponse response;
  // The head is read first: events that are committed between both queries may be in the answer as well,
  // beyond `head_seq`.
  ASSIGN_OR_RETURN(auto head, ReadHead(db, request.shard()));
  response.set_head_seq(head.seq);
  ASSIGN_OR_RETURN(auto events, ReadJournal(db, {parts_.service, request.shard(), request.from_seq(), size}));
  // ReadJournal bounds the bytes of rows. As messages the events are larger, since each repeats producer,
  // type and county: hence a second bound, over which one event alone may go.
  size_t bytes = 0;
  for (Event& event : events) {
    if (bytes >= kPageBytes) break;
    v1::Event& added = *response.add_events();
    added = ToMessage(std::move(event));
    bytes += added.ByteSizeLong();
  }
  return response;
}

absl::StatusOr<v1::ReadRowsResponse> JournalService::Rows(postgres::Connection& db,
                                                          const v1::ReadRowsRequest& request) const {
  RETURN_IF_ERROR(CheckPosition(request.shard(), request.from_seq()));
  v1::ReadRowsResponse response;
  ASSIGN_OR_RETURN(auto rows, ReadRows(db, {parts_.service, request.shard(), request.from_seq(),
                                            SizeOf(request.page_size())}));
  for (v1::JournalRow& row : rows) *response.add_rows() = std::move(row);
  // The head is read last: a row behind the head that is given here was not written by the service.
  ASSIGN_OR_RETURN(auto head, ReadHead(db, request.shard()));
  response.set_head_seq(head.seq);
  response.set_head_hash(std::move(head.hash));
  return response;
}

absl::StatusOr<v1::JournalStatus> JournalService::Status(postgres::Connection& db) const {
  v1::JournalStatus status;
  status.set_service(parts_.service);
  status.set_replica(parts_.replica);
  // In-flight commands are counted before the positions are read: a command in flight then may still move
  // them, and Quiet must not take a moving system for a quiet one.
  status.set_commands_in_flight(parts_.executor.in_flight());
  // The replica's own clock, which `tonghuctl doctor` compares with the others'.
  clock::SetTime(parts_.clock.Now(), status.mutable_now());
  const std::vector<int> held = parts_.leases.Held();
  std::map<int, absl::Time> swept;
  // Read before the positions as well: an event that comes in between must not seem to be behind the sweep.
  for (int shard : held) swept[shard] = parts_.sweeper.SweptThrough(shard);
  ASSIGN_OR_RETURN(auto rows, db.Run(kShards));
  v1::ShardStatus* shard = nullptr;
  for (int i = 0; i < rows.rows(); ++i) {
    const auto number = static_cast<int>(rows.Int(i, 0));
    // The rows come shard by shard, one for each cursor: another shard's number begins another entry.
    if (shard == nullptr || shard->shard() != number) {
      shard = status.add_shards();
      shard->set_shard(number);
      shard->set_head_seq(rows.Int(i, 1));
      shard->set_relayed_seq(rows.Int(i, 2));
      const auto found = swept.find(number);
      shard->set_leased(found != swept.end());
      if (found != swept.end() && found->second != absl::InfinitePast())
        clock::SetTime(found->second, shard->mutable_swept_through());
    }
    if (rows.IsNull(i, 3)) continue;
    v1::CursorStatus* cursor = shard->add_cursors();
    cursor->set_producer(rows.String(i, 3));
    cursor->set_seq(rows.Int(i, 4));
  }
  ASSIGN_OR_RETURN(auto aside, db.Run("SELECT count(*) FROM quarantine"));
  status.set_quarantined(aside.Int(0, 0));
  status.set_bus_connected(parts_.bus_connected());
  status.set_clock_distrusted(parts_.clock_watch.why());
  if (parts_.tls != nullptr) {
    const auto end = parts_.tls->End();
    clock::SetTime(end.ok() ? *end : absl::UnixEpoch(), status.mutable_certificate_expire_time());
  }
  return status;
}

absl::StatusOr<v1::ReleaseQuarantinedEventsResponse> JournalService::Release(
    postgres::Connection& db, const v1::ReleaseQuarantinedEventsRequest& request) const {
  if (!ids::IsCounty(request.county())) {
    return refusal::Invalid("COUNTY_MALFORMED", "county", "county must be six digits",
                            "县级行政区划代码应为6位数字");
  }
  ASSIGN_OR_RETURN(
      auto released,
      parts_.quarantine.Release(
          db, {parts_.executor.ShardOf(request.county()), request.county(), request.key()}, parts_.clock));
  v1::ReleaseQuarantinedEventsResponse response;
  response.set_applied(released.applied);
  response.set_remaining(released.remaining);
  response.set_error(released.error);
  return response;
}

}  // namespace tonghu::journal
