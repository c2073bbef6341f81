// TLS between processes: the certificate of each says who it is. Files are watched, so that certificates and
// keys turn over without a restart.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace tonghu::rpc {

// What one process has, as PEM files.
struct TlsFiles {
  std::string ca;  // the authorities that it trusts
  std::string
      certificate;  // what it shows, whose chain may follow, and the private key: one file turns over at once
};

// One process's side of its connections. New connections use the files as they are: a changed file is read
// within two seconds. Where the key is not the certificate's, new connections fail until the file is right.
// Thread-safe.
class Tls {
 public:
  // Errors: FAILED_PRECONDITION naming the file that can't be read or lacks what belongs into it.
  static absl::StatusOr<std::shared_ptr<const Tls>> Open(const TlsFiles& files);

  // Demands a certificate of every client; one that no trusted authority has signed, or that has run out, is
  // refused.
  const std::shared_ptr<grpc::ServerCredentials>& server() const { return server_; }
  // Demands of every server a certificate in the name of the service that was dialled (Dial).
  const std::shared_ptr<grpc::ChannelCredentials>& channel() const { return channel_; }
  // When the certificate that stands in the file now runs out. Errors: as Open's.
  absl::StatusOr<absl::Time> End() const;

 private:
  explicit Tls(const TlsFiles& files);
  const TlsFiles files_;
  std::shared_ptr<grpc::ServerCredentials> server_;
  std::shared_ptr<grpc::ChannelCredentials> channel_;
};

// The name in a service's certificate: "pairing.tonghu" for "pairing".
std::string ServerName(const std::string& service);

}  // namespace tonghu::rpc
