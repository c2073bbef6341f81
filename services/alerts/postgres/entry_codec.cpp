#include "services/alerts/postgres/entry_codec.h"

#include "libs/clock/clock.h"
#include "libs/clock/timestamp.h"
#include "tonghu/alerts/v1/alert.pb.h"

namespace tonghu::alerts {
namespace {

// Ids, not names: the county is the row's.
void Encode(const Entry& entry, v1::AlertEntry* out) {
  clock::SetTime(entry.time, out->mutable_time());
  out->set_action(static_cast<v1::AlertAction>(entry.action));
  out->set_level(static_cast<v1::Level>(entry.level));
  out->set_post(entry.post_id);
  out->set_staff_member(entry.staff_id);
  out->set_staff_name(entry.staff_name);
  out->set_as_deputy(entry.as_deputy);
  out->set_step(entry.step);
  if (entry.next_step_time != absl::InfinitePast())
    clock::SetTime(entry.next_step_time, out->mutable_next_step_time());
}

}  // namespace

std::string EncodeEntries(absl::Span<const Entry> entries) {
  v1::Alert holder;
  for (const Entry& entry : entries) Encode(entry, holder.add_entries());
  return holder.SerializeAsString();
}

std::vector<Entry> DecodeEntries(std::string_view bytes) {
  v1::Alert holder;
  holder.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  std::vector<Entry> entries;
  entries.reserve(holder.entries_size());
  for (v1::AlertEntry& entry : *holder.mutable_entries()) {
    entries.push_back({.time = clock::ToTime(entry.time()),
                       .action = static_cast<Action>(entry.action()),
                       .level = static_cast<Level>(entry.level()),
                       .post_id = std::move(*entry.mutable_post()),
                       .staff_id = std::move(*entry.mutable_staff_member()),
                       .staff_name = std::move(*entry.mutable_staff_name()),
                       .as_deputy = entry.as_deputy(),
                       .step = entry.step(),
                       .next_step_time = entry.has_next_step_time() ? clock::ToTime(entry.next_step_time())
                                                                    : absl::InfinitePast()});
  }
  return entries;
}

}  // namespace tonghu::alerts
