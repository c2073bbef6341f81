// The sex of a child or a staff member. Pure.
#pragma once

namespace tonghu::registry {

// The numbers are those of the API and stand in the database: never to be renumbered.
enum class Sex { kUnspecified = 0, kMale = 1, kFemale = 2 };

}  // namespace tonghu::registry
