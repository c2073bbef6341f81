// The way in: what knowing the caller costs, what HTTP costs, and how soon a browser sees an alert.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "tests/bench/people.h"
#include "tests/bench/results.h"
#include "tests/bench/rig.h"

namespace tonghu::bench {

// Not thread-safe.
class Door {
 public:
  // Registers and signs in people, and takes the gateway's rates and its limit of connections an address
  // away, which would be measured otherwise. Once a rig, which outlives the door. Errors: the calls'.
  static absl::StatusOr<std::unique_ptr<Door>> Open(Rig& rig);

  // `calls` commands and `calls` audited reads, each by the operator's certificate, with a person's identity,
  // and by that person over the gateway; then what a reading costs that is written down. 32 callers.
  absl::Status Calls(int calls, Figures& figures);
  // Emergencies reported one after the other, in turns of the counties, → on the streams of `watchers`
  // browsers, spread over the counties.
  absl::Status Watch(int watchers, int emergencies, Figures& figures);

 private:
  Door(Rig& rig, int port) : rig_(rig), port_(port) {}
  absl::Status Audit(int calls, Figures& figures);

  Rig& rig_;
  const int port_;
  People people_;
  std::vector<std::string> children_;
};

}  // namespace tonghu::bench
