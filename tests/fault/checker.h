// Compares what callers were told with what is stored, and every service with every other: the invariants of
// docs/ARCHITECTURE.md.
#pragma once

#include "libs/jetstream/jetstream.h"
#include "tests/fault/province.h"

namespace tonghu::fault {

// Each reports through GoogleTest's EXPECTs. The system must be quiet and the load stopped.

// I1: acknowledged to a caller ⇒ in PostgreSQL exactly once; nobody's contact is there twice.
void CheckAcknowledged(Province& province);
// What the services answer about everything is what the model says must be so (judge.h).
void CheckModel(Province& province);
// The chain of every journal is whole (libs/chain).
void CheckChains(Province& province);
// I2: positions have no gaps, every consumer stands at every head, and its effects are as many as the events.
void CheckApplied(Province& province);
// I3: no service applied a child's later move before an earlier one, and all stand at the last one.
void CheckOrder(Province& province);
// I4: a duty missed ⇔ exactly one alert for it; no alert for a duty done or excused.
void CheckAlerts(Province& province);
// I8: reports equal their recomputation from the journals.
void CheckReports(Province& province);
// I7: threads and descriptors of every process stay below fixed bounds.
void CheckBounds(Province& province);

// Deletes the newest messages of the stream and publishes two thirds of them again, in the wrong order. Who
// had them already gets them twice, who had not must find the lost ones in the journal. Gives how many it
// touched.
int HarmStream(jetstream::Connection& bus);

void CheckEverything(Province& province);

}  // namespace tonghu::fault
