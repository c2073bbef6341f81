// Refusals that several use cases share.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace tonghu::pairing {

absl::Status UnknownChild(std::string_view field);
absl::Status UnknownStaff(std::string_view field);
absl::Status UnknownSchool(std::string_view field);
absl::Status UnknownPairing();
absl::Status NoCalendar(std::string_view field);
absl::Status PairingEnded();
absl::Status DutyKindMissing(std::string_view field);
absl::Status OtherCounty(std::string_view field);

}  // namespace tonghu::pairing
