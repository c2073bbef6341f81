#include "libs/journal/file_reads.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/ids/ids.h"
#include "libs/journal/event.h"
#include "libs/journal/operator_notice.h"
#include "libs/log/log.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/children.h"
#include "libs/rpc/pipeline.h"

namespace tonghu::journal {
namespace {

constexpr absl::Duration kMinute = absl::Minutes(1);

// Appends events of one type and of many actors in one go.
template <class Message>
auto AppendAll(std::string_view type) {
  return [type](ShardTransaction& transaction,
                typename CommandHandler<Message, google::protobuf::Empty>::Commands commands) {
    for (const auto& command : commands) {
      const Message& said = *command.request;
      transaction.set_actor(*command.actor);
      // The child's other events and this one then come in order to whoever consumes them.
      transaction.Append(type, *command.county,
                         said.child_ids_size() == 1 ? said.child_ids(0) : *command.county,
                         said.SerializeAsString());
      *command.reply = google::protobuf::Empty();
    }
    return absl::OkStatus();
  };
}

// A replica that takes no commands, since its clock is wrong, shows files all the same: the event's time is
// the database's.
constexpr Manner kManner{.actors = Actors::kMany, .repeats = Repeats::kOwnRows, .always = true};

bool IsService(const rpc::Caller& caller) {
  return std::any_of(caller.rights.begin(), caller.rights.end(),
                     [](const rights::Right& right) { return right.role == rights::Role::kService; });
}

std::string CountyOf(const rpc::Call& call) {
  return call.county().empty() ? std::string(kNoCounty) : call.county();
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
    : handler_(executor, "file_read", AppendAll<v1::FileRead>(kFileRead), kManner),
      refusals_(executor, "attempt_refused", AppendAll<v1::AttemptRefused>(kAttemptRefused), kManner),
      minutes_([this] { WriteEachMinute(); }) {}

void FileReads::Stop() {
  waker_.Stop();
  if (minutes_.joinable()) minutes_.join();
}

void FileReads::Record(std::shared_ptr<const rpc::Call> call, const google::protobuf::Message& request,
                       const google::protobuf::Message& reply, Done done) {
  const rpc::Caller& caller = call->caller();
  std::set<std::string> children;
  rpc::AddChildren(request, children);
  rpc::AddChildren(reply, children);
  const bool stream = call->method().IsStream();
  const bool read = !children.empty() || stream || call->method().rule().audited_always();
  if (!read || IsService(caller)) return done(absl::OkStatus());
  auto event = std::make_shared<v1::FileRead>();
  event->set_method(call->method().name());
  for (const std::string& child : children) event->add_child_ids(child);
  event->set_purpose(caller.purpose);
  event->set_address(caller.address);
  event->set_session_id(caller.session_id);
  const std::string county = CountyOf(*call);
  // A stream may be over, and its context gone, before its beginning is written down.
  const auto wanted = [call] { return call->Wanted(); };
  handler_.Submit({county, caller.actor, "", stream ? std::function<bool()>() : wanted}, std::move(event),
                  [done = std::move(done)](const absl::StatusOr<google::protobuf::Empty>& recorded, int64_t) {
                    done(NotRecorded(recorded.status()));
                  });
}

void FileReads::Refused(const rpc::Call& call, const google::protobuf::Message& request,
                        std::set<std::string> children) {
  const rpc::Caller& caller = call.caller();
  rpc::AddChildren(request, children);
  // Whoever makes names up fills no room: the name of no child is not written down.
  std::erase_if(children, [](const std::string& id) { return !ids::IsUuid(id); });
  if (children.empty() || IsService(caller)) return;
  RefusedAttempt attempt{CountyOf(call), caller.actor, {}};
  attempt.event.set_method(call.method().name());
  attempt.event.set_purpose(caller.purpose);
  attempt.event.set_address(caller.address);
  attempt.event.set_session_id(caller.session_id);
  if (auto first = attempts_.Add(attempt, children); first.has_value()) Write(*std::move(first));
}

void FileReads::Write(RefusedAttempt attempt) {
  auto event = std::make_shared<v1::AttemptRefused>(std::move(attempt.event));
  refusals_.Submit({std::move(attempt.county), std::move(attempt.actor), "", nullptr}, event,
                   [this, event](const absl::StatusOr<google::protobuf::Empty>& written, int64_t) {
                     if (!written.ok()) lost_ += event->times();
                   });
}

void FileReads::WriteEachMinute() {
  for (bool more = true; more;) {
    more = waker_.Wait(kMinute);
    for (RefusedAttempt& attempt : attempts_.EndMinute()) Write(std::move(attempt));
    if (const int64_t lost = lost_.exchange(0) + attempts_.TakeUncounted(); lost > 0)
      spdlog::warn("{} refused attempts on children's files were not written down", lost);
  }
}

}  // namespace tonghu::journal
