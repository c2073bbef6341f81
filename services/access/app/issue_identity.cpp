#include "libs/clock/timestamp.h"
#include "libs/ids/references.h"
#include "libs/principal/principal.h"
#include "libs/status/macros.h"
#include "services/access/app/keys.h"
#include "services/access/app/sessions.h"
#include "services/access/domain/refusals.h"
#include "services/access/postgres/account_store.h"
#include "services/access/postgres/rights_store.h"

namespace tonghu::access {
namespace {

// What was taken from somebody is gone within the reuse; an identity lives longer, for calls on their way.
constexpr absl::Duration kReuse = absl::Seconds(5);
constexpr absl::Duration kLasts = absl::Minutes(1);

// Who is behind a token.
struct Holder {
  Account account;
  std::vector<Right> rights;
  std::string session_id;
};

absl::StatusOr<Holder> HolderOfKey(const Context& context, const std::string& token) {
  ASSIGN_OR_RETURN(auto connection, Connect(context));
  ASSIGN_OR_RETURN(auto account, FindAccountByApiKey(*connection, Sha256(token)));
  if (!account.has_value()) return SessionOver();
  if (account->disabled) return AccountDisabled();
  ASSIGN_OR_RETURN(auto sources, LoadSources(*connection, *account, context.clock.Now()));
  return Holder{*std::move(account), RightsFrom(std::move(sources)), SessionIdOf(token)};
}

absl::StatusOr<Holder> HolderOfSession(const Context& context, const v1::IssueIdentityRequest& request) {
  ASSIGN_OR_RETURN(auto session,
                   FindLive(context, request.token(), {request.address(), request.user_agent()}));
  if (session.state != SessionState::kActive) return SessionIncomplete();
  return Holder{std::move(session.account), std::move(session.rights), std::move(session.id)};
}

}  // namespace

absl::StatusOr<v1::IssueIdentityResponse> IssueIdentity(const Context& context,
                                                        const v1::IssueIdentityRequest& request,
                                                        const std::string& presenter) {
  ASSIGN_OR_RETURN(auto holder, request.token().starts_with(kApiKeyPrefix)
                                    ? HolderOfKey(context, request.token())
                                    : HolderOfSession(context, request));
  const absl::Time now = context.clock.Now();
  v1::Identity identity;
  identity.set_actor(holder.account.Name());
  identity.set_staff_member(ids::NameOf(holder.account.county, "staffMembers", holder.account.staff_id));
  for (const Right& right : holder.rights) *identity.add_rights() = principal::ToMessage(right);
  identity.set_audience(request.audience());
  identity.set_presenter(presenter);
  clock::SetTime(now, identity.mutable_issue_time());
  clock::SetTime(now + kLasts, identity.mutable_expire_time());
  identity.set_address(request.address());
  identity.set_purpose(request.purpose());
  identity.set_session_id(holder.session_id);
  v1::IssueIdentityResponse response;
  ASSIGN_OR_RETURN(*response.mutable_identity(), context.signer.Sign(identity));
  clock::SetTime(now + kReuse, response.mutable_reuse_until());
  return response;
}

}  // namespace tonghu::access
