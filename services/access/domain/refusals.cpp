#include "services/access/domain/refusals.h"

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/refusal/refusal.h"

namespace tonghu::access {

absl::Status SignInRefused() {
  return refusal::Make({absl::StatusCode::kUnauthenticated, "SIGN_IN_REFUSED", "",
                        "login or password is wrong",
                        "登录名或密码不正确，请核对后重试；忘记密码请联系系统管理员"});
}
absl::Status Slowed(absl::Time until) {
  return refusal::Make(
      {absl::StatusCode::kResourceExhausted, "SIGN_IN_SLOWED", "",
       absl::StrCat("too many tries from this address; again at ",
                    absl::FormatTime(absl::RFC3339_sec, until, absl::UTCTimeZone())),
       absl::StrCat("尝试次数过多，请在", absl::FormatTime("%H:%M:%S", until, clock::China()), "之后再试")});
}
absl::Status CodeRefused() {
  return refusal::Make({absl::StatusCode::kUnauthenticated, "CODE_REFUSED", "code",
                        "the code is wrong, too old, or was used before",
                        "验证码不正确、已过期或已用过，请等待手机上的下一个验证码"});
}
absl::Status SessionOver() {
  return refusal::Make({absl::StatusCode::kUnauthenticated, "SESSION_OVER", "",
                        "there is no such session, or it is over; sign in", "登录已失效，请重新登录"});
}
absl::Status SessionIncomplete() {
  return refusal::Make({absl::StatusCode::kUnauthenticated, "SESSION_INCOMPLETE", "",
                        "the session is not complete; GetSession says what it needs",
                        "登录尚未完成，请先完成验证码、绑定或修改密码"});
}
absl::Status AccountDisabled() {
  return refusal::Make({absl::StatusCode::kUnauthenticated, "ACCOUNT_DISABLED", "", "the account is disabled",
                        "账号已停用，请联系系统管理员"});
}
absl::Status FirstPasswordOver() {
  return refusal::Make({absl::StatusCode::kUnauthenticated, "FIRST_PASSWORD_OVER", "",
                        "the first password is older than 14 days",
                        "初始密码已超过14天，请联系系统管理员重置"});
}
absl::Status UnknownAccount() {
  return refusal::NotFound("ACCOUNT_NOT_FOUND", "name", "no such account", "没有该账号，请核对");
}
absl::Status SubjectNotBound() {
  return refusal::Make({absl::StatusCode::kUnauthenticated, "SUBJECT_NOT_BOUND", "",
                        "no account is bound to this subject of the identity provider",
                        "您的统一身份认证账号尚未绑定本系统账号，请联系系统管理员绑定"});
}
absl::Status SubjectTaken(std::string_view field) {
  return refusal::Exists("SUBJECT_TAKEN", field, "another account is bound to this subject",
                         "该统一身份认证账号已绑定另一个账号，请先解除原绑定");
}
absl::Status ProgramNotBound() {
  return refusal::Precondition("PROGRAM_NOT_BOUND", "", "an identity provider signs people in, not programs",
                               "程序账号使用接口密钥，不能绑定统一身份认证账号");
}
absl::Status SignInAway() {
  return refusal::Make({absl::StatusCode::kUnavailable, "SIGN_IN_AWAY", "",
                        "sessions can't be read for now; try again", "登录服务暂时不可用，请稍后重试"});
}

}  // namespace tonghu::access
