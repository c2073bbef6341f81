#include "services/alerts/domain/lifecycle.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "libs/refusal/characters.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/alerts/domain/escalation.h"

namespace tonghu::alerts {
namespace {

constexpr size_t kMostCharacters = 2000;  // of a resolution or description

absl::Status AlreadyResolved() {
  return refusal::Precondition("ALREADY_RESOLVED", "name", "the alert is resolved; that is final",
                               "该预警已办结，不能再更改");
}

// Adds an entry that a person or a fact makes. The steps make entries of their own (TakeStep).
void AddEntry(Alert& alert, Action action, const Person& person, absl::Time now) {
  alert.entries.push_back({.time = now,
                           .action = action,
                           .staff_id = person.id,
                           .staff_name = person.name,
                           .step = std::max(0, alert.next_step - 1),  // the last one taken
                           .next_step_time = alert.next_step_time});
}

// Takes the alert's next step, or the last one again.
void TakeNext(Alert& alert, const Policy& policy, const Directory& directory, absl::Time now) {
  Taken taken = TakeStep(policy, alert.next_step, {alert.place, alert.helper_id}, directory, now);
  std::move(taken.entries.begin(), taken.entries.end(), std::back_inserter(alert.entries));
  alert.level = std::max(alert.level, taken.highest);
  alert.next_step = taken.next_step;
  alert.next_step_time = taken.next_step_time;
}

// Ends the alert. The person is empty where a fact ends the alert.
void Settle(Alert& alert, const Person& person, std::string_view resolution, absl::Time now) {
  alert.state = State::kResolved;
  alert.resolve_time = now;
  alert.resolution = resolution;
  // Without a next step the alert leaves the index of due alerts.
  alert.next_step_time = absl::InfinitePast();
  AddEntry(alert, Action::kResolved, person, now);
}

}  // namespace

void Raise(Alert& alert, const Policy& policy, const Directory& directory, absl::Time now) {
  alert.state = State::kOpen;
  alert.raise_time = now;
  alert.policy_version = policy.version;
  alert.next_step = 0;
  alert.next_step_time = now + policy.steps.front().delay;
  AddEntry(alert, Action::kRaised, {}, now);
  // A first step without delay belongs to the raising: the first person is told in the same transaction.
  if (alert.next_step_time <= now) TakeNext(alert, policy, directory, now);
}

// An acknowledgement is a promise for a while. When the alert climbs, somebody else must be able to answer,
// so it is open again.
void Climb(Alert& alert, const Policy& policy, const Directory& directory, absl::Time now) {
  alert.state = State::kOpen;
  TakeNext(alert, policy, directory, now);
}

void Repeat(Alert& alert, absl::Time now) {
  ++alert.occurrences;
  AddEntry(alert, Action::kRepeated, {}, now);
}

void Excuse(Alert& alert, std::string_view resolution, absl::Time now) {
  if (alert.state == State::kResolved) return;
  // Nothing is left of what the alert was about.
  if (--alert.occurrences == 0) return ResolveByFact(alert, resolution, now);
  AddEntry(alert, Action::kExcused, {}, now);
}

absl::Status Acknowledge(Alert& alert, const Policy& policy, const Person& person, absl::Time now) {
  if (alert.state == State::kResolved) return AlreadyResolved();
  if (alert.state == State::kAcknowledged) {
    // The same answer again changes nothing: a person may press twice.
    if (alert.acknowledged_by == person.id) return absl::OkStatus();
    return refusal::Precondition("ALREADY_ACKNOWLEDGED", "name",
                                 "somebody else has acknowledged the alert; it can be resolved",
                                 "该预警已由他人签收，可直接办结");
  }
  alert.state = State::kAcknowledged;
  alert.acknowledge_time = now;
  alert.acknowledged_by = person.id;
  // The climb waits and does not end: only resolving ends it.
  alert.next_step_time = now + policy.resolve_within;
  AddEntry(alert, Action::kAcknowledged, person, now);
  return absl::OkStatus();
}

absl::Status Resolve(Alert& alert, const Person& person, std::string_view resolution, absl::Time now) {
  if (alert.state == State::kResolved) return AlreadyResolved();
  RETURN_IF_ERROR(CheckWords(resolution, "resolution"));
  Settle(alert, person, resolution, now);
  return absl::OkStatus();
}

absl::Status Note(Alert& alert, const Person& person, std::string_view note, absl::Time now) {
  RETURN_IF_ERROR(CheckWords(note, "note"));
  AddEntry(alert, Action::kNoted, person, now);
  alert.entries.back().note = note;
  return absl::OkStatus();
}

void ResolveByFact(Alert& alert, std::string_view resolution, absl::Time now) {
  if (alert.state != State::kResolved) Settle(alert, {}, resolution, now);
}

absl::Status CheckWords(std::string_view text, std::string_view field) {
  const bool blank = std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isspace(c); });
  if (!blank && refusal::CharactersOf(text) <= kMostCharacters) return absl::OkStatus();
  return refusal::Invalid(blank ? "TEXT_MISSING" : "TEXT_TOO_LONG", field,
                          fmt::format("{} takes 1 .. 2000 characters", field),
                          blank ? "请填写文字说明" : "文字说明不能超过2000字");
}

}  // namespace tonghu::alerts
