// How a command ends: the exit code a script sees and the error a person reads.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "libs/forms/typed.h"

namespace tonghu::tonghuctl {

enum ExitCode {
  kDone = 0,
  kFault = 1,    // anything else: a fault of ours or of the machine
  kUsage = 2,    // typed wrongly; nothing was asked
  kRefusal = 3,  // the server, or a check that asked it, says no; final until something changes
  kOutage = 4,   // no answer, too late or too busy; the same command may succeed later
};

using forms::UsageError;

// Something is wrong that no caller's change mends: exit code 1.
absl::Status FaultError(const std::string& what, const std::string& what_zh);

ExitCode ExitCodeOf(const absl::Status& status);

// What goes to stderr for an error: kind, reason, field, the Chinese sentence with the remedy, the English
// one. Ends with "\n".
std::string ErrorText(const absl::Status& status);

// The same as one JSON document: {"error": {"exitCode", "code", "reason", "field", "message", "messageZh"}}.
// Ends with "\n".
std::string ErrorJson(const absl::Status& status);

}  // namespace tonghu::tonghuctl
