// The use cases of sessions: one file each. Errors of all: SIGN_IN_AWAY, the connection's, and those that
// each names.
#pragma once

#include "absl/status/statusor.h"
#include "services/access/app/live_session.h"
#include "tonghu/access/v1/session_service.pb.h"

namespace tonghu::access {

// Opens a session by login and password. Takes the memory and time of a hash (secrets/passwords.h). Errors:
// SIGN_IN_REFUSED, SIGN_IN_SLOWED, ACCOUNT_DISABLED, FIRST_PASSWORD_OVER.
absl::StatusOr<v1::Session> CreateSession(const Context& context, const v1::CreateSessionRequest& request,
                                          const From& from);

// Opens a complete session for somebody whom an identity provider has signed in, as `presenter` says. Errors:
// SUBJECT_MALFORMED, SUBJECT_NOT_BOUND, ACCOUNT_DISABLED.
absl::StatusOr<v1::Session> CreateFederatedSession(const Context& context,
                                                   const v1::CreateFederatedSessionRequest& request,
                                                   const std::string& presenter);

// Gives the session its second factor; confirms one that is being enrolled. Errors: SESSION_OVER,
// CODE_REFUSED, CODE_NOT_NEEDED, SIGN_IN_SLOWED.
absl::StatusOr<v1::Session> VerifySession(const Context& context, const v1::VerifySessionRequest& request,
                                          const From& from);

// Makes a new secret and new recovery codes for an account whose second factor is not confirmed. Errors:
// SESSION_OVER, SECOND_FACTOR_THERE, SESSION_INCOMPLETE.
absl::StatusOr<v1::EnrollSecondFactorResponse> EnrollSecondFactor(
    const Context& context, const v1::EnrollSecondFactorRequest& request, const From& from);

// Changes the password of the session's account, whose other sessions end. Takes up to six hashes. Errors:
// SESSION_OVER, SESSION_INCOMPLETE, PASSWORD_WRONG, SIGN_IN_SLOWED, those of CheckPassword.
absl::StatusOr<v1::Session> ChangePassword(const Context& context, const v1::ChangePasswordRequest& request,
                                           const From& from);

// The identity for a session or an API key. Errors: SESSION_OVER, SESSION_INCOMPLETE, ACCOUNT_DISABLED.
absl::StatusOr<v1::IssueIdentityResponse> IssueIdentity(const Context& context,
                                                        const v1::IssueIdentityRequest& request,
                                                        const std::string& presenter);

}  // namespace tonghu::access
