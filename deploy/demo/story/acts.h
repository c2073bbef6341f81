// The acts of the story: what people do in four school weeks, and when.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "deploy/demo/story/cast.h"

namespace tonghu::demo {

// An instant of 2026 in China.
absl::Time At(int month, int day, int hour, int minute = 0);
// The instants at which the story begins and ends.
absl::Time StoryStart();
absl::Time StoryEnd();

// One act of a person.
struct Act {
  absl::Time time;
  std::function<absl::Status()> act;
};

// All acts, in the order of time. `clients` and `cast` outlive them.
std::vector<Act> Acts(client::Client& clients, const Cast& cast);

}  // namespace tonghu::demo
