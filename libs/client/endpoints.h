// The endpoints of a running stack: endpoints.json, as deploy/local writes it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace tonghu::client {

// The addresses of a stack, and its clock.
struct Endpoints {
  std::map<std::string, std::vector<std::string>>
      replicas;                  // service → its replicas' gRPC addresses, at least one
  std::string clock = "system";  // or "virtual:<path>"

  // The addresses of a service for rpc::Dial: "127.0.0.1:1,127.0.0.1:2". Errors: UNAVAILABLE when the stack
  // has no such service.
  absl::StatusOr<std::string> AddressesOf(std::string_view service) const;
};

// Reads the JSON text. `origin` names the text in errors. Errors: INVALID_ARGUMENT saying what is wrong.
absl::StatusOr<Endpoints> ParseEndpoints(std::string_view json, std::string_view origin);

// Reads a file. Errors: UNAVAILABLE, with the remedy, when the file can't be read; else as ParseEndpoints.
absl::StatusOr<Endpoints> ReadEndpoints(const std::string& path);

}  // namespace tonghu::client
