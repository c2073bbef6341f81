#include "services/access/app/audit.h"

#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/clock/timestamp.h"
#include "libs/ids/names.h"
#include "libs/ids/references.h"
#include "libs/paging/paging.h"
#include "libs/status/macros.h"
#include "services/access/app/actor_names.h"

namespace tonghu::access {
namespace {

// The place of a row in its list, as a page's token carries it. Tokens are checked (paging::PageIn), so that
// only what was written here is read.
std::string PlaceOf(const AuditRow& row) {
  return absl::StrCat(absl::ToUnixMicros(row.time), "/", row.producer, "/", row.seq, "/", row.child_id);
}
std::string PlaceOf(const HeadRow& head) {
  return absl::StrCat(absl::ToUnixMicros(head.sign_time), "/", head.producer, "/", head.shard);
}

absl::Time TimeOf(const std::string& micros) {
  int64_t number = 0;
  return absl::SimpleAtoi(micros, &number) ? absl::FromUnixMicros(number) : absl::InfiniteFuture();
}

AuditRow RowAt(const std::string& place) {
  AuditRow row;
  const std::vector<std::string> parts = absl::StrSplit(place, '/');
  row.time = TimeOf(parts[0]);
  if (parts.size() != 4) return row;
  row.producer = parts[1];
  if (!absl::SimpleAtoi(parts[2], &row.seq)) row.seq = 0;
  row.child_id = parts[3];
  return row;
}
HeadRow HeadAt(const std::string& place) {
  HeadRow head;
  const std::vector<std::string> parts = absl::StrSplit(place, '/');
  head.sign_time = TimeOf(parts[0]);
  if (parts.size() != 3) return head;
  head.producer = parts[1];
  if (!absl::SimpleAtoi(parts[2], &head.shard)) head.shard = 0;
  return head;
}

v1::AuditEntry MessageOf(const AuditRow& row) {
  v1::AuditEntry entry;
  entry.set_producer(row.producer);
  entry.set_shard(row.shard);
  entry.set_seq(row.seq);
  entry.set_action(static_cast<v1::AuditAction>(row.action));
  if (row.child_id != kNoChild) entry.set_child(ids::NameOf(row.county, "children", row.child_id));
  entry.set_actor(row.actor);
  clock::SetTime(row.time, entry.mutable_time());
  entry.set_what(row.what);
  entry.set_purpose(row.purpose);
  entry.set_address(row.address);
  entry.set_times(row.times);
  return entry;
}

}  // namespace

v1::SignedHead MessageOf(const HeadRow& row) {
  v1::SignedHead head;
  head.set_producer(row.producer);
  head.set_shard(row.shard);
  head.set_seq(row.seq);
  head.set_hash(row.hash);
  clock::SetTime(row.sign_time, head.mutable_sign_time());
  head.set_signature(row.signature);
  head.set_key_id(row.key_id);
  return head;
}

absl::StatusOr<v1::ListAuditEntriesResponse> ListAuditEntries(postgres::Connection& db,
                                                              const v1::ListAuditEntriesRequest& request) {
  ASSIGN_OR_RETURN(auto county, ids::ParseParent(request.parent(), "parent"));
  ASSIGN_OR_RETURN(auto child, ids::OptionalIdIn(county, request.child(), "children", "child"));
  ASSIGN_OR_RETURN(auto page, paging::PageOf(request, ""));
  ASSIGN_OR_RETURN(
      auto rows,
      ListAudit(db, {.county = county,
                     .child_id = child,
                     .actor = request.actor(),
                     .from = request.has_time_from() ? clock::ToTime(request.time_from()) : absl::UnixEpoch(),
                     .before = request.has_time_before() ? clock::ToTime(request.time_before())
                                                         : absl::InfiniteFuture(),
                     .after = RowAt(page.after),
                     .limit = page.size + 1}));
  v1::ListAuditEntriesResponse response;
  response.set_next_page_token(page.Cut(rows, [](const AuditRow& row) { return PlaceOf(row); }));
  std::vector<std::string> actors;
  for (const AuditRow& row : rows) {
    *response.add_entries() = MessageOf(row);
    actors.push_back(row.actor);
  }
  ASSIGN_OR_RETURN(auto names, ActorNames(db, actors));
  for (v1::AuditEntry& entry : *response.mutable_entries()) entry.set_actor_name(names[entry.actor()]);
  return response;
}

absl::StatusOr<v1::ListSignedHeadsResponse> ListSignedHeads(postgres::Connection& db,
                                                            const v1::ListSignedHeadsRequest& request) {
  ASSIGN_OR_RETURN(auto page, paging::PageOf(request, ""));
  ASSIGN_OR_RETURN(auto heads, ListHeads(db, {request.producer(), HeadAt(page.after), page.size + 1}));
  v1::ListSignedHeadsResponse response;
  response.set_next_page_token(page.Cut(heads, [](const HeadRow& head) { return PlaceOf(head); }));
  for (const HeadRow& head : heads) *response.add_heads() = MessageOf(head);
  return response;
}

}  // namespace tonghu::access
