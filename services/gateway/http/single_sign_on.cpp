#include "services/gateway/http/single_sign_on.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "libs/log/log.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/deadline.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/text.h"
#include "services/gateway/http/signal.h"

namespace tonghu::gateway {
namespace {

namespace asio = boost::asio;

constexpr absl::Duration kTimeout = absl::Seconds(10);
constexpr auto kLongestWait = std::chrono::seconds(30);  // beyond the call's time-out
constexpr size_t kMostAgent = 200;

constexpr absl::string_view kPage =
    R"html(<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>未能登录 - 童护</title>
<style nonce="NONCE">
body { margin: 0; background: #f0f2f5; color: #1f1f1f; font: 16px/1.6 system-ui, sans-serif; }
main { max-width: 420px; margin: 12vh auto 0; padding: 32px; background: #fff; }
h1 { margin: 0 0 12px; font-size: 20px; }
a { color: #0958d9; }
code { overflow-wrap: anywhere; }
</style>
</head>
<body>
<main>
<h1>未能登录</h1>
<p role="alert">SENTENCE</p>
SUBJECT<p><a href="/">返回登录页面</a></p>
</main>
</body>
</html>
)html";

std::string Escaped(const std::string& text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

grpc::Status Refusal(absl::StatusCode code, const char* reason, const char* message, const char* message_zh) {
  return rpc::ToGrpc(refusal::Make({code, reason, "", message, message_zh}));
}

grpc::Status NotBegun() {
  return Refusal(absl::StatusCode::kPermissionDenied, "SSO_NOT_BEGUN",
                 "the browser did not begin at the sign-in page, or too long ago",
                 "登录须从本系统登录页面开始，或等待时间过长。请返回登录页面，再点“统一身份认证登录”。");
}

grpc::Status NobodyNamed() {
  return Refusal(absl::StatusCode::kUnauthenticated, "SSO_SUBJECT_MISSING",
                 "the front does not say who has signed in",
                 "统一身份认证没有给出您的账号，请联系平台运维人员。");
}

grpc::Status TooWeak() {
  return Refusal(absl::StatusCode::kPermissionDenied, "SSO_TOO_WEAK",
                 "the identity provider does not say that it asked for enough",
                 "本系统要求以双因素方式登录统一身份认证，请退出后重新登录，或改用账号密码登录。");
}

grpc::Status TooMany() {
  return Refusal(absl::StatusCode::kResourceExhausted, "TOO_MANY_CALLS",
                 "too many calls in ten seconds; try again in a moment", "操作过于频繁，请稍候十秒再试。");
}

int StatusOf(const grpc::Status& status) {
  if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) return 429;
  const bool ours = status.error_code() != grpc::StatusCode::UNAUTHENTICATED &&
                    status.error_code() != grpc::StatusCode::PERMISSION_DENIED &&
                    status.error_code() != grpc::StatusCode::INVALID_ARGUMENT;
  return ours ? 503 : 403;
}

Headers Common() {
  return {{"Cache-Control", "no-store"},
          {"X-Content-Type-Options", "nosniff"},
          {"Referrer-Policy", "no-referrer"}};
}

prometheus::Counter& SignIns(metrics::Metrics& metrics, const std::string& result) {
  return metrics.Counter("tonghu_gateway_federated_sign_ins_total", "sign-ins by an identity provider",
                         {{"result", result}});
}

}  // namespace

SingleSignOn::SingleSignOn(const Parts& parts, SsoSettings settings, Manners manners)
    : access_(parts.channel == nullptr ? nullptr : access::v1::SessionService::NewStub(parts.channel)),
      rates_(parts.rates),
      wall_(parts.wall),
      opened_(SignIns(parts.metrics, "opened")),
      refused_(SignIns(parts.metrics, "refused")),
      settings_(std::move(settings)),
      manners_(std::move(manners)) {}

asio::awaitable<void> SingleSignOn::Handle(Connection& connection, const Request& request) {
  const auto target = ParseTarget(request.target);
  if (!target.ok() || target->path != settings_.path || request.verb != "GET") {
    Answer nothing;
    nothing.status = target.ok() && target->path == settings_.path ? 405 : 404;
    co_await connection.Write(std::move(nothing));
    co_return;
  }
  std::string token;
  const grpc::Status status = co_await Try(connection, request, *target, token);
  if (!status.ok()) {
    co_await Refuse(connection, request, status);
    co_return;
  }
  opened_.Increment();
  Answer answer;
  answer.status = 303;
  answer.headers = Common();
  answer.headers.emplace_back("Set-Cookie",
                              absl::StrCat(kSsoCookie, "=; Path=", settings_.path, "; Max-Age=0"));
  answer.headers.emplace_back("Set-Cookie", SessionCookie(token, manners_.secure_cookie));
  answer.headers.emplace_back("Location", ReturnPath(*target, settings_));
  co_await connection.Write(std::move(answer));
}

asio::awaitable<grpc::Status> SingleSignOn::Try(Connection& connection, const Request& request,
                                                const Target& target, std::string& token) {
  const Headers& headers = request.headers;
  // The front is on this machine, so the last address is the front's word, and those before it count as far
  // as they come from proxies.
  const std::string address = ForwardedAddress(Header(headers, "x-forwarded-for"), manners_.proxies);
  if (!rates_.Take(address, manners_.calls_per_address, wall_.Now())) co_return TooMany();
  if (!BeganHere(target, headers)) co_return NotBegun();
  const auto subject = SubjectOf(headers, settings_);
  if (absl::IsPermissionDenied(subject.status())) co_return TooWeak();
  if (!subject.ok() || !rpc::IsUtf8(*subject)) co_return NobodyNamed();
  access::v1::CreateFederatedSessionRequest call;
  call.set_issuer(settings_.issuer);
  call.set_subject(*subject);
  call.set_address(address);
  call.set_user_agent(rpc::CleanText(std::string(Header(headers, "user-agent")), kMostAgent));
  const grpc::Status opened = co_await Open(connection, std::move(call), token);
  co_return opened;
}

asio::awaitable<grpc::Status> SingleSignOn::Open(Connection& connection,
                                                 access::v1::CreateFederatedSessionRequest request,
                                                 std::string& token) {
  if (access_ == nullptr) co_return grpc::Status(grpc::StatusCode::UNAVAILABLE, "this system has no access");
  struct Asked {
    grpc::ClientContext context;
    access::v1::CreateFederatedSessionRequest request;
    access::v1::Session session;
    grpc::Status status;
  };
  const auto asked = std::make_shared<Asked>();
  asked->request = std::move(request);
  asked->status = grpc::Status(grpc::StatusCode::UNAVAILABLE, "access does not answer");
  asked->context.set_deadline(rpc::MonotonicDeadline(kTimeout));
  const auto done = std::make_shared<Signal>(connection.executor());
  access_->async()->CreateFederatedSession(
      &asked->context, &asked->request, &asked->session,
      [asked, done, executor = connection.executor()](const grpc::Status& status) {
        asio::post(executor, [asked, done, status] {
          asked->status = status;
          done->Set();
        });
      });
  co_await done->Wait(kLongestWait);
  token = asked->session.session_token();
  co_return asked->status;
}

asio::awaitable<void> SingleSignOn::Refuse(Connection& connection, const Request& request,
                                           const grpc::Status& status) {
  refused_.Increment();
  const refusal::Refusal shown = rpc::Shown(rpc::FromGrpc(status));
  spdlog::info("single sign-on refused: {}", shown.reason);
  const auto subject = SubjectOf(request.headers, settings_);
  const std::string named =
      subject.ok() && rpc::IsUtf8(*subject)
          ? absl::StrCat("<p>统一身份认证账号：<code>", Escaped(*subject), "</code></p>\n")
          : "";
  const std::string nonce = NewNonce();
  Answer answer;
  answer.status = StatusOf(status);
  answer.headers = Common();
  answer.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
  answer.headers.emplace_back("Content-Security-Policy",
                              absl::StrCat("default-src 'none'; style-src 'nonce-", nonce,
                                           "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"));
  answer.body = absl::StrReplaceAll(
      kPage, {{"NONCE", nonce}, {"SENTENCE", Escaped(shown.message_zh)}, {"SUBJECT", named}});
  co_await connection.Write(std::move(answer));
}

}  // namespace tonghu::gateway
