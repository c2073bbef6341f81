// The messages in the body of a stream's request.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "services/gateway/domain/envelope.h"
#include "services/gateway/http/gateway.h"

namespace tonghu::gateway {

// Reads the envelopes of one request. Used by one coroutine; what it is given outlives it.
class Messages {
 public:
  Messages(Connection& connection, const Schema& schema, const Passage& passage, const Limits& limits);

  // Errors: UNIMPLEMENTED for a compression that is not known.
  absl::Status Check() const;
  // Reads on until a message is whole, and gives its binary form; nothing behind the last. Errors: those of
  // Connection::ReadPiece, EnvelopeReader and Schema::ToBinary; INVALID_ARGUMENT when the last envelope is
  // not whole.
  boost::asio::awaitable<absl::Status> Next(std::optional<std::string>& message);

 private:
  absl::Status Take(std::optional<std::string>& message);

  Connection& connection_;
  const Schema& schema_;
  const Passage& passage_;
  const Limits& limits_;
  EnvelopeReader reader_;
  std::string piece_;
};

}  // namespace tonghu::gateway
