// This service's own settings, beside those every service has (libs/process).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "libs/config/config.h"

namespace tonghu::alerts {

struct Webhook {
  std::string url;       // empty: the live stream is the only channel
  std::string key;       // what signs; from the secret
  int per_minute = 600;  // of all replicas together; emergencies are not counted
  int at_once = 4;       // posts under way, of each replica; emergencies are not counted
};

struct Config {
  Webhook webhook;
};

// Reads webhook.url, webhook.secret ("whsec_…", required with a url), webhook.per_minute
// and webhook.at_once. Errors:
// INVALID_ARGUMENT naming the key.
absl::StatusOr<Config> ReadConfig(config::Reader& reader);

}  // namespace tonghu::alerts
