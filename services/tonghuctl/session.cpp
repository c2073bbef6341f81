#include "services/tonghuctl/session.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/forms/typed.h"
#include "services/tonghuctl/exit_code.h"

namespace tonghu::tonghuctl {
namespace {

constexpr char kUsualState[] = "var";
constexpr char kUsualTimeout[] = "10s";

// The path of endpoints.json. --endpoints (or TONGHU_ENDPOINTS, which fills it) names the file; --state names
// the stack's directory, and wins when both are given.
std::string PathOf(const GlobalOptions& options) {
  if (options.state.empty() && !options.endpoints.empty()) return options.endpoints;
  return absl::StrCat(options.state.empty() ? kUsualState : options.state, "/run/endpoints.json");
}

}  // namespace

absl::Status Session::Open() {
  const auto timeout = forms::ParseDuration(options.timeout.empty() ? kUsualTimeout : options.timeout);
  if (!timeout.ok() || *timeout <= absl::ZeroDuration())
    return UsageError("--timeout should be a duration above zero, such as 10s");
  auto endpoints = client::ReadEndpoints(PathOf(options));
  if (absl::IsInvalidArgument(endpoints.status()))
    return UsageError(std::string(endpoints.status().message()));
  client_ = std::make_unique<client::Client>(std::move(endpoints), client::Bounds{.timeout = *timeout});
  return absl::OkStatus();
}

std::string Session::RunFolder() const {
  const std::string path = PathOf(options);
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

client::Bounds Session::BoundsOr(absl::Duration usual) const {
  client::Bounds bounds = client_->bounds();
  // A time-out that was typed counts, even when it is shorter than the usual one.
  if (options.timeout.empty()) bounds.timeout = std::max(usual, bounds.timeout);
  return bounds;
}

}  // namespace tonghu::tonghuctl
