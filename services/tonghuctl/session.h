// A session: one run of tonghuctl, with what every command is given.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "libs/client/client.h"
#include "services/tonghuctl/output.h"

namespace tonghu::tonghuctl {

// The options that every command has.
struct GlobalOptions {
  std::string endpoints;  // a file
  std::string state;      // a state directory
  std::string timeout;    // of a call; empty: 10 s, or what a slow command usually takes
  bool json = false;
};

class Session {
 public:
  Session() : output(options.json) {}

  // Reads the endpoints; called before the client is used. Endpoints that can't be read are the first call's
  // error. Errors: usage.
  absl::Status Open();

  // The folder in which the stack says where the services are, and keeps certificates and keys.
  std::string RunFolder() const;

  client::Client& client() { return *client_; }
  // How long a call is tried. `usual` is the time of a command that is slow by nature and was given no
  // --timeout.
  client::Bounds BoundsOr(absl::Duration usual) const;

  GlobalOptions options;
  Output output;

 private:
  std::unique_ptr<client::Client> client_;
};

}  // namespace tonghu::tonghuctl
