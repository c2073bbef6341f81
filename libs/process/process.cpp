#include "libs/process/process.h"

#include <pthread.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"

namespace tonghu::process {
namespace {

constexpr int kUsage = 2;
constexpr int kFailed = 1;

// Prints why the program ends. Gives its exit code.
int Fail(const char* program, const absl::Status& status) {
  const std::string sentence = absl::StrCat(program, ": ", status.message(), "\n");
  std::fputs(sentence.c_str(), stderr);
  // A caller can tell wrong settings from a fault by the exit code.
  const bool settings = absl::IsInvalidArgument(status);
  return settings ? kUsage : kFailed;
}

// What a supervisor (SIGTERM) and a terminal (SIGINT) send to end a program.
sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

int Main(int argc, char** argv, const char* description, absl::Status (*run)(config::Reader& reader)) {
  CLI::App app(description);
  std::string path;
  app.add_option("--config", path, "settings (TOML)")->required()->type_name("FILE");
  app.set_version_flag("--version", TONGHU_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "%s: %s (usage: %s --config FILE)\n", argv[0], error.what(), argv[0]);
    return kUsage;
  }
  auto reader = config::Reader::Open(path);
  if (!reader.ok()) {
    Fail(argv[0], reader.status());
    return kUsage;
  }
  // Debian's Abseil is built to look for lock cycles at every lock, as a debug build does; that is slow.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const absl::Status status = run(*reader);
  return status.ok() ? 0 : Fail(argv[0], status);
}

StopSignal::StopSignal() {
  const sigset_t signals = StopSignals();
  // Threads inherit the mask: made before any of them, so that only Wait takes the signals.
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // A peer that has gone is an error of the write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
}

void StopSignal::Wait() {
  const sigset_t signals = StopSignals();
  int signal = 0;
  while (::sigwait(&signals, &signal) != 0) {
  }
}

ReadyFile::ReadyFile(std::string path) : path_(std::move(path)) {
  if (path_.empty()) return;
  std::ofstream file(path_, std::ios::trunc);
  file << ::getpid() << "\n";
  file.close();
  if (!file) spdlog::error("can't write the ready file {}: {}", path_, std::strerror(errno));
}

ReadyFile::~ReadyFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

}  // namespace tonghu::process
