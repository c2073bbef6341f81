#include "libs/journal/file_reads.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/journal/event.h"
#include "libs/journal/operator_notice.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/children.h"
#include "libs/rpc/pipeline.h"

namespace tonghu::journal {
namespace {

using Commands = CommandHandler<v1::FileRead, google::protobuf::Empty>::Commands;

// Readings of many actors are appended in one go.
absl::Status AppendAll(ShardTransaction& transaction, Commands commands) {
  for (const auto& command : commands) {
    const v1::FileRead& read = *command.request;
    transaction.set_actor(*command.actor);
    // The child's other events and this one then come in order to whoever consumes them.
    transaction.Append(kFileRead, *command.county,
                       read.child_ids_size() == 1 ? read.child_ids(0) : *command.county,
                       read.SerializeAsString());
    *command.reply = google::protobuf::Empty();
  }
  return absl::OkStatus();
}

bool IsService(const rpc::Caller& caller) {
  return std::any_of(caller.rights.begin(), caller.rights.end(),
                     [](const rights::Right& right) { return right.role == rights::Role::kService; });
}

absl::Status NotRecorded(const absl::Status& why) {
  if (why.ok()) return why;
  return refusal::Make(
      {absl::StatusCode::kUnavailable, "READING_NOT_RECORDED", "",
       absl::StrCat("nothing was shown, because the reading can't be recorded now: ", why.message()),
       "暂时无法登记本次查阅，因此未显示内容，请稍后重试。"});
}

}  // namespace

FileReads::FileReads(CommandExecutor& executor)
    : handler_(executor, "file_read", AppendAll,
               // A replica that takes no commands, since its clock is wrong, shows files all the same: the
               // event's time is the database's.
               {.actors = Actors::kMany, .repeats = Repeats::kOwnRows, .always = true}) {}

void FileReads::Record(std::shared_ptr<const rpc::Call> call, const google::protobuf::Message& request,
                       const google::protobuf::Message& reply, Done done) {
  const rpc::Caller& caller = call->caller();
  std::set<std::string> children;
  rpc::AddChildren(request, children);
  rpc::AddChildren(reply, children);
  const bool stream = call->method().IsStream();
  const bool read = !children.empty() || stream;
  if (!read || IsService(caller)) return done(absl::OkStatus());
  auto event = std::make_shared<v1::FileRead>();
  event->set_method(call->method().name());
  for (const std::string& child : children) event->add_child_ids(child);
  event->set_purpose(caller.purpose);
  event->set_address(caller.address);
  event->set_session_id(caller.session_id);
  const std::string& county = call->county().empty() ? std::string(kNoCounty) : call->county();
  // A stream may be over, and its context gone, before its beginning is written down.
  const auto wanted = [call] { return call->Wanted(); };
  handler_.Submit({county, caller.actor, "", stream ? std::function<bool()>() : wanted}, std::move(event),
                  [done = std::move(done)](const absl::StatusOr<google::protobuf::Empty>& recorded, int64_t) {
                    done(NotRecorded(recorded.status()));
                  });
}

}  // namespace tonghu::journal
