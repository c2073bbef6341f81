// Opaque page tokens: where a list went on, bound to what was asked.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tonghu::registry {

// `scope` is everything but the page that decides which rows are listed.
std::string PageTokenOf(std::string_view scope, std::string_view last_id);

// The id after which to go on; empty for an empty token. Errors: INVALID_ARGUMENT, reason
// PAGE_TOKEN_MALFORMED, for what PageTokenOf did not give for the same scope.
absl::StatusOr<std::string> LastIdOf(std::string_view scope, std::string_view token);

// How many to give: 100 for 0, at most 1000. Errors: INVALID_ARGUMENT, reason PAGE_SIZE_NEGATIVE.
absl::StatusOr<int> PageSizeOf(int asked);

}  // namespace tonghu::registry
