// From a lane's slots to a use case's commands and back.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/journal/writer.h"

namespace tonghu::alerts {

// `unpack` gives a command of a request or a refusal; `run` decides all commands; `pack` gives a decided
// command's reply or refusal.
template <class Command, class Request, class Reply, class Unpack, class Run, class Pack>
absl::Status DecideSlots(absl::Span<const journal::Slot<Request, Reply>> slots, Unpack unpack, Run run,
                         Pack pack) {
  std::vector<Command> commands;
  std::vector<absl::StatusOr<Reply>*> replies;
  for (const journal::Slot<Request, Reply>& slot : slots) {
    absl::StatusOr<Command> command = unpack(*slot.request);
    if (command.ok()) {
      commands.push_back(*std::move(command));
      replies.push_back(slot.reply);
    } else {
      *slot.reply = command.status();
    }
  }
  if (commands.empty()) return absl::OkStatus();
  if (absl::Status run_status = run(absl::MakeSpan(commands)); !run_status.ok()) return run_status;
  for (size_t i = 0; i < commands.size(); ++i) *replies[i] = pack(commands[i]);
  return absl::OkStatus();
}

}  // namespace tonghu::alerts
