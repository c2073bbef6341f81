#include "services/access/sessions/session_store.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/ids/references.h"
#include "libs/log/log.h"
#include "services/access/domain/account.h"
#include "services/access/domain/refusals.h"
#include "services/access/secrets/random.h"

namespace tonghu::access {
namespace {

constexpr size_t kIdBytes = 16;
constexpr size_t kMostSessions = 20;  // of one account
// Of one login, or of one account's codes, from one address. Other addresses do not wait, so that nobody can
// keep an account's owner out.
constexpr redis::Pace kPace{
    .free = 5, .first = absl::Seconds(5), .longest = absl::Minutes(15), .forget = absl::Hours(24)};
// Of all logins together from one address, behind which a school's teachers may sit.
constexpr int kTriesFrom = 300;
constexpr absl::Duration kTriesWindow = absl::Minutes(10);

std::string SessionKey(const std::string& id) { return "tonghu:session:" + id; }
std::string AccountKey(const std::string& account) { return "tonghu:sessions:" + account; }
// Hashed, so that a key has a bounded length and says nobody's login.
std::string TriesKey(const std::string& what, const std::string& address) {
  return absl::StrCat("tonghu:tries:",
                      absl::BytesToHexString(Sha256(absl::StrCat(what.size(), ":", what, address))));
}

// Every failure of Redis is the same to whoever signs in.
absl::Status Away(const absl::Status& status) {
  if (status.ok()) return status;
  spdlog::warn("sessions: {}", status.ToString());
  return SignInAway();
}

// The session that a key holds; none for what can't be read: the session is then over.
std::optional<StoredSession> Read(const std::optional<std::string>& bytes) {
  StoredSession session;
  if (!bytes.has_value() || !session.ParseFromString(*bytes)) return std::nullopt;
  return session;
}

}  // namespace

std::string SessionIdOf(std::string_view token) {
  return absl::BytesToHexString(Sha256(token).substr(0, kIdBytes));
}

absl::Status SessionStore::Put(const std::string& id, const StoredSession& session, absl::Duration lasts) {
  const std::string account = ids::NameOf(session.county(), "accounts", session.account_id());
  absl::Status put = redis_.Set(SessionKey(id), session.SerializeAsString(), lasts).status();
  if (put.ok()) put = redis_.AddMember(AccountKey(account), id, kSessionLasts);
  if (!put.ok()) return Away(put);
  // The sessions that nobody has used for longest make room.
  auto all = Of(account);
  for (size_t i = kMostSessions; all.ok() && i < all->size(); ++i) {
    if (absl::Status ended = End(account, (*all)[i].id); !ended.ok()) return ended;
  }
  return all.status();
}

absl::StatusOr<std::optional<StoredSession>> SessionStore::Find(const std::string& token) {
  auto bytes = redis_.Get(SessionKey(SessionIdOf(token)));
  if (!bytes.ok()) return Away(bytes.status());
  std::optional<StoredSession> session = Read(*bytes);
  if (session.has_value() && session->token_hash() != Sha256(token)) session.reset();
  return session;
}

absl::Status SessionStore::Touch(const std::string& id, const StoredSession& session, absl::Duration lasts) {
  return Away(
      redis_.Set(SessionKey(id), session.SerializeAsString(), lasts, redis::Where::kOverOld).status());
}

absl::Status SessionStore::End(const std::string& account, const std::string& id) {
  auto bytes = redis_.Get(SessionKey(id));
  if (!bytes.ok()) return Away(bytes.status());
  const auto session = Read(*bytes);
  const bool others =
      session.has_value() && ids::NameOf(session->county(), "accounts", session->account_id()) != account;
  if (others) return absl::OkStatus();
  absl::Status ended = redis_.Delete(SessionKey(id));
  if (ended.ok()) ended = redis_.RemoveMember(AccountKey(account), id);
  return Away(ended);
}

absl::StatusOr<std::vector<SessionStore::Listed>> SessionStore::Of(const std::string& account) {
  auto ids = redis_.Members(AccountKey(account));
  if (!ids.ok()) return Away(ids.status());
  std::vector<Listed> listed;
  for (std::string& id : *ids) {
    auto bytes = redis_.Get(SessionKey(id));
    if (!bytes.ok()) return Away(bytes.status());
    if (auto session = Read(*bytes)) {
      listed.push_back({std::move(id), *std::move(session)});
    } else if (absl::Status removed = redis_.RemoveMember(AccountKey(account), id); !removed.ok()) {
      return Away(removed);  // one that is over by itself
    }
  }
  std::sort(listed.begin(), listed.end(),
            [](const Listed& a, const Listed& b) { return a.session.use_micros() > b.session.use_micros(); });
  return listed;
}

absl::Status SessionStore::Try(const std::string& what, const std::string& address, absl::Time now) {
  auto left = redis_.Try(TriesKey(what, address), kPace, now);
  if (!left.ok()) return Away(left.status());
  return *left > absl::ZeroDuration() ? Slowed(now + *left) : absl::OkStatus();
}

absl::Status SessionStore::Forget(const std::string& what, const std::string& address) {
  return Away(redis_.Delete(TriesKey(what, address)));
}

absl::Status SessionStore::TryFrom(const std::string& address, absl::Time now) {
  auto count = redis_.CountInWindow(TriesKey("all", address), kTriesWindow, now);
  if (!count.ok()) return Away(count.status());
  if (*count <= kTriesFrom) return absl::OkStatus();
  absl::Duration into;
  absl::IDivDuration(now - absl::UnixEpoch(), kTriesWindow, &into);
  return Slowed(now + kTriesWindow - into);
}

}  // namespace tonghu::access
