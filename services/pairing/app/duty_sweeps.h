// The two deadlines of duties: making them ahead, judging them when due.
#pragma once

#include "libs/journal/sweeper.h"

namespace tonghu::pairing {

// Plans duties for pairings whose make_time has come.
journal::Sweep MakeDuties();
// Open duties past their due time are missed: duty_missed.
journal::Sweep JudgeDueDuties();

}  // namespace tonghu::pairing
