// What the mining school's county asks for besides the weekly talk, who owes it there, and who does it.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "deploy/demo/story/acts.h"
#include "deploy/demo/story/cast.h"

namespace tonghu::demo {

// Sets the county's policies, and pairs the children with a counsellor (but for the counsellor's own
// class), focus children with a volunteer besides.
absl::Status SetCadences(client::Client& clients, const Cast& cast);

// The calls, visits and lessons of the four weeks, in any order. One call is not made in time; what becomes
// of it is among the acts. `clients` and `cast` outlive them.
std::vector<Act> CareActs(client::Client& clients, const Cast& cast);

}  // namespace tonghu::demo
