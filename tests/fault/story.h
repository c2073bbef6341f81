// Three and a half school weeks, the same in every county: small, and everything that can happen happens
// once.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/fault/caller.h"
#include "tests/fault/province.h"

namespace tonghu::fault {

inline constexpr int kStorySchools = 2;    // in each county
inline constexpr int kStoryChildren = 12;  // in each county

// Plays it on a province of kStorySchools and kStoryChildren, from its beginning. What was said is in the
// province's log. Errors: of the clock, or of waiting for quiet.
absl::Status PlayStory(Province& province);

// A county and those in it, for the acts of the story.
struct StoryCounty {
  Caller caller;
  std::vector<Paired> here, there;  // the children of its two schools
  std::map<std::string, registry::v1::Post> posts;
  alerts::v1::Alert emergency;
  pairing::v1::Pairing pairing;  // of the child that is handed over twice
  std::string closure;           // that is withdrawn again
};

}  // namespace tonghu::fault
