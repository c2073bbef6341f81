// The command line. Only command_line.cpp knows the parser: CLI11 costs every source that includes it many
// seconds.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "services/tonghuctl/command.h"

namespace tonghu::tonghuctl {

// One of the commands, and what was typed for it.
struct Chosen {
  const Command& command;
  forms::Answers answers;
};

// Reads what was typed, of `commands` in `groups` (which outlive the result), and fills in `options`. Nothing
// when help was printed instead. Errors: usage.
absl::StatusOr<std::optional<Chosen>> Parse(int argc, const char* const* argv,
                                            const std::vector<forms::v1::Group>& groups,
                                            const std::vector<Command>& commands, GlobalOptions& options);

}  // namespace tonghu::tonghuctl
