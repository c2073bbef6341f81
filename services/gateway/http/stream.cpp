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
#include "services/gateway/http/messages.h"
#include "services/gateway/http/signal.h"

namespace tonghu::gateway {
namespace {

namespace asio = boost::asio;

constexpr size_t kWorthPacking = 1 << 10;
constexpr auto kLookEvery = std::chrono::seconds(1);  // for a client that hangs up while a service is slow

grpc::Status RightsChanged() {
  return rpc::ToGrpc(refusal::Make({absl::StatusCode::kUnavailable, "RIGHTS_CHANGED", "",
                                    "what the caller may do has changed; begin the stream anew",
                                    "您的权限已变更，正在重新连接。"}));
}

}  // namespace

// A stream's call under way.
struct Live {
  Connection& connection;
  const Visit& visit;
  const Passage& passage;
  StreamCall& call;
  Signal& news;
  bool begun = false;   // the answer has begun
  grpc::Status broken;  // why the gateway ended the call
  std::string rights;   // the caller's, as access said last
  Connection::Clock::time_point ask_at = Connection::Clock::now();

  // Ends the call because of a fault that is not the service's.
  void Break(grpc::Status why) {
    broken = std::move(why);
    call.Cancel();
  }
};

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

asio::awaitable<grpc::Status> Gateway::ReadFirst(const Passage& passage, Messages& messages,
                                                 std::vector<std::string>& first) {
  std::optional<std::string> message;
  do {
    const absl::Status read = co_await messages.Next(message);
    if (!read.ok()) co_return Plain(read);
    if (message.has_value()) first.push_back(*std::move(message));
  } while (message.has_value() && !IsUpload(*passage.method));
  if (!passage.method->descriptor->client_streaming() && first.size() != 1)
    co_return Plain(absl::UnimplementedError("this method takes one message"));
  co_return grpc::Status::OK;
}

// Of an upload access is asked before anything is read, so that a stranger sends nothing. The service is
// called with the first message, so that who sends nothing takes none of its places.
asio::awaitable<grpc::Status> Gateway::Prepare(Connection& connection, const Visit& visit,
                                               const Passage& passage, Messages& messages, Opening& opening) {
  const bool upload = IsUpload(*passage.method);
  CallParts& parts = opening.parts;
  parts.metadata = MetadataOf(visit.request->headers, manners_.passing);
  const auto timeout = TimeoutOf(visit);
  if (!timeout.ok()) co_return Plain(timeout.status());
  const absl::Status known = messages.Check();
  if (!known.ok()) co_return Plain(known);
  grpc::Status status;
  if (upload) status = co_await Identify(connection, visit, passage, parts.metadata);
  if (status.ok()) status = co_await ReadFirst(passage, messages, opening.first);
  if (status.ok() && !upload) status = co_await Identify(connection, visit, passage, parts.metadata);
  if (!status.ok()) co_return status;
  parts.stub = backends_.Stub(passage.service);
  if (parts.stub == nullptr)
    co_return grpc::Status(grpc::StatusCode::UNAVAILABLE, "this system has no such service");
  parts.path = passage.method->path;
  parts.timeout = *timeout;
  if (upload && !manners_.open)
    parts.timeout = std::min(parts.timeout, absl::Seconds(limits_.upload_time.count()));
  co_return grpc::Status::OK;
}

asio::awaitable<void> Gateway::Stream(Connection& connection, const Visit& visit, const Passage& passage) {
  std::optional<Messages> messages(std::in_place, connection, schema_, passage, limits_);
  Opening opening;
  const grpc::Status prepared = co_await Prepare(connection, visit, passage, *messages, opening);
  if (!prepared.ok()) {
    co_await EndStream(connection, visit, passage, prepared, Headers(), false);
    co_return;
  }
  streams_.Increment();
  const absl::Cleanup closed = [this] { streams_.Decrement(); };
  const auto call = std::make_shared<StreamCall>(std::move(opening.parts));
  const auto news = std::make_shared<Signal>(connection.executor());
  Live live{connection, visit, passage, *call, *news};
  call->Start([news, executor = connection.executor()] { asio::post(executor, [news] { news->Set(); }); });
  connection.Watch([call] { call->Cancel(); });
  for (const std::string& message : std::exchange(opening.first, {})) call->Send(message);
  if (IsUpload(*passage.method)) {
    co_await Upload(live, *messages);
    connection.Watch([call] { call->Cancel(); });
  } else {
    call->SendDone();
  }
  messages.reset();  // an idle stream holds no buffer
  co_await Relay(live);
  connection.Unwatch();
  const Headers trailers = HeadersOf(call->trailers(), manners_.passing, "");
  const grpc::Status status = live.broken.ok() ? *call->end() : live.broken;
  co_await EndStream(connection, visit, passage, status, trailers, live.begun);
}

// A session may end, and a right with a post, while a stream is open.
asio::awaitable<void> Gateway::AskAgain(Live& live) {
  if (manners_.open || !live.broken.ok() || Connection::Clock::now() < live.ask_at) co_return;
  live.ask_at += manners_.ask_again;
  const Issued issued = co_await Ask(live.connection, live.visit, live.passage);
  const auto code = issued.status.error_code();
  if (code == grpc::StatusCode::UNAUTHENTICATED || code == grpc::StatusCode::PERMISSION_DENIED)
    live.Break(issued.status);
  // While access is away, who was let in stays.
  if (!issued.status.ok()) co_return;
  if (!live.rights.empty() && live.rights != issued.known.rights) live.Break(RightsChanged());
  live.rights = issued.known.rights;
}

// Hands an upload on: one message is read while the service takes the one before. Ends with the body, or when
// the service has answered: what else the client sends is then of no use.
asio::awaitable<void> Gateway::Upload(Live& live, Messages& messages) {
  const auto over = [&live] { return !live.broken.ok() || live.call.answered(); };
  live.news.Also([&live] {
    if (live.call.answered()) live.connection.StopReading();
  });
  const absl::Cleanup only_here = [&live] { live.news.Also(nullptr); };
  std::optional<std::string> message;
  do {
    const absl::Status read = co_await messages.Next(message);
    if (!over() && !read.ok()) live.Break(Plain(read));
    while (!over() && live.call.sending()) {
      co_await live.news.Wait(kLookEvery);
      if (live.connection.HungUp()) live.Break(Plain(absl::CancelledError("the client has gone")));
      co_await AskAgain(live);
    }
    co_await AskAgain(live);
    if (over()) co_return;
    if (message.has_value()) live.call.Send(*message);
  } while (message.has_value());
  live.call.SendDone();
}

// Writes what the service says until the call is done. The next message is read from the service when the one
// before is written, so that a slow client slows its own call only.
asio::awaitable<void> Gateway::Relay(Live& live) {
  bool there = true;
  for (;;) {
    if (auto given = live.call.TakeHeaders(); given.has_value()) {
      Headers headers = StreamHeaders(live.visit, live.passage);
      for (auto& header : HeadersOf(*given, manners_.passing, "")) headers.push_back(std::move(header));
      there = co_await live.connection.Begin(200, headers);
      live.begun = true;
    }
    // The news of a message may come before that of the headers, which gRPC tells on another thread.
    const auto next = [&live] { return live.begun ? live.call.TakeMessage() : std::nullopt; };
    for (auto message = next(); there && message.has_value(); message = next()) {
      if (live.passage.type.codec == Codec::kJson) {
        auto json = schema_.ToJson(*live.passage.method->descriptor->output_type(), *message);
        if (!json.ok()) live.Break(Plain(json.status()));
        if (!json.ok()) break;
        message = *std::move(json);
      }
      there = co_await live.connection.WritePiece(Framed(live.passage, 0, *std::move(message)));
    }
    if (!there) live.call.Cancel();
    if (live.call.end().has_value()) co_return;
    co_await AskAgain(live);
    co_await live.news.Wait(manners_.ask_again);
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
