// The lifecycle of an alert: what can happen to it. Every change adds an entry. Pure.
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

// Takes the next step. An acknowledged alert that climbs is open again, so that those told now may answer.
void Climb(Alert& alert, const Policy& policy, const Directory& directory, absl::Time now);

// Notes that what the alert is about has happened once more.
void Repeat(Alert& alert, absl::Time now);

// Takes one morning off. When none is left, the fact settles the alert with `resolution`.
void Excuse(Alert& alert, std::string_view resolution, absl::Time now);

// Notes that a person has taken the alert up; the next step then waits for policy.resolve_within. The same
// person again changes nothing. Errors: FAILED_PRECONDITION, reasons ALREADY_ACKNOWLEDGED, ALREADY_RESOLVED.
absl::Status Acknowledge(Alert& alert, const Policy& policy, const Person& person, absl::Time now);

// Settles the alert for good. Errors: FAILED_PRECONDITION, reason ALREADY_RESOLVED; as CheckWords.
absl::Status Resolve(Alert& alert, const Person& person, std::string_view resolution, absl::Time now);

// Adds a person's note, also to a resolved alert. Errors: as CheckWords.
absl::Status Note(Alert& alert, const Person& person, std::string_view note, absl::Time now);

// Settles the alert by a fact, unless it is settled already.
void ResolveByFact(Alert& alert, std::string_view resolution, absl::Time now);

// Checks a text: 1 .. 2000 characters, not all blanks. `field` is where the request has it. Errors:
// INVALID_ARGUMENT.
absl::Status CheckWords(std::string_view text, std::string_view field);

}  // namespace tonghu::alerts
