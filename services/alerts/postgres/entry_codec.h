// Entries as stored bytes, which append (see migrations/001_alerts.sql).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "services/alerts/domain/alert.h"

namespace tonghu::alerts {

// Posts and staff by id: the county is the row's.
std::string EncodeEntries(absl::Span<const Entry> entries);

// Bytes that can't be read give what could be read.
std::vector<Entry> DecodeEntries(std::string_view bytes);

}  // namespace tonghu::alerts
