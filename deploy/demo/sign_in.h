// The people as whom one may sign in when the demonstration has been played.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "deploy/demo/story/cast.h"
#include "libs/client/client.h"

namespace tonghu::demo {

// Makes accounts for the mining district's county officer and a class teacher, signs each in for the first
// time, and prints where to sign in, and as whom. Keeps logins, passwords and secrets in `file`, which its
// owner alone may read: all people are made up. `address` is the gateway's. Errors: the calls'; UNAVAILABLE
// when the file can't be written.
absl::Status OpenDoor(client::Client& clients, const Cast& cast, const std::string& address,
                      const std::string& file);

// Prints the present one-time code of each login in `file`. Errors: UNAVAILABLE when the file can't be read.
absl::Status PrintCodes(const std::string& file);

}  // namespace tonghu::demo
