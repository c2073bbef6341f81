// What the running processes of a stack take of the machine.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tests/fault/province.h"

namespace tonghu::fault {

struct Footprint {
  int64_t memory = 0;  // bytes that no file backs
  int64_t log = 0;     // bytes written to its log
  int64_t threads = 0;
  int64_t descriptors = 0;
};

// By name ("pairing-1", "nats"), of everything that runs. PostgreSQL is its postmaster only: it has a process
// a connection, and those are the services' descriptors.
std::map<std::string, Footprint> FootprintsOf(Province& province);

}  // namespace tonghu::fault
