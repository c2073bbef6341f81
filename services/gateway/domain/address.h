// Who a client is behind proxies. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tonghu::gateway {

// Addresses and networks ("10.0.0.0/8", "::1").
class Networks {
 public:
  // Reads a list separated by commas; an empty text: none. Errors: INVALID_ARGUMENT naming what is no
  // network.
  static absl::StatusOr<Networks> Parse(absl::string_view text);
  bool Contains(absl::string_view address) const;

 private:
  struct Network {
    std::string bytes;  // of the address: 4 or 16
    int bits;
  };
  std::vector<Network> networks_;
};

// An IPv4 address that travels as IPv6 ("::ffff:1.2.3.4") is written as IPv4.
std::string PlainAddress(absl::string_view address);

// The address of the client: the last in X-Forwarded-For that is no proxy of ours, when the peer is one;
// otherwise the peer's. What a client writes there itself stands in front of what proxies add, and is never
// taken.
std::string ClientAddress(absl::string_view peer, absl::string_view forwarded_for, const Networks& proxies);

// The same, where the peer is a proxy of ours whatever its address; empty when it says nothing.
std::string ForwardedAddress(absl::string_view forwarded_for, const Networks& proxies);

// Whether a browser's page of another origin sent the request, by the headers Origin and Sec-Fetch-Site,
// which pages can't set. `host`: the header Host; `allowed`: origins that are also ours ("https://a.gov.cn").
bool IsForeign(absl::string_view origin, absl::string_view fetch_site, absl::string_view host,
               const std::vector<std::string>& allowed);

}  // namespace tonghu::gateway
