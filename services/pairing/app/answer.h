// The answer to one command of a batch.
#pragma once

#include <utility>

#include "absl/status/statusor.h"
#include "libs/refusal/refusal.h"

namespace tonghu::pairing {

// Sets the command's reply. A refusal is the answer to its command alone; any other error is given back, so
// that the transaction is undone.
template <class Command, class Reply>
absl::Status Answer(const Command& command, absl::StatusOr<Reply> result) {
  if (!result.ok() && !refusal::IsRefusal(result.status())) return result.status();
  *command.reply = std::move(result);
  return absl::OkStatus();
}

}  // namespace tonghu::pairing
