// Output of the result: for a reader, and for a program.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "deploy/demo/story/tally.h"

namespace tonghu::demo {

// Prints the alerts as a timeline, each child's talks, and the reconciliation.
void Tell(const Cast& cast, const Tally& tally);

// Writes the figures as JSON, and makes the file's folder. Errors: UNAVAILABLE when the file can't be
// written.
absl::Status WriteSummary(const Tally& tally, const std::string& path);

}  // namespace tonghu::demo
