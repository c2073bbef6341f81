// The deadlines of duties: duties are made ahead, planned anew after a policy was put, and judged when due.
#pragma once

#include "libs/journal/sweeper.h"

namespace tonghu::pairing {

// Plans the duties of pairings whose make_time has come.
journal::Sweep MakeDuties();
// Plans all pairings of a county anew after a policy was put, some in a transaction.
journal::Sweep ReplanCounties();
// Judges duties past their due time: those still open are missed and published as duty_missed (I4).
journal::Sweep JudgeDueDuties();

}  // namespace tonghu::pairing
