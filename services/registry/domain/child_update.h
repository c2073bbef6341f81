// Changes of some fields of a dossier, named as in the API (AIP-134, AIP-161). Pure.
#pragma once

#include <string>

#include "absl/types/span.h"
#include "services/registry/domain/child.h"

namespace tonghu::registry {

// Copies the fields that `paths` name from `wanted` into `dossier`: "display_name", "guardian",
// "guardian.phone", …; "*" for all. Adds UPDATE_MASK_EMPTY, UPDATE_MASK_OUTPUT_ONLY or
// UPDATE_MASK_UNKNOWN_PATH, and then `dossier` is of no use. A fault names the path as `update_mask.paths[i]`
// and repeats the path when it could be a field's name.
void ApplyMask(absl::Span<const std::string> paths, const Dossier& wanted, Dossier& dossier, Faults& faults);

// ABORTED, reason ETAG_MISMATCH.
Fault EtagMismatch();

}  // namespace tonghu::registry
