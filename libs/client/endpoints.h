// The endpoints of a running stack: endpoints.json, as deploy/local writes it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/rpc/server.h"

namespace tonghu::client {

// The addresses of a stack, and its clock.
struct Endpoints {
  std::map<std::string, std::vector<std::string>>
      replicas;                         // service → its replicas' gRPC addresses, at least one
  std::string clock = "system";         // or "virtual:<path>"
  std::shared_ptr<const rpc::Tls> tls;  // as operators/local; null: a stack without certificates

  // The addresses of a service for rpc::Dial: "127.0.0.1:1,127.0.0.1:2". Errors: UNAVAILABLE when the stack
  // has no such service.
  absl::StatusOr<std::string> AddressesOf(std::string_view service) const;
  // A channel to all replicas of a service; with `seen` as rpc::DialOptions says. Errors: as AddressesOf.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> Dial(const std::string& service,
                                                      std::shared_ptr<rpc::Positions> seen = nullptr) const;
};

// Reads the JSON text, and the certificate that it names. `origin` names the text in errors. Errors:
// INVALID_ARGUMENT saying what is wrong; PERMISSION_DENIED, with the remedy, when the certificate can't be
// used.
absl::StatusOr<Endpoints> ParseEndpoints(std::string_view json, std::string_view origin);

// Reads a file. Errors: UNAVAILABLE, with the remedy, when the file can't be read; else as ParseEndpoints.
absl::StatusOr<Endpoints> ReadEndpoints(const std::string& path);

}  // namespace tonghu::client
