// Resource names (AIP-122): "counties/520521/children/<id>". What passes here can't carry a wildcard, dot,
// space or slash into a message subject.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tonghu::ids {

struct Name {
  std::string county;      // six digits
  std::string collection;  // "children"
  std::string id;          // [A-Za-z0-9][A-Za-z0-9_-]{0,62}

  std::string ToString() const;
  friend bool operator==(const Name&, const Name&) = default;
};

bool IsCounty(std::string_view text);
bool IsId(std::string_view text);

// Reads the name of a resource in `collection`, given in the request's `field`.
// Errors: INVALID_ARGUMENT, reason NAME_MALFORMED, with the expected form; what was given is not repeated.
absl::StatusOr<Name> ParseName(std::string_view text, std::string_view collection, std::string_view field);

// Reads "counties/520521" and gives the county. Errors as ParseName's.
absl::StatusOr<std::string> ParseParent(std::string_view text, std::string_view field);

}  // namespace tonghu::ids
