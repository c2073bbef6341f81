#include "tests/harness/stack.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "libs/rpc/server.h"
#include "libs/status/macros.h"
#include "tests/harness/eventually.h"

#ifndef TONGHU_SOURCE_DIR
#error "CMake defines TONGHU_SOURCE_DIR and TONGHU_BUILD_DIR"
#endif

namespace tonghu::harness {
namespace {

std::string Quoted(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

// Runs a shell command; its output is in the error when it fails.
absl::Status Shell(const std::string& command) {
  FILE* pipe = ::popen(absl::StrCat(command, " 2>&1").c_str(), "re");
  if (pipe == nullptr) return absl::UnavailableError("no process could be started");
  std::string output;
  std::array<char, 4096> buffer;
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), count);
  const int status = ::pclose(pipe);
  return status == 0 ? absl::OkStatus() : absl::UnavailableError(absl::StrCat(command, ": ", output));
}

constexpr absl::Duration kFreezes = absl::Seconds(10);

// The state of the thread that a /proc/.../stat file describes; 'X' when there is none.
char StateOf(const std::filesystem::path& stat) {
  std::string line;
  std::getline(std::ifstream(stat), line);
  const size_t name_end = line.rfind(')');
  return name_end + 2 < line.size() ? line[name_end + 2] : 'X';
}

// Whether no thread of the process runs.
bool IsStopped(pid_t pid) {
  std::error_code error;
  for (std::filesystem::directory_iterator threads(absl::StrCat("/proc/", pid, "/task"), error), end;
       !error && threads != end; threads.increment(error)) {
    const char state = StateOf(threads->path() / "stat");
    if (state != 'T' && state != 'X' && state != 'Z') return false;
  }
  return true;
}

// NAME='value' of each, as a shell takes them before a command.
std::string Assignments(const std::map<std::string, std::string>& environment) {
  std::string text;
  for (const auto& [name, value] : environment) absl::StrAppend(&text, name, "=", Quoted(value), " ");
  return text;
}

std::string NewStateDir() {
  const char* root = std::getenv("TONGHU_TEST_STATE_ROOT");
  std::string path = absl::StrCat(root != nullptr ? root : std::filesystem::temp_directory_path().string(),
                                  "/tonghu-test-XXXXXX");
  if (root != nullptr) std::filesystem::create_directories(root);
  // PostgreSQL, which may run as another user, must reach its own folder in it.
  return ::mkdtemp(path.data()) == nullptr || ::chmod(path.c_str(), 0711) != 0 ? "" : path;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Stack>> Stack::Up(Options options) {
  const std::string state = NewStateDir();
  if (state.empty()) return absl::UnavailableError("no folder for the test's state");
  std::unique_ptr<Stack> stack(new Stack(state, std::move(options)));
  if (absl::Status kept = stack->StartKeeper(); !kept.ok()) return kept;
  std::string command = Assignments(stack->options_.environment);
  absl::StrAppend(&command, TONGHU_SOURCE_DIR "/deploy/local/stack up --state ", Quoted(state), " --build ",
                  Quoted(TONGHU_BUILD_DIR), " --replicas ", stack->options_.replicas);
  if (!stack->options_.only.empty()) absl::StrAppend(&command, " --only ", stack->options_.only);
  if (stack->options_.start != absl::InfinitePast()) {
    absl::StrAppend(&command, " --clock virtual --start-time ",
                    absl::FormatTime(absl::RFC3339_sec, stack->options_.start, clock::China()));
  }
  if (absl::Status up = Shell(command); !up.ok()) return up;
  if (absl::Status read = stack->ReadEndpoints(); !read.ok()) return read;
  if (stack->options_.start != absl::InfinitePast()) {
    auto clock = clock::VirtualClock::Open(absl::StrCat(state, "/run/clock"), stack->options_.start);
    if (!clock.ok()) return clock.status();
    stack->clock_ = std::move(*clock);
  }
  return stack;
}

absl::Status Stack::StartKeeper() {
  if (std::getenv("TONGHU_KEEP_STATE") != nullptr) {
    std::fprintf(stderr, "the stack stays up in %s\n", state_.c_str());
    return absl::OkStatus();
  }
  const std::string script =
      absl::StrCat("cat; ", TONGHU_SOURCE_DIR "/deploy/local/stack down --purge --state ", Quoted(state_),
                   " > /dev/null; rm -rf ", Quoted(state_));
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return absl::UnavailableError("no pipe could be made");
  keeper_ = ::fork();
  if (keeper_ == 0) {
    ::setsid();  // an interrupt at the terminal is not for it
    ::dup2(ends[0], STDIN_FILENO);
    ::execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(ends[0]);
  lifeline_ = ends[1];
  return keeper_ > 0 ? absl::OkStatus() : absl::UnavailableError("no process could be started");
}

Stack::~Stack() {
  if (lifeline_ >= 0) ::close(lifeline_);
  if (keeper_ > 0) ::waitpid(keeper_, nullptr, 0);
}

absl::Status Stack::Run(const std::string& command,
                        const std::map<std::string, std::string>& environment) const {
  return Shell(absl::StrCat(Assignments(environment), TONGHU_SOURCE_DIR "/deploy/local/stack ", command,
                            " --state ", Quoted(state_)));
}

absl::StatusOr<pid_t> Stack::PidOf(const std::string& name) const {
  pid_t pid = 0;
  std::ifstream(absl::StrCat(state_, "/run/", name, ".pid")) >> pid;
  // 0 and 1 would mean this test's own group, and everything.
  if (pid <= 1) return absl::NotFoundError(absl::StrCat("no process of ", name));
  return pid;
}

absl::StatusOr<std::vector<pid_t>> Stack::Signal(const std::string& name, int signal) const {
  ASSIGN_OR_RETURN(const pid_t pid, PidOf(name));
  std::vector<pid_t> signalled{pid};
  if (::kill(pid, signal) != 0) return absl::NotFoundError(absl::StrCat(name, " does not run"));
  // Read when the parent has stopped, as it starts others.
  if (signal == SIGSTOP && !Eventually([pid] { return IsStopped(pid); }, kFreezes)) return signalled;
  std::ifstream children(absl::StrCat("/proc/", pid, "/task/", pid, "/children"));
  for (pid_t child; children >> child;) {
    if (::kill(child, signal) == 0) signalled.push_back(child);
  }
  return signalled;
}

absl::Status Stack::Freeze(const std::string& name) const {
  ASSIGN_OR_RETURN(const std::vector<pid_t> pids, Signal(name, SIGSTOP));
  const auto all_stopped = [&pids] { return std::all_of(pids.begin(), pids.end(), IsStopped); };
  if (Eventually(all_stopped, kFreezes)) return absl::OkStatus();
  return absl::DeadlineExceededError(absl::StrCat(name, " goes on after SIGSTOP"));
}

absl::Status Stack::Thaw(const std::string& name) const { return Signal(name, SIGCONT).status(); }

absl::Status Stack::ReadEndpoints() {
  std::ifstream file(absl::StrCat(state_, "/run/endpoints.json"));
  const auto json = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return absl::UnavailableError("endpoints.json can't be read");
  for (const auto& [name, value] : json.items()) {
    if (value.is_string()) addresses_[name] = value.get<std::string>();
  }
  if (!json.contains("replicas") || json["replicas"].empty()) return absl::OkStatus();
  auto endpoints = client::ParseEndpoints(json.dump(), "endpoints.json");
  if (endpoints.ok()) endpoints_ = *std::move(endpoints);
  return endpoints.status();
}

std::string Stack::Address(const std::string& name) const {
  if (auto replicas = endpoints_.AddressesOf(name); replicas.ok()) return *replicas;
  const auto found = addresses_.find(name);
  return found == addresses_.end() ? "" : found->second;
}

std::vector<std::string> Stack::Replicas(const std::string& service) const {
  const auto found = endpoints_.replicas.find(service);
  return found == endpoints_.replicas.end() ? std::vector<std::string>() : found->second;
}

std::shared_ptr<grpc::Channel> Stack::Dial(const std::string& service, const Way& way) const {
  const std::string address = way.replica == 0 ? Address(service) : Replicas(service)[way.replica - 1];
  return rpc::Dial(address, {.tls = Tls(way.as), .service = service, .seen = way.seen});
}

std::shared_ptr<const rpc::Tls> Stack::Tls(const std::string& as) const {
  if (as == "operators/local") return endpoints_.tls;
  absl::MutexLock lock(&mutex_);
  std::shared_ptr<const rpc::Tls>& tls = tls_[as];
  const std::string folder = state_ + "/run/tls/";
  const std::string file = folder + as.substr(as.find('/') + 1);
  if (tls == nullptr) {
    auto opened = rpc::Tls::Open({folder + "ca.pem", file + ".pem"});
    if (opened.ok()) tls = *std::move(opened);
    if (tls == nullptr) std::fprintf(stderr, "%s\n", opened.status().ToString().c_str());
  }
  return tls;
}

std::string Stack::Conninfo(const std::string& role) const {
  // The last user named wins.
  return absl::StrCat(Address("postgres"), " user=", role);
}

}  // namespace tonghu::harness
