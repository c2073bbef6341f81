// What is stored as bytes: messages of the service's own (tonghu.alerts.stored.v1).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "services/alerts/domain/alert.h"
#include "services/alerts/domain/policy.h"

namespace tonghu::alerts {

// Encoded entries appended to each other are the entries one behind the other.
std::string EncodeEntries(absl::Span<const Entry> entries);

// Bytes that can't be read give what could be read.
std::vector<Entry> DecodeEntries(std::string_view bytes);

// A policy's steps and times.
std::string EncodePolicy(const Policy& policy);

// Sets them. Gives whether the bytes could be read.
bool DecodePolicy(std::string_view bytes, Policy& policy);

}  // namespace tonghu::alerts
