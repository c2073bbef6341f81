// The first sign-in of somebody who was handed a slip, for programs that stand in for people: tests and the
// demonstration.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "libs/client/client.h"
#include "tonghu/access/v1/account_service.pb.h"

namespace tonghu::client {

// Somebody who has signed in completely.
struct SignedIn {
  std::string account;  // the account's resource name
  std::string login;
  std::string password;  // the one chosen
  std::string secret;    // of one-time codes: totp::CodeAt(secret, time)
  std::string token;     // the session's
};

// Makes the account of a staff member (counties/{county}/staffMembers/{id}) who has none. Gives the slip.
// Errors: the call's; ALREADY_EXISTS when there is one.
absl::StatusOr<access::v1::AccountSlip> MakeAccount(Client& client, const std::string& staff_member);

// Signs in with a slip, changes the password to `password`, enrols one-time codes and gives the first. The
// account's first code is used up by it, so that another sign-in in the same half minute needs the code of
// the next. Errors: the calls'.
absl::StatusOr<SignedIn> SignInFirst(Client& client, const access::v1::AccountSlip& slip,
                                     const std::string& password);

}  // namespace tonghu::client
