// The mining school's whisper box.
#pragma once

#include <vector>

#include "deploy/demo/story/acts.h"
#include "deploy/demo/story/cast.h"

namespace tonghu::demo {

// The box is set up, opened on its Fridays (the last one moved by the Mid-Autumn Festival to Monday), and its
// letters are answered, one after the other acts. In any order. `clients` and `cast` outlive them.
std::vector<Act> WhisperActs(client::Client& clients, const Cast& cast);

}  // namespace tonghu::demo
