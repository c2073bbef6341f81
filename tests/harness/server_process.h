// A private server program for a test that kills, freezes and starts it again at will.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/clock/waker.h"

namespace tonghu::harness {

// Has a folder of its own for as long as it lives. Not thread-safe.
class ServerProcess {
 public:
  ServerProcess() {
    std::string name = absl::StrCat(std::filesystem::temp_directory_path().string(), "/tonghu-server-XXXXXX");
    dir_ = ::mkdtemp(name.data()) == nullptr ? "" : name;
  }
  ~ServerProcess() {
    Kill();
    if (!dir_.empty()) std::filesystem::remove_all(dir_);
  }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  const std::string& dir() const { return dir_; }

  void Kill() { End(SIGKILL); }
  void Stop() { End(SIGTERM); }
  void Freeze() {
    ::kill(pid_, SIGSTOP);
    ::waitpid(pid_, nullptr, WUNTRACED);  // the signal only starts to stop it
  }
  void Thaw() { ::kill(pid_, SIGCONT); }

 protected:
  pid_t pid() const { return pid_; }
  // Runs `words` and waits until "ready" is read from `output` (STDOUT_FILENO or STDERR_FILENO). False when
  // that does not come in 10 s, or the program is not on PATH.
  bool Run(std::vector<std::string> words, int output, const std::string& ready) {
    int out[2];
    if (::pipe2(out, O_CLOEXEC) != 0) return false;
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::dup2(out[1], output);
      ::execvp(argv[0], argv.data());
      ::_exit(127);
    }
    ::close(out[1]);
    log_ = out[0];
    return WaitFor(ready);
  }

 private:
  bool WaitFor(const std::string& text) {
    std::string seen;
    const absl::Time deadline = clock::MonotonicNow() + absl::Seconds(10);
    while (clock::MonotonicNow() < deadline) {
      pollfd wait{log_, POLLIN, 0};
      if (::poll(&wait, 1, 100) <= 0) continue;
      char bytes[4096];
      const ssize_t n = ::read(log_, bytes, sizeof bytes);
      if (n <= 0) return false;
      if (seen.append(bytes, n).find(text) != std::string::npos) return true;
    }
    return false;
  }

  void End(int signal) {
    if (pid_ <= 0) return;
    ::kill(pid_, signal);
    ::kill(pid_, SIGCONT);
    ::waitpid(pid_, nullptr, 0);
    ::close(log_);
    pid_ = -1;
  }

  std::string dir_;
  pid_t pid_ = -1;
  int log_ = -1;
};

}  // namespace tonghu::harness
