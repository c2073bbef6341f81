// The alerts service's own settings, beside those of every service (libs/process).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "libs/config/config.h"

namespace tonghu::alerts {

// The channel out of the platform, if there is one.
struct Webhook {
  std::string url;       // empty: the live stream is the only channel
  std::string key;       // the key that signs, from the secret
  int per_minute = 600;  // posts a minute of all replicas together; emergencies are not counted
  int at_once = 4;       // posts under way at once, of each replica; emergencies are not counted
};

struct Config {
  Webhook webhook;
};

// Reads webhook.url, webhook.secret ("whsec_…", required with a url), webhook.per_minute and webhook.at_once.
// Errors: INVALID_ARGUMENT naming the key.
absl::StatusOr<Config> ReadConfig(config::Reader& reader);

}  // namespace tonghu::alerts
