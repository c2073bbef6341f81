#include "libs/refusal/refusal.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace tonghu::refusal {
namespace {

constexpr char kPayload[] = "tonghu/refusal";
constexpr char kOwner[] = "tonghu/owner";
constexpr char kSeparator[] = "\x1f";  // ASCII's unit separator

absl::Status Coded(absl::StatusCode code, std::string_view reason, std::string_view field,
                   std::string_view message, std::string_view message_zh) {
  return Make({code, std::string(reason), std::string(field), std::string(message), std::string(message_zh)});
}

}  // namespace

absl::Status Make(const Refusal& refusal) {
  absl::Status status(refusal.code, refusal.message);
  // A status has a code and one message; the other parts of a refusal travel in a payload.
  status.SetPayload(kPayload, absl::Cord(absl::StrCat(refusal.reason, kSeparator, refusal.field, kSeparator,
                                                      refusal.message_zh)));
  return status;
}

absl::Status Invalid(std::string_view reason, std::string_view field, std::string_view message,
                     std::string_view message_zh) {
  return Coded(absl::StatusCode::kInvalidArgument, reason, field, message, message_zh);
}
absl::Status NotFound(std::string_view reason, std::string_view field, std::string_view message,
                      std::string_view message_zh) {
  return Coded(absl::StatusCode::kNotFound, reason, field, message, message_zh);
}
absl::Status Precondition(std::string_view reason, std::string_view field, std::string_view message,
                          std::string_view message_zh) {
  return Coded(absl::StatusCode::kFailedPrecondition, reason, field, message, message_zh);
}
absl::Status Exists(std::string_view reason, std::string_view field, std::string_view message,
                    std::string_view message_zh) {
  return Coded(absl::StatusCode::kAlreadyExists, reason, field, message, message_zh);
}

absl::Status ServerStopping() {
  return Make({absl::StatusCode::kUnavailable, "SERVER_STOPPING", "", "this replica is stopping; try again",
               "服务正在重启，请重试"});
}

absl::Status ServerBusy() {
  return Make({absl::StatusCode::kResourceExhausted, "SERVER_BUSY", "",
               "too many calls wait already; try again shortly", "系统繁忙，排队的请求过多，请稍后重试。"});
}

absl::Status OwnedBy(std::string_view service, absl::Status refusal) {
  refusal.SetPayload(kOwner, absl::Cord(std::string(service)));
  return refusal;
}

std::string OwnerOf(const absl::Status& status) {
  const auto owner = status.GetPayload(kOwner);
  return owner.has_value() ? std::string(*owner) : "";
}

bool IsRefusal(const absl::Status& status) { return status.GetPayload(kPayload).has_value(); }

Refusal Of(const absl::Status& status) {
  // A status that is no refusal has a code and a message alone.
  Refusal refusal{status.code(), "", "", std::string(status.message()), ""};
  if (auto payload = status.GetPayload(kPayload)) {
    // Only the last part may hold a separator: reasons and fields are words of ours.
    const std::vector<std::string> parts =
        absl::StrSplit(std::string(*payload), absl::MaxSplits(kSeparator, 2));
    refusal.reason = parts[0];
    refusal.field = parts[1];
    refusal.message_zh = parts[2];
  }
  return refusal;
}

}  // namespace tonghu::refusal
