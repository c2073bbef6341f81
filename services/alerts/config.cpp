#include "services/alerts/config.h"

#include "libs/status/macros.h"
#include "services/alerts/webhook/signature.h"

namespace tonghu::alerts {

absl::StatusOr<Config> ReadConfig(config::Reader& reader) {
  Config config;
  config.webhook.url = reader.String("webhook.url", "");
  const std::string secret = reader.String("webhook.secret", "");
  config.webhook.per_minute = static_cast<int>(reader.Int("webhook.per_minute", 600, 1, 100'000));
  config.webhook.at_once = static_cast<int>(reader.Int("webhook.at_once", 4, 1, 64));
  RETURN_IF_ERROR(reader.Fault());
  // Without a url there is no webhook, and the secret is not looked at.
  if (config.webhook.url.empty()) return config;
  if (!config.webhook.url.starts_with("http://") && !config.webhook.url.starts_with("https://")) {
    return absl::InvalidArgumentError("settings: webhook.url must begin with http:// or https://");
  }
  ASSIGN_OR_RETURN(auto key, WebhookKey(secret));
  config.webhook.key = std::move(key);
  return config;
}

}  // namespace tonghu::alerts
