// The names of those who acted.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"

namespace tonghu::access {

// The display names of the accounts among `actors` ("counties/520521/accounts/…"), by actor. Actors that are
// no known account are left out. Errors: the connection's.
absl::StatusOr<std::map<std::string, std::string>> ActorNames(postgres::Connection& db,
                                                              absl::Span<const std::string> actors);

}  // namespace tonghu::access
