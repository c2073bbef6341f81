#include "services/alerts/rpc/patience.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "services/alerts/app/refusals.h"

namespace tonghu::alerts {
namespace {

constexpr absl::Duration kAsk = absl::Seconds(1);
constexpr absl::Duration kPatience = absl::Seconds(2);
constexpr absl::Duration kStaffPatience = absl::Milliseconds(500);
constexpr absl::Duration kFirstPause = absl::Milliseconds(10);
constexpr absl::Duration kLongestPause = absl::Milliseconds(200);
constexpr int kMostSchools = 1000;

absl::Status NotHereYet() {
  return refusal::Make(
      {absl::StatusCode::kUnavailable, "NOT_HERE_YET", "",
       "the registry has it, but its events have not come here yet; try again with the same request_id",
       "名册信息正在同步，请稍后使用相同的请求编号重试"});
}

}  // namespace

Registry::Registry(const std::shared_ptr<grpc::Channel>& channel)
    : children_(tonghu::registry::v1::ChildService::NewStub(channel)),
      directory_(tonghu::registry::v1::DirectoryService::NewStub(channel)) {}

absl::Status Registry::HasChild(const std::string& name) const {
  const auto context = rpc::WithDeadline(kAsk);
  tonghu::registry::v1::GetChildRequest request;
  request.set_name(name);
  tonghu::registry::v1::Child child;
  return rpc::FromGrpc(children_->GetChild(context.get(), request, &child));
}

// The registry lists schools, it does not get one; a county has fewer than a page.
absl::Status Registry::HasSchool(const std::string& name) const {
  const auto context = rpc::WithDeadline(kAsk);
  tonghu::registry::v1::ListSchoolsRequest request;
  request.set_parent(name.substr(0, name.find("/schools/")));
  request.set_page_size(kMostSchools);
  tonghu::registry::v1::ListSchoolsResponse response;
  const grpc::Status listed = directory_->ListSchools(context.get(), request, &response);
  if (!listed.ok()) return rpc::FromGrpc(listed);
  const auto is = [&name](const auto& school) { return school.name() == name; };
  const bool found = std::any_of(response.schools().begin(), response.schools().end(), is);
  return found ? absl::OkStatus() : absl::NotFoundError("no such school");
}

bool NamesUnknown(const absl::Status& refusal) {
  if (!absl::IsNotFound(refusal)) return false;
  const std::string reason = refusal::Of(refusal).reason;
  return reason == kUnknownChild || reason == kUnknownSchool || reason == kUnknownStaff;
}

absl::Status TryUntilKnown(const absl::Status& refusal, const std::function<absl::Status()>& attempt) {
  const bool staff = refusal::Of(refusal).reason == kUnknownStaff;
  const absl::Time end = absl::Now() + (staff ? kStaffPatience : kPatience);
  absl::Duration pause = kFirstPause;
  for (;;) {
    absl::Status status = attempt();
    if (!NamesUnknown(status)) return status;
    if (absl::Now() + pause > end) return staff ? status : NotHereYet();
    absl::SleepFor(pause);
    pause = std::min(pause * 2, kLongestPause);
  }
}

}  // namespace tonghu::alerts
