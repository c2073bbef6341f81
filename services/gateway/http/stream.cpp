// Streams: envelopes there, envelopes back, a last one that says how it ended.
#include <boost/asio/post.hpp>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "services/gateway/app/gzip.h"
#include "services/gateway/domain/envelope.h"
#include "services/gateway/http/gateway.h"
#include "services/gateway/http/signal.h"

namespace tonghu::gateway {
namespace {

namespace asio = boost::asio;

constexpr size_t kWorthPacking = 1 << 10;

grpc::Status Plain(const absl::Status& status) {
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()));
}

grpc::Status RightsChanged() {
  return rpc::ToGrpc(refusal::Make({absl::StatusCode::kUnavailable, "RIGHTS_CHANGED", "",
                                    "what the caller may do has changed; begin the stream anew",
                                    "您的权限已变更，正在重新连接。"}));
}

}  // namespace

Headers Gateway::StreamHeaders(const Visit& visit, const Passage& passage) const {
  Headers headers = DataHeaders(visit, ContentType(passage.type));
  // nginx hands every piece on at once, and no proxy packs what is already framed.
  headers.emplace_back("X-Accel-Buffering", "no");
  headers.emplace_back("Connect-Accept-Encoding", "gzip");
  if (passage.gzip) headers.emplace_back("Connect-Content-Encoding", "gzip");
  return headers;
}

std::string Gateway::Framed(const Passage& passage, uint8_t flags, std::string message) const {
  if (passage.gzip && message.size() >= kWorthPacking) {
    message = Gzip(message);
    flags |= kFlagCompressed;
  }
  return absl::StrCat(EnvelopeHead(flags, message.size()), message);
}

// All of a client's messages are read before the first answer: HTTP/1.1 has no way for both at once.
asio::awaitable<grpc::Status> Gateway::ReadMessages(Connection& connection, const Passage& passage,
                                                    std::vector<std::string>& messages) {
  const bool plain = IsIdentity(passage.request_encoding);
  if (!plain && passage.request_encoding != "gzip")
    co_return Plain(
        absl::UnimplementedError("the messages' compression is not known; gzip and identity are"));
  EnvelopeReader reader(limits_.message_bytes);
  const auto take = [&](absl::string_view piece) -> absl::Status {
    reader.Feed(piece);
    for (;;) {
      auto next = reader.Next();
      if (!next.ok()) return next.status();
      if (!next->has_value()) return absl::OkStatus();
      const bool compressed = ((*next)->flags & kFlagCompressed) != 0;
      if (compressed && plain)
        return absl::InternalError("a message is compressed, but no compression was named");
      auto unpacked = Unpack(passage, std::move((*next)->message), compressed);
      if (!unpacked.ok()) return unpacked.status();
      if (passage.type.codec == Codec::kJson)
        unpacked = schema_.ToBinary(*passage.method->descriptor->input_type(), *unpacked);
      if (!unpacked.ok()) return unpacked.status();
      messages.push_back(*std::move(unpacked));
    }
  };
  const std::function<absl::Status(absl::string_view)> sink = take;
  const absl::Status read = co_await connection.ReadBody(sink);
  if (!read.ok()) co_return Plain(read);
  if (reader.torn()) co_return Plain(absl::InvalidArgumentError("the last envelope is not whole"));
  if (!passage.method->descriptor->client_streaming() && messages.size() != 1)
    co_return Plain(absl::UnimplementedError("this method takes one message"));
  co_return grpc::Status::OK;
}

asio::awaitable<void> Gateway::Stream(Connection& connection, const Visit& visit, const Passage& passage) {
  std::vector<std::string> messages;
  Headers metadata = MetadataOf(visit.request->headers, manners_.passing);
  const auto timeout = TimeoutOf(visit);
  grpc::Status status = timeout.ok() ? grpc::Status::OK : Plain(timeout.status());
  if (status.ok()) status = co_await ReadMessages(connection, passage, messages);
  if (status.ok()) status = co_await Identify(connection, visit, passage, metadata);
  CallParts parts{backends_.Stub(passage.service), passage.method->path, std::move(metadata),
                  timeout.value_or(absl::ZeroDuration())};
  if (status.ok() && parts.stub == nullptr)
    status = grpc::Status(grpc::StatusCode::UNAVAILABLE, "this system has no such service");
  if (!status.ok()) {
    co_await EndStream(connection, visit, passage, status, Headers(), false);
    co_return;
  }
  streams_.Increment();
  const absl::Cleanup closed = [this] { streams_.Decrement(); };
  const auto call = std::make_shared<StreamCall>(std::move(parts), std::move(messages));
  const auto news = std::make_shared<Signal>(connection.executor());
  call->Start([news, executor = connection.executor()] { asio::post(executor, [news] { news->Set(); }); });
  connection.Watch([call] { call->Cancel(); });
  bool begun = false;
  status = co_await Relay(connection, visit, passage, *call, *news, begun);
  connection.Unwatch();
  const Headers trailers = HeadersOf(call->trailers(), manners_.passing, "");
  co_await EndStream(connection, visit, passage, status, trailers, begun);
}

// A session may end, and a right with a post, while a stream is open.
asio::awaitable<grpc::Status> Gateway::StillMay(Connection& connection, const Visit& visit,
                                                const Passage& passage, std::string& rights) {
  if (manners_.open) co_return grpc::Status::OK;
  const Issued issued = co_await Ask(connection, visit, passage);
  const auto code = issued.status.error_code();
  if (code == grpc::StatusCode::UNAUTHENTICATED || code == grpc::StatusCode::PERMISSION_DENIED)
    co_return issued.status;
  // While access is away, who was let in stays.
  if (!issued.status.ok()) co_return grpc::Status::OK;
  const bool changed = !rights.empty() && rights != issued.known.rights;
  rights = issued.known.rights;
  co_return changed ? RightsChanged() : grpc::Status::OK;
}

// Writes what the service says until the call is done. The next message is read from the service when the one
// before is written, so that a slow client slows its own call only.
asio::awaitable<grpc::Status> Gateway::Relay(Connection& connection, const Visit& visit,
                                             const Passage& passage, StreamCall& call, Signal& news,
                                             bool& begun) {
  grpc::Status broken;
  std::string rights;
  auto ask_at = Connection::Clock::now();
  for (;;) {
    if (broken.ok() && Connection::Clock::now() >= ask_at) {
      ask_at += manners_.ask_again;
      broken = co_await StillMay(connection, visit, passage, rights);
      if (!broken.ok()) call.Cancel();
    }
    co_await news.Wait(manners_.ask_again);
    bool there = true;
    if (auto given = call.TakeHeaders(); given.has_value()) {
      Headers headers = StreamHeaders(visit, passage);
      for (auto& header : HeadersOf(*given, manners_.passing, "")) headers.push_back(std::move(header));
      there = co_await connection.Begin(200, headers);
      begun = true;
    }
    // The news of a message may come before that of the headers, which gRPC tells on another thread.
    const auto next = [&] { return begun ? call.TakeMessage() : std::nullopt; };
    for (auto message = next(); there && message.has_value(); message = next()) {
      if (passage.type.codec == Codec::kJson) {
        auto json = schema_.ToJson(*passage.method->descriptor->output_type(), *message);
        if (!json.ok()) broken = Plain(json.status());
        if (!json.ok()) break;
        message = *std::move(json);
      }
      there = co_await connection.WritePiece(Framed(passage, 0, *std::move(message)));
    }
    if (!there || !broken.ok()) call.Cancel();
    const auto end = call.end();
    if (end.has_value()) co_return broken.ok() ? *end : broken;
  }
}

asio::awaitable<void> Gateway::EndStream(Connection& connection, const Visit& visit, const Passage& passage,
                                         const grpc::Status& status, const Headers& trailers, bool begun) {
  bool there = true;
  if (!begun) {
    const Headers headers = StreamHeaders(visit, passage);
    there = co_await connection.Begin(200, headers);
  }
  if (!there) co_return;
  const CallError error = ErrorOf(status);
  std::string last = EndOfStreamJson(status.ok() ? nullptr : &error, trailers);
  there = co_await connection.WritePiece(Framed(passage, kFlagEndOfStream, std::move(last)));
  if (there) co_await connection.End();
}

}  // namespace tonghu::gateway
