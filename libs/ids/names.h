// Resource names (AIP-122): "counties/520521/children/<id>". A name that is accepted here can't carry a
// wildcard, dot, space or slash into a message subject.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tonghu::ids {

// A resource name in its parts.
struct Name {
  std::string county;      // six digits
  std::string collection;  // "children"
  std::string id;          // [A-Za-z0-9][A-Za-z0-9_-]{0,62}

  std::string ToString() const;
  friend bool operator==(const Name&, const Name&) = default;
};

// Whether `text` is six digits; and whether it is an id, as in Name::id.
bool IsCounty(std::string_view text);
bool IsId(std::string_view text);

// Reads the name of a resource in `collection`, which the request has in `field`. Errors: INVALID_ARGUMENT,
// reason NAME_MALFORMED, with the expected form; the text itself is not repeated.
absl::StatusOr<Name> ParseName(std::string_view text, std::string_view collection, std::string_view field);

// Reads "counties/520521" and gives the county's code. Errors: as ParseName's.
absl::StatusOr<std::string> ParseParent(std::string_view text, std::string_view field);

}  // namespace tonghu::ids
