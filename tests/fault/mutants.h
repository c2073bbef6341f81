// Faults that the services could have, put into the tables behind their backs: each must be seen.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/fault/province.h"

namespace tonghu::fault {

// A trigger that changes rows of one county as they are stored.
struct Mutant {
  std::string name;     // what goes wrong, for a reader
  std::string service;  // whose table
  std::string table;
  std::string when;       // BEFORE INSERT, …
  std::string condition;  // SQL on NEW and OLD; empty: always
  std::string change;     // PL/pgSQL
};

const std::vector<Mutant>& Mutants();

// From now on it goes wrong in this county ("520324"), and nowhere else.
absl::Status Plant(Province& province, const Mutant& mutant, const std::string& county);

}  // namespace tonghu::fault
