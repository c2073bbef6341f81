// A proposal of the story: a school's children get helper teachers.
#pragma once

#include "absl/status/status.h"
#include "deploy/demo/story/cast.h"

namespace tonghu::demo {

// Asks for a proposal of helper teachers for the school's children and accepts it as it is.
absl::Status ProposeHelpers(client::Client& clients, const School& school);

}  // namespace tonghu::demo
