// What can happen to an alert. Every change adds an entry.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/directory/directory.h"
#include "services/alerts/domain/alert.h"
#include "services/alerts/domain/policy.h"

namespace tonghu::alerts {

using directory::Directory;
using directory::Person;

// Raises an alert whose kind, place and people are set, and takes the steps that need no waiting.
void Raise(Alert& alert, const Policy& policy, const Directory& directory, absl::Time now);

// Takes the next step. An acknowledged alert that climbs is open again: those told now may answer it.
void Climb(Alert& alert, const Policy& policy, const Directory& directory, absl::Time now);

// It happened once more.
void Repeat(Alert& alert, absl::Time now);

// One of the mornings does not count any more. When none is left the fact settles it, with `resolution`.
void Excuse(Alert& alert, std::string_view resolution, absl::Time now);

// Somebody takes it up; the next step waits for policy.resolve_within. The same person again changes nothing.
// Errors: FAILED_PRECONDITION, reasons ALREADY_ACKNOWLEDGED, ALREADY_RESOLVED.
absl::Status Acknowledge(Alert& alert, const Policy& policy, const Person& person, absl::Time now);

// Settles it for good. Errors: FAILED_PRECONDITION, reason ALREADY_RESOLVED; as CheckResolution.
absl::Status Resolve(Alert& alert, const Person& person, std::string_view resolution, absl::Time now);

// A fact settles it, unless it is settled.
void ResolveByFact(Alert& alert, std::string_view resolution, absl::Time now);

// Errors: INVALID_ARGUMENT unless `text` has 1 .. 2000 characters other than blanks; `field` is where it was
// given.
absl::Status CheckWords(std::string_view text, std::string_view field);

}  // namespace tonghu::alerts
