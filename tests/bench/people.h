// People of the bench's counties who sign in.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/client/client.h"
#include "tests/bench/rig.h"

namespace tonghu::bench {

// The sessions of each county's people, by the county's code.
struct People {
  std::map<std::string, std::string> officers;  // hold the county office's post
  std::map<std::string, std::string> teachers;  // the helpers of FillPairing, class teachers of its class
};
// Registers them in all counties, makes their accounts and signs them in. Once a rig. Errors: the calls'.
absl::StatusOr<People> SignInPeople(Rig& rig);

// Registers `each` more children of class 3-1 in each county, so that the counties take turns; gives their
// names. Errors: the calls'.
absl::StatusOr<std::vector<std::string>> RegisterChildren(client::Client& client, int each);

// The signed identity, as it travels in metadata, that the gateway would be given for a session and the
// service `audience`. Good for a minute. Errors: the call's.
absl::StatusOr<std::string> IdentityOf(Rig& rig, const std::string& session, const std::string& audience);

}  // namespace tonghu::bench
