// The command line. Only command_line.cpp knows the parser, since CLI11 costs every source that includes it
// many seconds.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "services/tonghuctl/command.h"

namespace tonghu::tonghuctl {

// The command that was typed, and what was typed for it.
struct Chosen {
  const Command& command;
  forms::Answers answers;
};

// Parses what was typed by `commands` in `groups`, which outlive the result, and fills in `options`. Gives
// nothing when help was printed instead. Errors: usage.
absl::StatusOr<std::optional<Chosen>> Parse(int argc, const char* const* argv,
                                            const std::vector<forms::v1::Group>& groups,
                                            const std::vector<Command>& commands, GlobalOptions& options);

}  // namespace tonghu::tonghuctl
