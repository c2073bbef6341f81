// From commands of the API to a use case's inputs and back.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/journal/command_executor.h"

namespace tonghu::alerts {

// `unpack` gives the use case's input of a request or a refusal; `run` decides all inputs; `pack` gives a
// decided input's reply or refusal.
template <class Input, class Request, class Reply, class Unpack, class Run, class Pack>
absl::Status DecideEach(absl::Span<const journal::Command<Request, Reply>> commands, Unpack unpack, Run run,
                        Pack pack) {
  std::vector<Input> inputs;
  std::vector<absl::StatusOr<Reply>*> replies;
  for (const journal::Command<Request, Reply>& command : commands) {
    absl::StatusOr<Input> input = unpack(*command.request);
    if (input.ok()) {
      inputs.push_back(*std::move(input));
      replies.push_back(command.reply);
    } else {
      *command.reply = input.status();
    }
  }
  if (inputs.empty()) return absl::OkStatus();
  if (absl::Status run_status = run(absl::MakeSpan(inputs)); !run_status.ok()) return run_status;
  for (size_t i = 0; i < inputs.size(); ++i) *replies[i] = pack(inputs[i]);
  return absl::OkStatus();
}

}  // namespace tonghu::alerts
