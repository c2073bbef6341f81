// Somebody who works with the services: asks until there is an answer, and writes down what it was.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/clock/clock.h"
#include "tests/fault/ask.h"
#include "tests/fault/log.h"

namespace tonghu::fault {

// One thread's. On an outage each call is repeated with the same request id, as a patient client does, until
// its outcome is known, for a minute at most: then, and after any error that is no refusal, the log has a
// surprise. What a call is refused for is logged as well, for the model to judge.
class Caller {
 public:
  // `name` makes request ids unique. All outlive it.
  Caller(client::Client& clients, const clock::Clock& clock, Log& log, std::string name)
      : clients_(clients), clock_(clock), log_(log), name_(std::move(name)) {}

  absl::StatusOr<registry::v1::Child> Move(const model::ChildPlaced& placed);
  absl::Status Put(const registry::v1::Post& post);
  absl::Status Put(const model::CalendarPut& calendar);
  absl::Status Put(const model::DutyPolicyPut& policy);
  // The closure's name is given.
  absl::StatusOr<std::string> Close(model::SchoolClosed closed);
  absl::Status Withdraw(const std::string& closure);

  absl::StatusOr<pairing::v1::Pairing> Pair(const std::string& child, const std::string& helper,
                                            pairing::v1::PairingRole role);
  absl::StatusOr<pairing::v1::Pairing> HandOver(const pairing::v1::Pairing& pairing,
                                                const std::string& helper);
  absl::Status End(const pairing::v1::Pairing& pairing, pairing::v1::PairingEndReason reason);
  absl::Status Excuse(const pairing::v1::Duty& duty);
  // Child, helper, kind and time are set. `twice`: asks once more, and must be told the same.
  absl::StatusOr<pairing::v1::Contact> Record(pairing::v1::Contact contact, bool twice = false);
  // All of one county, in one call.
  absl::Status RecordAll(const std::vector<pairing::v1::Contact>& contacts);

  absl::Status Attendance(const model::AttendanceReported& report);
  absl::StatusOr<alerts::v1::Alert> Emergency(const std::string& child, const std::string& reporter);
  absl::Status Acknowledge(const alerts::v1::Alert& alert, const std::string& staff);
  absl::Status Resolve(const alerts::v1::Alert& alert, const std::string& staff, const std::string& words);

  Log& log() { return log_; }
  absl::Time now() const { return clock_.Now(); }

 private:
  // Asks; what is neither an answer nor a refusal is a surprise.
  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Do(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                              const Request& request);
  model::Subject About(const alerts::v1::Alert& alert);
  // Logs what was done, or for what it was refused.
  absl::Status Note(model::What what, const absl::Status& status);
  std::string NextId();
  client::Client& clients_;
  const clock::Clock& clock_;
  Log& log_;
  const std::string name_;
  int calls_ = 0;
};

}  // namespace tonghu::fault
