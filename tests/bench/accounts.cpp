#include "tests/bench/accounts.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

#include "absl/strings/numbers.h"

namespace tonghu::bench {
namespace {

constexpr const char* kServices[] = {"registry", "pairing", "alerts", "reporting", "access", "gateway"};

// Fields of /proc/<pid>/stat after the command's closing parenthesis, from "state" on.
std::vector<std::string> Stat(int pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::ostringstream read;
  read << file.rdbuf();  // a process that ends meanwhile makes the read fail, which an iterator would throw
  const std::string text = read.str();
  std::istringstream fields(text.substr(std::min(text.size(), text.rfind(')') + 1)));
  return {std::istream_iterator<std::string>(fields), {}};
}

// utime + stime, with those of children already gone when `children`.
double CpuOf(int pid, bool children) {
  const std::vector<std::string> fields = Stat(pid);
  if (fields.size() < 15) return 0;
  double ticks = std::stod(fields[11]) + std::stod(fields[12]);
  if (children) ticks += std::stod(fields[13]) + std::stod(fields[14]);
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

// What /proc/<pid>/cmdline says; of a session of PostgreSQL: "postgres: <role> <database> [local] idle".
std::string CommandOf(int pid) {
  std::ifstream file(fmt::format("/proc/{}/cmdline", pid));
  std::ostringstream read;
  read << file.rdbuf();
  return read.str();
}

// Of the children whose command has `part`.
double CpuOfLivingChildren(int parent, const std::string& part = "") {
  double cpu = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    int pid = 0;
    if (!absl::SimpleAtoi(entry.path().filename().string(), &pid)) continue;
    const std::vector<std::string> fields = Stat(pid);
    if (fields.size() > 1 && fields[1] == std::to_string(parent) &&
        CommandOf(pid).find(part) != std::string::npos)
      cpu += CpuOf(pid, false);
  }
  return cpu;
}

// A child that ends while its brothers are being added up would be in neither sum: then it is done again.
double CpuOfTree(int parent) {
  for (double before = CpuOf(parent, true);;) {
    const double children = CpuOfLivingChildren(parent);
    const double after = CpuOf(parent, true);
    if (after - before < 0.05) return after + children;
    before = after;
  }
}

int PidOf(const std::string& state, const std::string& name) {
  std::ifstream file(fmt::format("{}/run/{}.pid", state, name));
  int pid = 0;
  file >> pid;
  return pid;
}

}  // namespace

Cpu operator-(const Cpu& end, const Cpu& begin) {
  return {end.services - begin.services, end.postgres - begin.postgres, end.nats - begin.nats,
          end.program - begin.program, end.access - begin.access};
}

Cpu operator+(const Cpu& one, const Cpu& other) {
  return {one.services + other.services, one.postgres + other.postgres, one.nats + other.nats,
          one.program + other.program, one.access + other.access};
}

Cpu CpuSoFar(const std::string& state) {
  Cpu cpu;
  for (const char* service : kServices)
    cpu.services += CpuOf(PidOf(state, fmt::format("{}-1", service)), true);
  // Access keeps its sessions, so none is missed by looking at those that live.
  cpu.access = CpuOf(PidOf(state, "access-1"), true) +
               CpuOfLivingChildren(PidOf(state, "postgres"), " tonghu_access ");
  cpu.postgres = CpuOfTree(PidOf(state, "postgres"));
  cpu.nats = CpuOf(PidOf(state, "nats"), true);
  cpu.program = CpuOf(::getpid(), false);
  return cpu;
}

double MemoryOf(const std::string& state, const std::string& service) {
  std::ifstream file(fmt::format("/proc/{}/statm", PidOf(state, fmt::format("{}-1", service))));
  double size = 0, resident = 0;
  file >> size >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

double ServicesMemory(const std::string& state) {
  double memory = 0;
  for (const char* service : kServices) memory += MemoryOf(state, service);
  return memory;
}

}  // namespace tonghu::bench
