#include "services/access/events/audit.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/ids/ids.h"
#include "tonghu/access/v1/audit_service.pb.h"

namespace tonghu::access {
namespace {

// The events that change a child's file. Their key is the child's id, unless what they are about is a school.
constexpr std::string_view kChanges[] = {"child_put",       "contact_logged",      "contact_changed",
                                         "pairing_started", "pairing_handed_over", "pairing_ended",
                                         "alert_raised",    "alert_acknowledged",  "alert_noted",
                                         "alert_resolved",  "duty_excused",        "glass_broken"};

bool IsChange(std::string_view type) {
  for (const std::string_view one : kChanges) {
    if (one == type) return true;
  }
  return false;
}

AuditRow RowOf(const journal::Event& event, v1::AuditAction action) {
  return {.county = event.county,
          .time = event.time,
          .producer = event.producer,
          .shard = event.shard,
          .seq = event.seq,
          .action = action,
          .actor = event.actor};
}

// Adds the rows of a call, or of calls, that named children. Errors: INVALID_ARGUMENT for an event that is no
// Message.
template <class Message>
absl::Status AddCalls(const journal::Event& event, v1::AuditAction action, std::vector<AuditRow>& rows) {
  Message said;
  if (!said.ParseFromString(event.payload)) {
    return absl::InvalidArgumentError(
        absl::StrCat(event.producer, ".", event.shard, ".", event.seq, " is no ", event.type));
  }
  AuditRow row = RowOf(event, action);
  row.what = said.method();
  row.purpose = said.purpose();
  row.address = said.address();
  if constexpr (std::is_same_v<Message, journal::v1::AttemptRefused>) row.times = said.times();
  row.child_id = kNoChild;
  if (said.child_ids().empty()) rows.push_back(row);
  for (const std::string& child : said.child_ids()) {
    if (!ids::IsUuid(child)) continue;  // the name of no child
    row.child_id = child;
    rows.push_back(row);
  }
  return absl::OkStatus();
}

}  // namespace

bool IsAudited(std::string_view type) {
  return type == journal::kFileRead || type == journal::kAttemptRefused || IsChange(type);
}

absl::Status AddAudited(const journal::Event& event, std::vector<AuditRow>& rows) {
  if (event.type == journal::kFileRead)
    return AddCalls<journal::v1::FileRead>(event, v1::AUDIT_ACTION_READ, rows);
  if (event.type == journal::kAttemptRefused)
    return AddCalls<journal::v1::AttemptRefused>(event, v1::AUDIT_ACTION_REFUSED, rows);
  // Without an actor the service went on by itself: at a deadline, or after another service's event.
  if (event.actor.empty() || !IsChange(event.type) || !ids::IsUuid(event.key)) return absl::OkStatus();
  AuditRow& row = rows.emplace_back(RowOf(event, v1::AUDIT_ACTION_CHANGED));
  row.child_id = event.key;
  row.what = event.type;
  return absl::OkStatus();
}

}  // namespace tonghu::access
