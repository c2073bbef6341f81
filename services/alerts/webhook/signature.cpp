#include "services/alerts/webhook/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace tonghu::alerts {

absl::StatusOr<std::string> WebhookKey(std::string_view secret) {
  absl::string_view rest(secret.data(), secret.size());
  absl::StatusOr<std::string> key = "";
  const bool read = absl::ConsumePrefix(&rest, "whsec_") && absl::Base64Unescape(rest, &*key);
  if (!read || key->size() < 24 || key->size() > 64) {
    key = absl::InvalidArgumentError(
        "settings: webhook.secret must be \"whsec_\" and the base64 of 24 to 64 random bytes");
  }
  return key;
}

std::string WebhookSignature(const std::string& key, const std::string& id, absl::Time time,
                             const std::string& body) {
  // The signed text of the Standard Webhooks specification; "v1" is its HMAC-SHA256.
  const std::string text = absl::StrCat(id, ".", absl::ToUnixSeconds(time), ".", body);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  return absl::StrCat("v1,",
                      absl::Base64Escape(absl::string_view(reinterpret_cast<const char*>(digest), size)));
}

}  // namespace tonghu::alerts
