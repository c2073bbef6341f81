#include "services/access/app/live_session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/clock/timestamp.h"
#include "libs/ids/references.h"
#include "libs/principal/principal.h"
#include "libs/rights/table.h"
#include "libs/status/macros.h"
#include "services/access/domain/refusals.h"
#include "services/access/postgres/account_store.h"
#include "services/access/postgres/rights_store.h"

namespace tonghu::access {
namespace {

constexpr absl::Duration kIncompleteLasts = absl::Minutes(15);
constexpr absl::Duration kTouchEvery = absl::Minutes(1);

// Fills in what follows from the account.
absl::Status Complete(const Context& context, postgres::Connection& db, LiveSession& session,
                      absl::Time now) {
  ASSIGN_OR_RETURN(auto sources, LoadSources(db, session.account, now));
  session.rights = RightsFrom(std::move(sources));
  session.state = StateOf(session.account, SignInOf(session.stored), now);
  return absl::OkStatus();
}

// How long Redis keeps the session from now on: a little longer than it lasts.
absl::Duration KeptFor(const LiveSession& session, absl::Time now) {
  return std::max(session.ExpireTime() - now, absl::ZeroDuration()) + kTouchEvery;
}

absl::Status Touch(const Context& context, LiveSession& session, const From& from, absl::Time now) {
  if (absl::AbsDuration(now - clock::FromMicros(session.stored.use_micros())) < kTouchEvery)
    return absl::OkStatus();
  session.stored.set_use_micros(clock::ToMicros(now));
  session.stored.set_address(from.address);
  session.stored.set_user_agent(from.user_agent);
  return context.sessions.Touch(session.id, session.stored, KeptFor(session, now));
}

absl::StatusOr<NewSession> Open(const Context& context, Account account, StoredSession stored) {
  const absl::Time now = context.clock.Now();
  NewSession made{.token = NewToken(context.random)};
  LiveSession& live = made.live;
  live.id = SessionIdOf(made.token);
  live.stored = std::move(stored);
  live.stored.set_county(account.county);
  live.stored.set_account_id(account.id);
  live.stored.set_epoch(account.epoch);
  live.stored.set_token_hash(Sha256(made.token));
  live.stored.set_use_micros(clock::ToMicros(now));
  live.account = std::move(account);
  ASSIGN_OR_RETURN(auto connection, Connect(context));
  RETURN_IF_ERROR(Complete(context, *connection, live, now));
  RETURN_IF_ERROR(context.sessions.Put(live.id, live.stored, KeptFor(live, now)));
  return made;
}

}  // namespace

absl::Duration LiveSession::Idle() const {
  return state == SessionState::kActive ? IdleOf(rights) : kIncompleteLasts;
}

absl::Time LiveSession::ExpireTime() const {
  return std::min(clock::FromMicros(stored.use_micros()) + Idle(),
                  clock::FromMicros(stored.create_micros()) + kSessionLasts);
}

absl::StatusOr<LiveSession> FindLive(const Context& context, const std::string& token, const From& from) {
  ASSIGN_OR_RETURN(auto found, context.sessions.Find(token));
  if (!found.has_value()) return SessionOver();
  LiveSession session{.id = SessionIdOf(token), .stored = *std::move(found)};
  const absl::Time now = context.clock.Now();
  {
    ASSIGN_OR_RETURN(auto connection, Connect(context));
    ASSIGN_OR_RETURN(auto account,
                     LoadAccount(*connection, {session.stored.county(), session.stored.account_id()}));
    if (!account.has_value() || account->epoch != session.stored.epoch()) return SessionOver();
    if (account->disabled) return AccountDisabled();
    session.account = *std::move(account);
    RETURN_IF_ERROR(Complete(context, *connection, session, now));
  }
  if (now >= session.ExpireTime()) return SessionOver();
  RETURN_IF_ERROR(Touch(context, session, from, now));
  return session;
}

SignIn SignInOf(const StoredSession& session) {
  if (session.federated()) return SignIn::kFederated;
  return session.code_given() ? SignIn::kPasswordAndCode : SignIn::kPassword;
}

absl::StatusOr<NewSession> OpenSession(const Context& context, Account account, SignIn sign_in,
                                       const From& from) {
  StoredSession stored;
  stored.set_code_given(sign_in == SignIn::kPasswordAndCode);
  stored.set_federated(sign_in == SignIn::kFederated);
  stored.set_create_micros(clock::ToMicros(context.clock.Now()));
  stored.set_address(from.address);
  stored.set_user_agent(from.user_agent);
  return Open(context, std::move(account), std::move(stored));
}

absl::StatusOr<NewSession> ReplaceSession(const Context& context, const LiveSession& old, Account account,
                                          bool code_given) {
  StoredSession stored = old.stored;
  stored.set_code_given(code_given);
  ASSIGN_OR_RETURN(auto made, Open(context, std::move(account), std::move(stored)));
  RETURN_IF_ERROR(context.sessions.End(old.account.Name(), old.id));
  return made;
}

v1::Session MessageOf(const LiveSession& session) {
  v1::Session message;
  message.set_name(absl::StrCat(session.account.Name(), "/sessions/", session.id));
  message.set_state(static_cast<v1::SessionState>(session.state));
  message.set_account(session.account.Name());
  message.set_display_name(session.account.display_name);
  message.set_staff_member(ids::NameOf(session.account.county, "staffMembers", session.account.staff_id));
  clock::SetTime(clock::FromMicros(session.stored.create_micros()), message.mutable_create_time());
  clock::SetTime(session.ExpireTime(), message.mutable_expire_time());
  message.set_address(session.stored.address());
  message.set_user_agent(session.stored.user_agent());
  message.set_sign_in_method(session.stored.federated() ? v1::SIGN_IN_METHOD_FEDERATED
                                                        : v1::SIGN_IN_METHOD_PASSWORD);
  if (session.state != SessionState::kActive) return message;
  for (const Right& right : session.rights) *message.add_rights() = principal::ToMessage(right);
  for (const rights::Permission& permission : rights::Permissions()) {
    const bool has = std::any_of(session.rights.begin(), session.rights.end(),
                                 [&](const Right& right) { return permission.roles.Has(right.role); });
    if (has) message.add_permissions(std::string(permission.name));
  }
  return message;
}

v1::Session MessageOf(const NewSession& session) {
  v1::Session message = MessageOf(session.live);
  message.set_session_token(session.token);
  return message;
}

}  // namespace tonghu::access
