// Encodes and decodes what is stored as bytes: messages of the service's own (tonghu.alerts.stored.v1).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "services/alerts/domain/alert.h"
#include "services/alerts/domain/policy.h"

namespace tonghu::alerts {

// Encodes entries. Encoded entries that are appended to each other decode as all of them in order.
std::string EncodeEntries(absl::Span<const Entry> entries);

// Decodes entries; of bytes that can't be read, as much as could be.
std::vector<Entry> DecodeEntries(std::string_view bytes);

// Encodes a policy's steps and times.
std::string EncodePolicy(const Policy& policy);

// Sets the steps and times of `policy`. False when the bytes can't be read.
bool DecodePolicy(std::string_view bytes, Policy& policy);

}  // namespace tonghu::alerts
