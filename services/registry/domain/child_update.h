// Changing some fields of a dossier, named as in the API.
#pragma once

#include <string>

#include "absl/types/span.h"
#include "services/registry/domain/child.h"

namespace tonghu::registry {

// Copies the fields that `paths` name from `wanted` into `dossier`: "display_name", "guardian",
// "guardian.phone", …; "*" for all. Adds UPDATE_MASK_EMPTY, UPDATE_MASK_OUTPUT_ONLY or
// UPDATE_MASK_UNKNOWN_PATH; `dossier` is then of no use. The paths' faults name the path as
// `update_mask.paths[i]` and, when it could be a field's name, in the text.
void ApplyMask(absl::Span<const std::string> paths, const Dossier& wanted, Dossier& dossier, Faults& faults);

// ABORTED, reason ETAG_MISMATCH.
Fault EtagMismatch();

}  // namespace tonghu::registry
