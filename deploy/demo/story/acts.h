// What people do in the story's four school weeks, and when.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "deploy/demo/story/cast.h"

namespace tonghu::demo {

// When the story begins and ends, in China.
absl::Time StoryStart();
absl::Time StoryEnd();

// One thing somebody does.
struct Act {
  absl::Time time;
  std::function<absl::Status()> act;
};

// All acts by time. `clients` and `cast` outlive them.
std::vector<Act> Acts(client::Client& clients, const Cast& cast);

}  // namespace tonghu::demo
