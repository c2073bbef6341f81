// gzip of whole messages, bounded.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tonghu::gateway {

std::string Gzip(absl::string_view plain);

// Errors: INVALID_ARGUMENT for bytes that are no gzip; RESOURCE_EXHAUSTED when the text would be longer than
// `most_bytes`, of which no more is ever held.
absl::StatusOr<std::string> Gunzip(absl::string_view packed, size_t most_bytes);

}  // namespace tonghu::gateway
