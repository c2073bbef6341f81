// What rights come from: posts and helped children as other services' events say, grants, broken glass.
// Errors of all functions: the connection's.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "services/access/domain/account.h"
#include "services/access/domain/rights.h"

namespace tonghu::access {

// The sources of an account's rights at a moment. One round trip.
absl::StatusOr<Sources> LoadSources(postgres::Connection& db, const Account& account, absl::Time now);

// A role that was granted to an account.
struct GrantRow {
  std::string county, account_id, grant_id;
  Role role = Role::kUnspecified;
  std::string area_county, township_code, school_id;
  int grade = 0, class_number = 0;
  std::string child_ids;  // separated by commas
  absl::Time end_time;
  std::string reason, author;
  absl::Time create_time;

  Right right() const;
  void set_right(const Right& right);
};
// An account's grants, the newest first.
absl::StatusOr<std::vector<GrantRow>> LoadGrants(postgres::Connection& db, const std::string& county,
                                                 const std::string& account_id);
absl::Status InsertGrant(postgres::Connection& db, const GrantRow& grant);
// Ends a grant at `end`, if it lasts until then.
absl::Status SetGrantEnd(postgres::Connection& db, const GrantRow& grant, absl::Time end);

// One breaking of the glass.
struct BreakingRow {
  std::string county, breaking_id, child_id, actor, reason;
  absl::Time create_time, end_time;
};
absl::Status InsertBreaking(postgres::Connection& db, const BreakingRow& breaking);
// A county's breakings, the newest first, below the id `before` (empty: from the newest on); only one
// child's when `child_id` is not empty.
struct BreakingPage {
  std::string county, child_id, before;
  int limit;
  rights::Filter within;  // what of the county the caller may see
};
absl::StatusOr<std::vector<BreakingRow>> ListBreakings(postgres::Connection& db, const BreakingPage& page);

// Whether the directory has the child.
absl::StatusOr<bool> HasChild(postgres::Connection& db, const std::string& county,
                              const std::string& child_id);

// Somebody who helps a child.
struct HelpingRow {
  std::string county, child_id, helper_id, pairing_id;
};
// Stores who helps whom: pairings that ended and those who no longer help a child go, then `now` come.
struct HelpingChange {
  std::vector<HelpingRow> ended;  // by pairing_id
  std::vector<HelpingRow> gone;   // by child and helper
  std::vector<HelpingRow> now;
};
absl::Status StoreHelping(postgres::Connection& db, const HelpingChange& change);

// Who keeps a school's whisper box; an empty staff_id: nobody.
struct KeeperRow {
  std::string county, school_id, staff_id;
};
// Stores keepers over those known; of one school the last counts.
absl::Status StoreKeepers(postgres::Connection& db, absl::Span<const KeeperRow> rows);

}  // namespace tonghu::access
