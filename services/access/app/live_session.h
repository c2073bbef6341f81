// A session that lasts, with whose it is and what they may do.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/access/app/context.h"
#include "services/access/domain/account.h"
#include "services/access/domain/rights.h"
#include "tonghu/access/v1/session_service.pb.h"

namespace tonghu::access {

// From where, and by which program, somebody calls.
struct From {
  std::string address, user_agent;
};

struct LiveSession {
  std::string id;
  StoredSession stored;
  Account account;
  std::vector<Right> rights;
  SessionState state = SessionState::kNeedsCode;

  // How long the session lasts after its last use, and until when it lasts at most.
  absl::Duration Idle() const;
  absl::Time ExpireTime() const;
};

// The session of a token. Keeps that it was used, to the minute. Errors: SESSION_OVER, ACCOUNT_DISABLED,
// SIGN_IN_AWAY, the connection's.
absl::StatusOr<LiveSession> FindLive(const Context& context, const std::string& token, const From& from);

// A session with its secret.
struct NewSession {
  LiveSession live;
  std::string token;
};
// How somebody has signed in to a session.
SignIn SignInOf(const StoredSession& session);

// Opens a session of an account. Errors: SIGN_IN_AWAY, the connection's.
absl::StatusOr<NewSession> OpenSession(const Context& context, Account account, SignIn sign_in,
                                       const From& from);
// Opens a session in place of `old`, which is over then: what a session may do has grown, and whoever has
// seen the old token must not have it.
absl::StatusOr<NewSession> ReplaceSession(const Context& context, const LiveSession& old, Account account,
                                          bool code_given);

// The session as the API tells it; rights and permissions when it is complete.
v1::Session MessageOf(const LiveSession& session);
v1::Session MessageOf(const NewSession& session);

}  // namespace tonghu::access
