// Refusals that several use cases share; `field` is the request's field at fault. What the registry owns is
// marked so (refusal::OwnedBy): the pipeline asks the registry before the caller is refused.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace tonghu::pairing {

absl::Status UnknownChild(std::string_view field);
absl::Status UnknownStaff(std::string_view field);
absl::Status UnknownSchool(std::string_view field);
absl::Status UnknownPairing(std::string_view field);
absl::Status NoCalendar(std::string_view field);
absl::Status PairingEnded(std::string_view field);
absl::Status ProposalTooLarge();
absl::Status RoleMissing(std::string_view field);
absl::Status DutyKindMissing(std::string_view field);

}  // namespace tonghu::pairing
