// How a command ends: the exit code that a script sees, and the error that a person reads.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "libs/forms/typed.h"

namespace tonghu::tonghuctl {

// The exit codes.
enum ExitCode {
  kDone = 0,
  kFault = 1,    // anything else: a fault of ours or of the machine
  kUsage = 2,    // typed wrongly; nothing was asked
  kRefusal = 3,  // the server, or a check that asked it, says no; final until something changes
  kOutage = 4,   // no answer, too late or too busy; the same command may succeed later
};

using forms::UsageError;

// A fault that no change of the caller's mends: exit code 1.
absl::Status FaultError(const std::string& what, const std::string& what_zh);

ExitCode ExitCodeOf(const absl::Status& status);

// The text of an error for stderr: kind, reason, field, the Chinese sentence with the remedy, the English
// one. Ends with "\n".
std::string ErrorText(const absl::Status& status);

// The error as one JSON document: {"error": {"exitCode", "code", "reason", "field", "message", "messageZh"}}.
// Ends with "\n".
std::string ErrorJson(const absl::Status& status);

}  // namespace tonghu::tonghuctl
