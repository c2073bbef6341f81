// The machine's own accounts: processor time and memory of a stack's processes.
#pragma once

#include <string>

namespace tonghu::bench {

// Seconds of processor time, user and system.
struct Cpu {
  double services = 0, postgres = 0, nats = 0;
  double program = 0;  // the benchmark itself: a caller's side, or the floor's
  double access = 0;   // of these: access, and its sessions at PostgreSQL
  double Servers() const { return postgres + nats; }
  double All() const { return services + postgres + nats + program; }
};
Cpu operator-(const Cpu& end, const Cpu& begin);
Cpu operator+(const Cpu& one, const Cpu& other);

// What the processes of the stack in folder `state` and this process have used since they began.
Cpu CpuSoFar(const std::string& state);
// Resident memory of the services, MiB.
double ServicesMemory(const std::string& state);
// The same of one, by name ("gateway").
double MemoryOf(const std::string& state, const std::string& service);

}  // namespace tonghu::bench
