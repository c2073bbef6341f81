// What teachers write of their talks; and one of them who writes the same of every child, which the head
// finds.
#pragma once

#include <string>

#include "absl/time/civil_time.h"
#include "deploy/demo/story/acts.h"
#include "deploy/demo/story/cast.h"

namespace tonghu::demo {

// What the child's class teacher writes of a talk on the day.
std::string TalkNote(const Cast& cast, const Member& child, absl::CivilDay day);

// On a Monday morning the head of the mining school looks into what looks like box-ticking. `clients` and
// `cast` outlive the acts.
std::vector<Act> DoubtActs(client::Client& clients, const Cast& cast);

}  // namespace tonghu::demo
