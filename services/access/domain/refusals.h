// Refusals that several use cases share.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace tonghu::access {

absl::Status SignInRefused();           // wrong login and wrong password alike
absl::Status Slowed(absl::Time until);  // too many tries
absl::Status CodeRefused();             // wrong, old or used code
absl::Status SessionOver();             // no session of this token
absl::Status SessionIncomplete();       // the session does nothing else yet
absl::Status AccountDisabled();
absl::Status FirstPasswordOver();
absl::Status UnknownAccount();
absl::Status SubjectNotBound();                     // no account is bound to the subject
absl::Status SubjectTaken(std::string_view field);  // another account is bound to the subject
absl::Status ProgramNotBound();                     // a program has keys only
absl::Status SignInAway();  // Redis can't be reached: nobody signs in or goes on for now

}  // namespace tonghu::access
