#include "services/tonghuctl/session.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/tonghuctl/exit_code.h"
#include "services/tonghuctl/typed.h"

namespace tonghu::tonghuctl {
namespace {

constexpr char kUsualState[] = "var";

// --endpoints (or TONGHU_ENDPOINTS, which fills it) names the file; --state the stack's directory, and wins
// when both are there.
std::string PathOf(const GlobalOptions& options) {
  if (options.state.empty() && !options.endpoints.empty()) return options.endpoints;
  return absl::StrCat(options.state.empty() ? kUsualState : options.state, "/run/endpoints.json");
}

}  // namespace

absl::Status Session::Open() {
  const auto timeout = ParseDuration(options.timeout);
  if (!timeout.ok() || *timeout <= absl::ZeroDuration())
    return UsageError("--timeout should be a duration above zero, such as 10s");
  auto endpoints = ReadEndpoints(PathOf(options));
  if (absl::IsInvalidArgument(endpoints.status()))
    return UsageError(std::string(endpoints.status().message()));
  client_ = std::make_unique<Client>(std::move(endpoints), *timeout);
  return absl::OkStatus();
}

absl::Duration Session::TimeoutOr(absl::Duration usual) const {
  return options.timeout_given ? client_->timeout() : std::max(usual, client_->timeout());
}

}  // namespace tonghu::tonghuctl
