#include "services/gateway/http/messages.h"

#include <utility>

#include "libs/status/macros.h"
#include "services/gateway/app/errors.h"
#include "services/gateway/app/gzip.h"

namespace tonghu::gateway {

namespace asio = boost::asio;

Messages::Messages(Connection& connection, const Schema& schema, const Passage& passage, const Limits& limits)
    : connection_(connection),
      schema_(schema),
      passage_(passage),
      limits_(limits),
      reader_(limits.message_bytes) {}

absl::Status Messages::Check() const {
  if (IsIdentity(passage_.request_encoding) || passage_.request_encoding == "gzip") return absl::OkStatus();
  return absl::UnimplementedError("the messages' compression is not known; gzip and identity are");
}

absl::Status Messages::Take(std::optional<std::string>& message) {
  auto next = reader_.Next();
  if (absl::IsResourceExhausted(next.status()))
    return TooLarge(next.status().message(), limits_.message_bytes);
  if (!next.ok() || !next->has_value()) return next.status();
  std::string bytes = std::move((*next)->message);
  if (((*next)->flags & kFlagCompressed) != 0) {
    if (IsIdentity(passage_.request_encoding))
      return absl::InternalError("a message is compressed, but no compression was named");
    ASSIGN_OR_RETURN(bytes, Gunzip(bytes, limits_.message_bytes));
  }
  if (passage_.type.codec == Codec::kJson) {
    ASSIGN_OR_RETURN(bytes, schema_.ToBinary(*passage_.method->descriptor->input_type(), bytes));
  }
  message = std::move(bytes);
  return absl::OkStatus();
}

asio::awaitable<absl::Status> Messages::Next(std::optional<std::string>& message) {
  message.reset();
  const auto body = IsUpload(*passage_.method) ? Connection::Body::kUpload : Connection::Body::kWhole;
  for (;;) {
    const absl::Status taken = Take(message);
    if (!taken.ok() || message.has_value()) co_return taken;
    const absl::Status read = co_await connection_.ReadPiece(body, piece_);
    if (!read.ok()) co_return read;
    if (piece_.empty()) break;
    reader_.Feed(piece_);
  }
  if (reader_.torn()) co_return absl::InvalidArgumentError("the last envelope is not whole");
  co_return absl::OkStatus();
}

}  // namespace tonghu::gateway
