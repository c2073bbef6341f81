#include "services/tonghuctl/exit_code.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>

#include "absl/strings/cord.h"
#include "libs/refusal/refusal.h"
#include "services/tonghuctl/table.h"

namespace tonghu::tonghuctl {
namespace {

constexpr char kRemedyPayload[] = "tonghuctl/remedy";  // a fault's own Chinese sentence

// A message over gRPC's size limit has the code of a busy server, but waiting does not help.
bool IsTooLarge(const absl::Status& status) {
  return status.code() == absl::StatusCode::kResourceExhausted &&
         status.message().find("larger than max") != absl::string_view::npos;
}

constexpr std::string_view kKinds[] = {"done", "fault", "usage", "refused", "outage"};  // by exit code

// The Chinese sentence of an error that brings none of its own.
std::string RemedyOf(const absl::Status& status) {
  if (const auto own = status.GetPayload(kRemedyPayload)) return std::string(*own);
  switch (ExitCodeOf(status)) {
    case kUsage:
      return "请按提示改正后重新输入；写法和示例见该命令的 --help。";
    case kOutage:
      return status.code() == absl::StatusCode::kDeadlineExceeded
                 ? "未在限定时间内得到答复，结果尚不确定：请先查询再重试，或用 --timeout 延长时间；tonghuctl "
                   "doctor 可查看哪个服务有问题。"
                 : "服务没有应答或正忙：请运行 tonghuctl doctor 查看是哪一个，稍后重试。";
    case kRefusal:
      return IsTooLarge(status) ? "内容过大，请分批提交。" : "请求被拒绝，请核对后重新提交。";
    default:
      return "程序或环境有故障，请联系管理员。";
  }
}

}  // namespace

absl::Status FaultError(const std::string& what, const std::string& what_zh) {
  absl::Status status = absl::UnknownError(what);
  status.SetPayload(kRemedyPayload, absl::Cord(what_zh));
  return status;
}

ExitCode ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kDone;
  if (forms::IsUsageError(status)) return kUsage;
  // No outage: a script must not try the same again.
  if (IsTooLarge(status)) return kRefusal;
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return kOutage;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
    // ABORTED that may pass has been tried again by the client: what is left is a stale etag.
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kOutOfRange:
      return kRefusal;
    default:
      return refusal::IsRefusal(status) ? kRefusal : kFault;
  }
}

std::string ErrorText(const absl::Status& status) {
  const refusal::Refusal error = refusal::Of(status);
  if (forms::IsUsageError(status))
    return fmt::format("usage: {}\n  {}\n", Printable(error.message), RemedyOf(status));
  std::string text = fmt::format("{}: {}", kKinds[ExitCodeOf(status)],
                                 error.reason.empty() ? absl::StatusCodeToString(error.code) : error.reason);
  if (!error.field.empty()) text += fmt::format(" (field {})", Printable(error.field));
  text += '\n';
  const std::string zh = error.message_zh.empty() ? RemedyOf(status) : Printable(error.message_zh);
  return text + fmt::format("  {}\n  {}\n", zh, Printable(error.message));
}

std::string ErrorJson(const absl::Status& status) {
  const refusal::Refusal error = refusal::Of(status);
  const nlohmann::ordered_json document = {
      {"error",
       {{"exitCode", static_cast<int>(ExitCodeOf(status))},
        {"code", absl::StatusCodeToString(error.code)},
        {"reason", error.reason},
        {"field", error.field},
        {"message", error.message},
        {"messageZh", error.message_zh.empty() ? RemedyOf(status) : error.message_zh}}}};
  return document.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace tonghu::tonghuctl
