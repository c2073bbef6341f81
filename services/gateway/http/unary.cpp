// Unary calls: one message there, one back.
#include <boost/asio/post.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "services/gateway/app/errors.h"
#include "services/gateway/app/gzip.h"
#include "services/gateway/domain/codes.h"
#include "services/gateway/http/gateway.h"
#include "services/gateway/http/signal.h"

namespace tonghu::gateway {
namespace {

namespace asio = boost::asio;

constexpr auto kForever = std::chrono::hours(24 * 365);
constexpr size_t kWorthPacking = 1 << 10;

grpc::Status NotSignedIn() {
  return rpc::ToGrpc(
      refusal::Make({absl::StatusCode::kUnauthenticated, "NOT_SIGNED_IN", "",
                     "the call has neither a session nor an API key", "您尚未登录，请先登录。"}));
}

}  // namespace

asio::awaitable<grpc::Status> Gateway::ReadMessage(Connection& connection, const Visit& visit,
                                                   const Passage& passage, std::string& message) {
  const bool plain = IsIdentity(passage.request_encoding);
  if (!plain && passage.request_encoding != "gzip")
    co_return Plain(
        absl::UnimplementedError("the message's compression is not known; gzip and identity are"));
  if (visit.request->verb == "GET") {
    auto given = MessageOf(visit.target);
    if (!given.ok()) co_return Plain(given.status());
    message = *std::move(given);
  } else {
    const size_t most = limits_.message_bytes;
    const std::function<absl::Status(absl::string_view)> take = [&message, most](absl::string_view piece) {
      if (message.size() + piece.size() > most)
        return TooLarge("the message is longer than the gateway takes", most);
      message.append(piece.data(), piece.size());
      return absl::OkStatus();
    };
    const absl::Status read = co_await connection.ReadBody(take);
    if (!read.ok()) co_return Plain(read);
  }
  if (!plain) {
    auto unpacked = Gunzip(message, limits_.message_bytes);
    if (!unpacked.ok()) co_return Plain(unpacked.status());
    message = *std::move(unpacked);
  }
  const auto& input = *passage.method->descriptor->input_type();
  if (passage.type.codec == Codec::kJson) {
    auto binary = schema_.ToBinary(input, message);
    if (!binary.ok()) co_return Plain(binary.status());
    message = *std::move(binary);
  }
  const auto effect = passage.method->session;
  if (manners_.open || effect == api::v1::SESSION_EFFECT_UNSPECIFIED ||
      effect == api::v1::SESSION_EFFECT_OPENS)
    co_return grpc::Status::OK;
  if (visit.caller.token.empty()) co_return NotSignedIn();
  co_return Plain(schema_.PutSessionToken(input, visit.caller.token, message));
}

asio::awaitable<void> Gateway::Unary(Connection& connection, const Visit& visit, const Passage& passage) {
  std::string message;
  Headers metadata = MetadataOf(visit.request->headers, manners_.passing);
  const auto timeout = TimeoutOf(visit);
  grpc::Status status = timeout.ok() ? grpc::Status::OK : Plain(timeout.status());
  if (status.ok()) status = co_await ReadMessage(connection, visit, passage, message);
  if (status.ok()) status = co_await Identify(connection, visit, passage, metadata);
  if (!status.ok()) {
    co_await AnswerUnary(connection, visit, passage, status, "", Headers());
    co_return;
  }
  const absl::Duration longest =
      manners_.open ? absl::InfiniteDuration() : absl::Seconds(limits_.unary_time.count());
  CallParts parts{backends_.Stub(passage.service), passage.method->path, std::move(metadata),
                  std::min(*timeout, longest)};
  if (parts.stub == nullptr) {
    const grpc::Status away(grpc::StatusCode::UNAVAILABLE, "this system has no such service");
    co_await AnswerUnary(connection, visit, passage, away, "", Headers());
    co_return;
  }
  const auto call = std::make_shared<UnaryCall>(std::move(parts), message);
  message.clear();
  const auto done = std::make_shared<Signal>(connection.executor());
  call->Start([done, executor = connection.executor()] { asio::post(executor, [done] { done->Set(); }); });
  connection.Watch([call] { call->Cancel(); });
  co_await done->Wait(kForever);
  connection.Unwatch();
  Headers headers = HeadersOf(call->headers(), manners_.passing, "");
  for (auto& trailer : HeadersOf(call->trailers(), manners_.passing, "trailer-"))
    headers.push_back(std::move(trailer));
  co_await AnswerUnary(connection, visit, passage, call->status(), call->reply(), std::move(headers));
}

asio::awaitable<void> Gateway::AnswerUnary(Connection& connection, const Visit& visit, const Passage& passage,
                                           const grpc::Status& status, std::string reply, Headers headers) {
  Answer answer;
  grpc::Status end = status;
  // What access was told may change what the caller may do (broken glass): the next call asks anew.
  if (end.ok() && passage.service == "access" && !passage.method->safe)
    identities_.Forget(visit.caller.token);
  if (end.ok()) end = Plain(KeepSession(visit, passage, reply, headers));
  if (end.ok() && passage.type.codec == Codec::kJson) {
    auto json = schema_.ToJson(*passage.method->descriptor->output_type(), reply);
    if (json.ok()) reply = *std::move(json);
    if (!json.ok()) end = Plain(json.status());
  }
  answer.headers = DataHeaders(visit, end.ok() ? ContentType(passage.type) : "application/json");
  answer.status = end.ok() ? 200 : HttpStatusOf(static_cast<absl::StatusCode>(end.error_code()));
  answer.body = end.ok() ? std::move(reply) : ErrorJson(ErrorOf(end));
  if (passage.gzip && answer.body.size() >= kWorthPacking) {
    answer.body = Gzip(answer.body);
    answer.headers.emplace_back("Content-Encoding", "gzip");
  }
  answer.headers.emplace_back("Vary", "Accept-Encoding");
  for (auto& header : headers) answer.headers.push_back(std::move(header));
  co_await connection.Write(std::move(answer));
}

// Moves a session's token from the answer into the cookie.
absl::Status Gateway::KeepSession(const Visit& visit, const Passage& passage, std::string& reply,
                                  Headers& headers) {
  const auto effect = passage.method->session;
  if (effect == api::v1::SESSION_EFFECT_UNSPECIFIED || manners_.open) return absl::OkStatus();
  auto token = schema_.TakeSessionToken(*passage.method->descriptor->output_type(), reply);
  if (!token.ok()) return absl::InternalError("the answer can't be read");
  identities_.Forget(visit.caller.token);
  const bool over = effect == api::v1::SESSION_EFFECT_CLOSES;
  if (token->empty() && !over) return absl::OkStatus();
  headers.emplace_back("Set-Cookie", SessionCookie(over ? "" : *token, manners_.secure_cookie));
  return absl::OkStatus();
}

}  // namespace tonghu::gateway
