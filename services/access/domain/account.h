// Accounts, and what a session of one still needs. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "services/access/domain/federated_subject.h"

namespace tonghu::access {

// Who uses an account. The numbers are those of tonghu.access.v1.AccountKind, also in the database.
enum class AccountKind { kPerson = 1, kProgram = 2 };

// An account, as stored. Empty texts: there is none.
struct Account {
  std::string county, id;
  std::string login;  // lower case
  std::string display_name;
  AccountKind kind = AccountKind::kPerson;
  std::string staff_id;
  bool disabled = false;
  bool pending = false;        // has no rights until a security administrator has approved
  int epoch = 1;               // sessions of an earlier epoch are over
  std::string password;        // its hash
  bool first_password = true;  // of a slip: `password` is a code's hash
  absl::Time password_time;    // since when
  std::string factor;          // the sealed secret of one-time codes
  bool factor_confirmed = false;
  int64_t last_step = 0;  // of the newest one-time code that was taken
  std::string api_key;    // its hash
  absl::Time create_time;
  absl::Time sign_in_time = absl::InfinitePast();  // the last one's; InfinitePast: never
  FederatedSubject federated;                      // who may sign in by an identity provider

  // counties/{county}/accounts/{id}, the actor of what the account does.
  std::string Name() const;
};

// Whether what this actor does to an account, by which somebody gets in, waits for a second person: always,
// but for the operator at the machine, who may do everything.
bool NeedsSecondPerson(std::string_view actor);

// What a session needs before it is complete. The numbers are those of tonghu.access.v1.SessionState.
enum class SessionState { kActive = 1, kNeedsCode = 2, kNeedsEnrollment = 3, kNeedsPassword = 4 };

// What somebody has shown who opened a session.
enum class SignIn { kPassword, kPasswordAndCode, kFederated };

inline constexpr absl::Duration kFirstPasswordLasts = absl::Hours(24 * 14);
inline constexpr absl::Duration kPasswordLasts = absl::Hours(24 * 90);

// What a session of this account still needs that was opened so. A code comes before a new password, so that
// nobody changes a password with the old one alone. For somebody whom an identity provider has signed in, the
// provider answers for password and second factor.
SessionState StateOf(const Account& account, SignIn sign_in, absl::Time now);

// Whether the first password of a slip is too old to sign in.
bool FirstPasswordIsOver(const Account& account, absl::Time now);

inline constexpr absl::Duration kSessionLasts = absl::Hours(24 * 7);
// How long a session lasts that nobody uses: of somebody who sees a class or single children at most, as on a
// teacher's phone, and of everybody else.
inline constexpr absl::Duration kIdleOnPhones = absl::Hours(12);
inline constexpr absl::Duration kIdleInOffices = absl::Minutes(30);

// A login as stored: lower case; empty for a text that is no login: 3 .. 64 letters, digits, hyphens and
// underscores.
std::string LoginOf(std::string_view text);

}  // namespace tonghu::access
