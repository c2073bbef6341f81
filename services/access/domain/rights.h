// What an account may do, from posts, pairings, grants and broken glass. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/directory/directory.h"
#include "libs/directory/place.h"
#include "libs/rights/scope.h"
#include "libs/rights/table.h"

namespace tonghu::access {

using rights::Area;
using rights::Right;
using rights::Role;

// A post that somebody holds, or stands in for while it is vacant.
struct HeldPost {
  directory::PostKind kind = directory::PostKind::kUnspecified;
  std::string county, post_id;
  directory::Place place;
};

// What an account's rights come from, at one moment: grants that have ended, and glass that is whole again,
// are left out already.
struct Sources {
  bool pending = false;  // the account waits for approval
  std::vector<HeldPost> posts;
  std::vector<Right> grants;
  std::string county;               // of the helped and the opened children
  std::vector<std::string> helped;  // ids of children
  std::vector<Right> broken_glass;  // one for each opened file
  std::vector<std::string> boxes;   // the schools whose whisper box the account's staff member keeps
};

// One of the three administrators, who see no child.
bool IsAdministrator(Role role);

// The rights that follow; none of an account that is pending. An administrator's grant leaves nothing else
// beside it: whoever gets a post besides sees no child by it.
std::vector<Right> RightsFrom(Sources sources);

// How long a session with these rights lasts that nobody uses.
absl::Duration IdleOf(const std::vector<Right>& rights);

// Checks a right that is to be granted to an account of `account_county` that has the rights `held` already.
// Refusals: ROLE_NOT_GRANTABLE, AREA_MISMATCH, ADMINISTRATORS_APART.
absl::Status CheckGrant(const Right& right, const std::string& account_county,
                        const std::vector<Right>& held);

}  // namespace tonghu::access
