// A command may name what the registry has but this service has not heard of yet: the bus is a moment behind.
// Then the caller waits, not guesses.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "libs/journal/command.h"
#include "libs/journal/writer.h"
#include "libs/rpc/workers.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"

namespace tonghu::alerts {

// Asks the registry whether what a refusal calls unknown exists. Thread-safe; blocks up to a second.
class Registry {
 public:
  explicit Registry(const std::shared_ptr<grpc::Channel>& channel);
  // OK: it does. Errors: NOT_FOUND, UNAVAILABLE and so on as the registry answers.
  absl::Status HasChild(const std::string& name) const;
  absl::Status HasSchool(const std::string& name) const;

 private:
  const std::unique_ptr<tonghu::registry::v1::ChildService::Stub> children_;
  const std::unique_ptr<tonghu::registry::v1::DirectoryService::Stub> directory_;
};

// Whether `refusal` says that a child, school or staff member is unknown.
bool NamesUnknown(const absl::Status& refusal);

// Calls `attempt` until it gives something else than an NamesUnknown refusal: up to 2 s for what the registry
// is known to have, half a second for staff, of whom it was not asked. Gives the last outcome; UNAVAILABLE,
// reason NOT_HERE_YET, when the registry has it and it did not come.
absl::Status TryUntilKnown(const absl::Status& refusal, const std::function<absl::Status()>& attempt);

// journal::RunCommand, but when something is unknown `ask` is called, on a worker: when that says OK the
// command is tried again for a while, on NOT_FOUND the refusal stands, other errors are the answer.
template <class Request, class Reply>
grpc::ServerUnaryReactor* RunPatiently(journal::Lane<Request, Reply>& lane, rpc::Workers& workers,
                                       grpc::CallbackServerContext* context, const Request* request,
                                       Reply* reply, const absl::StatusOr<std::string>& county,
                                       std::function<absl::Status(const absl::Status& refusal)> ask) {
  absl::Status checked = rpc::CheckText(*request);
  if (checked.ok()) checked = journal::CheckRequestId(request->request_id());
  if (checked.ok()) checked = county.status();
  if (!checked.ok()) return rpc::Finish<Reply>(context, checked, reply);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();

  // Runs on a worker: submits and waits for the decision, which a writer makes within its patience.
  auto attempt = [&lane, request, reply, county = *county] {
    auto decided = std::make_shared<absl::Notification>();
    auto outcome = std::make_shared<absl::StatusOr<Reply>>(absl::UnknownError("undecided"));
    lane.Submit(county, request->request_id(), *request, [decided, outcome](absl::StatusOr<Reply> result) {
      *outcome = std::move(result);
      decided->Notify();
    });
    decided->WaitForNotification();
    if (outcome->ok()) *reply = **std::move(outcome);
    return outcome->status();
  };
  auto patiently = [reactor, attempt, ask = std::move(ask)](const absl::Status& refusal) {
    absl::Status status = ask(refusal);
    if (status.ok()) status = TryUntilKnown(refusal, attempt);
    if (absl::IsNotFound(status)) status = refusal;
    reactor->Finish(rpc::ToGrpcLogged(status));
  };
  lane.Submit(*county, request->request_id(), *request,
              [reactor, reply, &workers, patiently](absl::StatusOr<Reply> result) {
                if (result.ok()) *reply = *std::move(result);
                const absl::Status status = result.status();
                const bool waits =
                    NamesUnknown(status) && workers.Submit([patiently, status] { patiently(status); });
                if (!waits) reactor->Finish(rpc::ToGrpcLogged(status));
              });
  return reactor;
}

}  // namespace tonghu::alerts
