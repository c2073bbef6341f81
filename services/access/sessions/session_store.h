// Sessions, and the tries of signing in, in Redis: what is lost there makes people sign in again, and no
// more.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/redis/redis.h"
#include "tonghu/access/stored/v1/stored.pb.h"

namespace tonghu::access {

using StoredSession = stored::v1::Session;

// The id of the session of a token. No secret: it is made of the token's hash.
std::string SessionIdOf(std::string_view token);

// Thread-safe. Errors of all functions: SIGN_IN_AWAY when Redis can't be reached.
class SessionStore {
 public:
  // `redis` outlives it.
  explicit SessionStore(redis::Client& redis) : redis_(redis) {}

  // Stores a session under its id.
  absl::Status Put(const std::string& id, const StoredSession& session, absl::Duration lasts);
  // The session of a token; none when it is over.
  absl::StatusOr<std::optional<StoredSession>> Find(const std::string& token);
  // Stores what was changed of a session, unless it was ended meanwhile.
  absl::Status Touch(const std::string& id, const StoredSession& session, absl::Duration lasts);
  // Ends the session `id` of an account; nothing when it is another account's.
  absl::Status End(const std::string& account, const std::string& id);

  struct Listed {
    std::string id;
    StoredSession session;
  };
  // An account's sessions, the one last used first.
  absl::StatusOr<std::vector<Listed>> Of(const std::string& account);

  // Takes one more try of `what` (a login or an account) from an address. Errors also: SIGN_IN_SLOWED, with
  // the time of the next try; nothing was counted then.
  absl::Status Try(const std::string& what, const std::string& address, absl::Time now);
  // Forgets the tries: they led to a complete sign-in.
  absl::Status Forget(const std::string& what, const std::string& address);
  // Counts one more try from an address, whatever the login. Errors also: SIGN_IN_SLOWED.
  absl::Status TryFrom(const std::string& address, absl::Time now);

 private:
  redis::Client& redis_;
};

}  // namespace tonghu::access
