#include "libs/client/first_sign_in.h"

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/status/macros.h"
#include "libs/totp/totp.h"
#include "tonghu/access/v1/account_service.grpc.pb.h"
#include "tonghu/access/v1/session_service.grpc.pb.h"

namespace tonghu::client {

namespace v1 = access::v1;
using Accounts = v1::AccountService::Stub;
using Sessions = v1::SessionService::Stub;

absl::StatusOr<v1::AccountSlip> MakeAccount(Client& client, const std::string& staff_member) {
  v1::BatchCreateAccountsRequest request;
  request.set_parent(staff_member.substr(0, staff_member.find("/staffMembers/")));
  v1::Account& account = *request.add_accounts();
  account.set_kind(v1::ACCOUNT_KIND_PERSON);
  account.set_staff_member(staff_member);
  ASSIGN_OR_RETURN(auto made, client.Call(&Accounts::BatchCreateAccounts, request));
  if (made.slips().empty()) return absl::AlreadyExistsError("the staff member has an account");
  return made.slips(0);
}

absl::StatusOr<SignedIn> SignInFirst(Client& client, const v1::AccountSlip& slip,
                                     const std::string& password) {
  SignedIn person{.account = slip.account(), .login = slip.login(), .password = password};
  v1::CreateSessionRequest create;
  create.set_login(slip.login());
  create.set_password(slip.first_password());
  ASSIGN_OR_RETURN(auto session, client.Call(&Sessions::CreateSession, create));
  v1::ChangePasswordRequest change;
  change.set_session_token(session.session_token());
  change.set_password(slip.first_password());
  change.set_new_password(password);
  ASSIGN_OR_RETURN(session, client.Call(&Sessions::ChangePassword, change));
  v1::EnrollSecondFactorRequest enroll;
  enroll.set_session_token(session.session_token());
  ASSIGN_OR_RETURN(auto factor, client.Call(&Sessions::EnrollSecondFactor, enroll));
  person.secret = totp::FromBase32(factor.secret());
  v1::VerifySessionRequest verify;
  verify.set_session_token(session.session_token());
  verify.set_code(totp::CodeAt(person.secret, clock::SystemClock().Now()));
  ASSIGN_OR_RETURN(session, client.Call(&Sessions::VerifySession, verify));
  person.token = session.session_token();
  return person;
}

}  // namespace tonghu::client
