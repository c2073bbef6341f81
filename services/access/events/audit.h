// Which events say that a child's file was read or changed, and what they say of it.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/journal/event.h"
#include "services/access/postgres/audit_store.h"

namespace tonghu::access {

// Whether events of this type may be about a child's file.
bool IsAudited(std::string_view type);

// Adds the event's rows, one for each child; none for what no person did. Errors: INVALID_ARGUMENT for an
// event that can't be read.
absl::Status AddAudited(const journal::Event& event, std::vector<AuditRow>& rows);

}  // namespace tonghu::access
