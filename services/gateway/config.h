// The gateway's own settings.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "libs/config/config.h"
#include "services/gateway/domain/single_sign_on.h"
#include "services/gateway/http/gateway.h"
#include "services/gateway/http/limits.h"

namespace tonghu::gateway {

struct Config {
  std::string descriptor_set;  // a serialized google.protobuf.FileDescriptorSet
  std::string console;         // folder of the console's files; empty: none
  std::string api;             // folder of the API's description, served below /api/; empty: none
  int threads = 2;
  Limits limits;
  Manners manners;
  SsoSettings sso;
};

// Reads what README.md lists. Errors: INVALID_ARGUMENT naming the key.
absl::StatusOr<Config> ReadConfig(config::Reader& reader);

}  // namespace tonghu::gateway
