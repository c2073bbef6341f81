#include "libs/rpc/errors.h"

#include <spdlog/spdlog.h>

#include <string>
#include <string_view>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/text.h"

namespace tonghu::rpc {
namespace {

constexpr char kDomain[] = "tonghu";
constexpr char kField[] = "field";  // its presence in ErrorInfo.metadata marks a refusal
constexpr char kLocale[] = "zh-CN";
// The bounds in bytes: all details together travel in HTTP/2 trailers, of which clients take 8 KiB.
constexpr size_t kMaxMessage = 512;
constexpr size_t kMaxMessageZh = 1024;
constexpr size_t kMaxField = 256;
constexpr size_t kMaxReason = 63;

// The sentence that an officer reads for an error that brings none of its own.
constexpr struct {
  absl::StatusCode code;
  std::string_view sentence;
} kGeneralZh[] = {
    {absl::StatusCode::kCancelled, "请求已取消。"},
    {absl::StatusCode::kInvalidArgument, "请求内容有误，请检查后重新提交。"},
    {absl::StatusCode::kDeadlineExceeded, "处理超时，结果尚不确定，请稍后查询或用同一请求编号重试。"},
    {absl::StatusCode::kNotFound, "未找到所请求的记录。"},
    {absl::StatusCode::kAlreadyExists, "该记录已存在。"},
    {absl::StatusCode::kPermissionDenied, "您没有办理此事项的权限，请联系上级管理员。"},
    {absl::StatusCode::kUnauthenticated, "登录已失效，请重新登录。"},
    {absl::StatusCode::kResourceExhausted, "系统繁忙或请求过大，请稍后重试。"},
    {absl::StatusCode::kFailedPrecondition, "当前状态不允许此操作，请刷新后再试。"},
    {absl::StatusCode::kAborted, "他人正在修改同一记录，请重试。"},
    {absl::StatusCode::kOutOfRange, "请求超出允许的范围，请检查后重新提交。"},
    {absl::StatusCode::kUnimplemented, "系统不支持此操作。"},
    {absl::StatusCode::kUnavailable, "服务暂时不可用，请稍后重试。"},
};

std::string_view GeneralZh(absl::StatusCode code) {
  for (const auto& general : kGeneralZh) {
    if (general.code == code) return general.sentence;
  }
  return "系统内部错误，请联系管理员。";
}

}  // namespace

bool IsFault(const absl::Status& status) {
  const bool internal = status.code() == absl::StatusCode::kInternal ||
                        status.code() == absl::StatusCode::kUnknown ||
                        status.code() == absl::StatusCode::kDataLoss;
  return internal && !refusal::IsRefusal(status);
}

refusal::Refusal Shown(const absl::Status& status) {
  refusal::Refusal shown = refusal::Of(status);
  if (!refusal::IsRefusal(status)) {
    shown.reason = absl::StatusCodeToString(status.code());
    shown.message_zh = GeneralZh(status.code());
    if (IsFault(status)) shown.message = "internal error";  // the real message may hold personal data
  }
  shown.reason = CleanText(shown.reason, kMaxReason);
  shown.field = CleanText(shown.field, kMaxField);
  shown.message = CleanText(shown.message, kMaxMessage);
  shown.message_zh = CleanText(shown.message_zh, kMaxMessageZh);
  return shown;
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const refusal::Refusal shown = Shown(status);
  // The details of AIP-193 travel as a google.rpc.Status, which gRPC sends in "grpc-status-details-bin".
  google::rpc::Status rich;
  rich.set_code(static_cast<int>(shown.code));
  rich.set_message(shown.message);
  google::rpc::ErrorInfo info;
  info.set_reason(shown.reason);
  info.set_domain(kDomain);
  if (refusal::IsRefusal(status)) (*info.mutable_metadata())[kField] = shown.field;
  // The presence of the key `field`, even empty, tells FromGrpc that this was a refusal.
  rich.add_details()->PackFrom(info);
  // The field once more, in the form that clients in any language know.
  if (!shown.field.empty()) {
    google::rpc::BadRequest bad;
    auto* violation = bad.add_field_violations();
    violation->set_field(shown.field);
    violation->set_description(shown.message);
    rich.add_details()->PackFrom(bad);
  }
  google::rpc::LocalizedMessage localized;
  localized.set_locale(kLocale);
  localized.set_message(shown.message_zh);
  rich.add_details()->PackFrom(localized);
  return grpc::Status(static_cast<grpc::StatusCode>(shown.code), shown.message, rich.SerializeAsString());
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const absl::Status plain(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  google::rpc::Status rich;
  // Details that can't be read cost the reason, not the code and the sentence.
  if (status.error_details().empty() || !rich.ParseFromString(status.error_details())) return plain;
  refusal::Refusal refusal{plain.code(), "", "", status.error_message(), ""};
  bool refused = false;
  for (const auto& detail : rich.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::LocalizedMessage localized;
    // Details of other domains are passed over.
    if (detail.UnpackTo(&info) && info.domain() == kDomain) {
      const auto field = info.metadata().find(kField);
      refused = field != info.metadata().end();
      refusal.reason = info.reason();
      if (refused) refusal.field = field->second;
    } else if (detail.UnpackTo(&localized) && localized.locale() == kLocale) {
      refusal.message_zh = localized.message();
    }
  }
  // Callers take a refusal for final, so only what was a refusal becomes one again.
  return refused ? refusal::Make(refusal) : plain;
}

}  // namespace tonghu::rpc
