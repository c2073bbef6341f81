// A private nats-server for this library's tests and benchmark: started, killed and restarted at will on one
// port.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace tonghu::jetstream::testing_server {

class NatsServer {
 public:
  NatsServer() : port_(FreePort()) {
    std::string name = absl::StrCat(std::filesystem::temp_directory_path().string(), "/tonghu-nats-XXXXXX");
    dir_ = ::mkdtemp(name.data()) == nullptr ? "" : name;
  }
  ~NatsServer() {
    Kill();
    if (!dir_.empty()) std::filesystem::remove_all(dir_);
  }
  NatsServer(const NatsServer&) = delete;
  NatsServer& operator=(const NatsServer&) = delete;

  std::string url() const { return absl::StrCat("nats://127.0.0.1:", port_); }

  // Starts it and waits until it takes clients. False when it isn't ready in 10 s (or nats-server is not on
  // PATH).
  bool Start() {
    int out[2];
    if (::pipe2(out, O_CLOEXEC) != 0) return false;
    const std::string port = absl::StrCat(port_);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::dup2(out[1], STDERR_FILENO);
      ::execlp("nats-server", "nats-server", "-a", "127.0.0.1", "-p", port.c_str(), "-js", "-sd",
               dir_.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(out[1]);
    log_ = out[0];
    return WaitFor("Server is ready");
  }

  void Kill() { End(SIGKILL); }
  void Stop() { End(SIGTERM); }
  void Freeze() {
    ::kill(pid_, SIGSTOP);
    ::waitpid(pid_, nullptr, WUNTRACED);  // the signal only starts to stop it
  }
  void Thaw() { ::kill(pid_, SIGCONT); }
  // The server loses everything it stored. Only while it is not running.
  void Wipe() { std::filesystem::remove_all(dir_ + "/jetstream"); }

 private:
  static int FreePort() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof at;
    ::bind(fd, reinterpret_cast<sockaddr*>(&at), size);
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size);
    ::close(fd);
    return ntohs(at.sin_port);
  }

  bool WaitFor(const std::string& line) {
    std::string seen;
    const absl::Time deadline = absl::Now() + absl::Seconds(10);
    while (absl::Now() < deadline) {
      pollfd wait{log_, POLLIN, 0};
      if (::poll(&wait, 1, 100) <= 0) continue;
      char bytes[4096];
      const ssize_t n = ::read(log_, bytes, sizeof bytes);
      if (n <= 0) return false;
      if (seen.append(bytes, n).find(line) != std::string::npos) return true;
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

  const int port_;
  std::string dir_;
  pid_t pid_ = -1;
  int log_ = -1;
};

}  // namespace tonghu::jetstream::testing_server
