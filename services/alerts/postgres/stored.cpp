#include "services/alerts/postgres/stored.h"

#include "libs/clock/clock.h"
#include "tonghu/alerts/stored/v1/stored.pb.h"

namespace tonghu::alerts {

// Entries are stored as a message of this service's own, so that a change of the API leaves the stored ones
// readable.
std::string EncodeEntries(absl::Span<const Entry> entries) {
  stored::v1::Entries all;
  for (const Entry& entry : entries) {
    stored::v1::Entry& out = *all.add_entries();
    out.set_micros(clock::ToMicros(entry.time));
    out.set_action(static_cast<int>(entry.action));
    out.set_level(static_cast<int>(entry.level));
    out.set_post_id(entry.post_id);
    out.set_staff_id(entry.staff_id);
    out.set_staff_name(entry.staff_name);
    out.set_as_deputy(entry.as_deputy);
    out.set_step(entry.step);
    // Left out where there is none, so that 1970 stays a time.
    if (entry.next_step_time != absl::InfinitePast())
      out.set_next_step_micros(clock::ToMicros(entry.next_step_time));
    out.set_note(entry.note);
  }
  return all.SerializeAsString();
}

std::vector<Entry> DecodeEntries(std::string_view bytes) {
  stored::v1::Entries all;
  all.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  std::vector<Entry> entries;
  entries.reserve(all.entries_size());
  for (stored::v1::Entry& entry : *all.mutable_entries()) {
    entries.push_back({.time = clock::FromMicros(entry.micros()),
                       .action = static_cast<Action>(entry.action()),
                       .level = static_cast<Level>(entry.level()),
                       .post_id = std::move(*entry.mutable_post_id()),
                       .staff_id = std::move(*entry.mutable_staff_id()),
                       .staff_name = std::move(*entry.mutable_staff_name()),
                       .as_deputy = entry.as_deputy(),
                       .step = entry.step(),
                       .next_step_time = entry.has_next_step_micros()
                                             ? clock::FromMicros(entry.next_step_micros())
                                             : absl::InfinitePast(),
                       .note = std::move(*entry.mutable_note())});
  }
  return entries;
}

std::string EncodePolicy(const Policy& policy) {
  stored::v1::Policy out;
  out.set_resolve_within(absl::ToInt64Microseconds(policy.resolve_within));
  out.set_repeat_last(absl::ToInt64Microseconds(policy.repeat_last));
  for (const Step& step : policy.steps) {
    stored::v1::Step& one = *out.add_steps();
    one.set_delay(absl::ToInt64Microseconds(step.delay));
    for (const Level level : step.levels) one.add_levels(static_cast<int>(level));
  }
  return out.SerializeAsString();
}

bool DecodePolicy(std::string_view bytes, Policy& policy) {
  stored::v1::Policy read;
  if (!read.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return false;
  policy.resolve_within = absl::Microseconds(read.resolve_within());
  policy.repeat_last = absl::Microseconds(read.repeat_last());
  for (const stored::v1::Step& step : read.steps()) {
    policy.steps.push_back({.delay = absl::Microseconds(step.delay())});
    for (const int level : step.levels()) policy.steps.back().levels.push_back(static_cast<Level>(level));
  }
  return true;
}

}  // namespace tonghu::alerts
