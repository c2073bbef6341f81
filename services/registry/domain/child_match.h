// Matching: which registered children the rows of a roster mean. Pure.
#pragma once

#include <vector>

#include "absl/types/span.h"
#include "services/registry/domain/child.h"

namespace tonghu::registry {

// The child that a row means.
struct Match {
  const Child* child = nullptr;  // none: a new child
  Faults faults;                 // when the child can't be told
};

// Finds the child of each row. First comes the child with the row's identity number. Else it is a child of
// the same class and name that no other row means: for a row with a number, one without (the number has been
// issued since) and with the same birth date; for a row without a number, one without, or one with a number
// and the same birth date.
// `rows` are of one county, have no number twice, and no class and name twice without number. `known` holds
// every child of the county with a number of a row, or with class and name of a row whose number nobody has,
// in any order. The same file again means the same children.
std::vector<Match> MatchChildren(absl::Span<const Dossier* const> rows, absl::Span<const Child* const> known);

}  // namespace tonghu::registry
