// Resettling: what a child's duties are when a contact was never made, or was another than was recorded
// (docs/adr/2026-11-27-a-contact-that-changes-is-settled-from-the-beginning.md). Pure.
#pragma once

#include <vector>

#include "absl/types/span.h"
#include "services/pairing/domain/replay.h"

namespace tonghu::pairing {

// Gives the duties that change when the child's contacts are `contacts` instead of `stored.contacts`: each as
// it would stand had these contacts been reported from the beginning, at their report times. `stored` holds
// all spans with their pairings and roles, and all duties and contacts within ReachOfAll of the contacts that
// differ. A duty that a contact beyond that reach has closed stays as it is, and so does a contact that
// closes a duty beyond, with all duties that it closes. Of what the replay says of a duty's misses only what
// the change makes different is taken over: what else was decided, by a sweep that came late for one, stands.
std::vector<Duty> Resettle(const ChildFacts& stored, absl::Span<const LoggedContact> contacts,
                           const VersionsOf& versions, const Until& until);

}  // namespace tonghu::pairing
