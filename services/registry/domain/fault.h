// Faults: everything that is wrong with something a caller brought, all of it at once, so that an officer
// corrects a row in one go. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/refusal/refusal.h"

namespace tonghu::registry {

// A fault is a refusal whose field is relative to the thing judged ("birth_date", "guardian.phone"). Texts
// hold no personal data.
using Fault = refusal::Refusal;
using Faults = std::vector<Fault>;

// Whether putting something changed what is known.
enum class Change { kUnchanged, kUpdated, kCreated };

// The outcome of putting something.
struct PutOutcome {
  Change change = Change::kUnchanged;
  Faults faults;  // with any, nothing was put
};

// Adds a fault of code INVALID_ARGUMENT.
void AddInvalid(Faults& faults, std::string_view reason, std::string_view field, std::string_view message,
                std::string_view message_zh);

// Gives the first fault as a refusal, its field behind `prefix` ("child."); OK when there is none.
absl::Status Refuse(const Faults& faults, std::string_view prefix);

}  // namespace tonghu::registry
