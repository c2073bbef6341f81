#include "services/gateway/domain/address.h"

#include <arpa/inet.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace tonghu::gateway {
namespace {

// The bytes of an address: 4 or 16; empty when it is none.
std::string BytesOf(absl::string_view address) {
  const std::string text(address);
  std::string bytes(4, '\0');
  if (::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return bytes;
  bytes.resize(16);
  return ::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1 ? bytes : std::string();
}

bool SameBits(const std::string& a, const std::string& b, int bits) {
  for (int i = 0; i < bits; ++i) {
    const int mask = 0x80 >> (i % 8);
    if ((a[i / 8] & mask) != (b[i / 8] & mask)) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<Networks> Networks::Parse(absl::string_view text) {
  Networks networks;
  for (absl::string_view word : absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    word = absl::StripAsciiWhitespace(word);
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(word, absl::MaxSplits('/', 1));
    Network network{BytesOf(parts.first), 0};
    network.bits = static_cast<int>(network.bytes.size()) * 8;
    int bits = network.bits;
    const bool wrong =
        network.bytes.empty() || (!parts.second.empty() && !absl::SimpleAtoi(parts.second, &bits));
    if (wrong || bits < 0 || bits > network.bits)
      return absl::InvalidArgumentError(absl::StrCat("proxies: ", word, " is no address or network"));
    network.bits = bits;
    networks.networks_.push_back(std::move(network));
  }
  return networks;
}

bool Networks::Contains(absl::string_view address) const {
  const std::string bytes = BytesOf(address);
  return !bytes.empty() && std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
    return network.bytes.size() == bytes.size() && SameBits(network.bytes, bytes, network.bits);
  });
}

std::string PlainAddress(absl::string_view address) {
  absl::string_view rest = address;
  if (absl::ConsumePrefix(&rest, "::ffff:") && BytesOf(rest).size() == 4) return std::string(rest);
  return std::string(address);
}

std::string ClientAddress(absl::string_view peer, absl::string_view forwarded_for, const Networks& proxies) {
  std::string client = PlainAddress(peer);
  std::vector<absl::string_view> hops = absl::StrSplit(forwarded_for, ',', absl::SkipWhitespace());
  while (!hops.empty() && proxies.Contains(client)) {
    const std::string hop = PlainAddress(absl::StripAsciiWhitespace(hops.back()));
    hops.pop_back();
    // Nonsense is nobody's address.
    if (BytesOf(hop).empty()) break;
    client = hop;
  }
  return client;
}

std::string ForwardedAddress(absl::string_view forwarded_for, const Networks& proxies) {
  const size_t comma = forwarded_for.rfind(',');
  const bool alone = comma == absl::string_view::npos;
  const std::string last =
      PlainAddress(absl::StripAsciiWhitespace(alone ? forwarded_for : forwarded_for.substr(comma + 1)));
  if (BytesOf(last).empty()) return "";
  return ClientAddress(last, alone ? "" : forwarded_for.substr(0, comma), proxies);
}

bool IsForeign(absl::string_view origin, absl::string_view fetch_site, absl::string_view host,
               const std::vector<std::string>& allowed) {
  if (!origin.empty()) {
    if (std::find(allowed.begin(), allowed.end(), origin) != allowed.end()) return false;
    const size_t scheme = origin.find("://");
    return scheme == absl::string_view::npos || !absl::EqualsIgnoreCase(origin.substr(scheme + 3), host);
  }
  return fetch_site == "cross-site" || fetch_site == "same-site";
}

}  // namespace tonghu::gateway
