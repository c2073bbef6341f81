// The two deadlines of duties: duties are made ahead, and judged when due.
#pragma once

#include "libs/journal/sweeper.h"

namespace tonghu::pairing {

// Plans the duties of pairings whose make_time has come.
journal::Sweep MakeDuties();
// Judges duties past their due time: those still open are missed and published as duty_missed (I4).
journal::Sweep JudgeDueDuties();

}  // namespace tonghu::pairing
