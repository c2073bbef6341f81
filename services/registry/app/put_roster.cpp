#include "services/registry/app/put_roster.h"

#include <algorithm>

#include "libs/status/macros.h"
#include "services/registry/app/by_key.h"
#include "services/registry/app/put_directory.h"
#include "services/registry/postgres/directory_store.h"

namespace tonghu::registry {
namespace {

// Without a column for deputies the posts keep those they have.
absl::Status KeepDeputies(postgres::Connection& db, std::vector<Post>& posts) {
  ASSIGN_OR_RETURN(auto known, Index(LoadPosts(db, KeysOf<Post>(posts))));
  for (Post& post : posts) {
    const auto found = known.find(post.key());
    if (found != known.end() && found->second.deputy_id != post.holder_id)
      post.deputy_id = found->second.deputy_id;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PutSchoolRoster(journal::ShardTransaction& transaction, const std::vector<SchoolRow>& rows,
                             RosterOutcome& outcome) {
  std::vector<School> schools;
  for (const SchoolRow& row : rows) schools.push_back(row.school);
  ASSIGN_OR_RETURN(auto changes, PutSchools(transaction, schools));
  for (const Change change : changes) outcome.Add(change);
  return absl::OkStatus();
}

absl::Status PutStaffRoster(journal::ShardTransaction& transaction, const StaffRoster& roster,
                            RosterOutcome& outcome) {
  std::vector<StaffMember> staff;
  std::vector<Post> posts;
  for (const StaffRow& row : roster.rows) {
    if (row.member) staff.push_back(*row.member);
    if (row.post) posts.push_back(*row.post);
  }
  ASSIGN_OR_RETURN(auto staff_changes, PutStaff(transaction, staff));
  if (!roster.names_deputies) {
    RETURN_IF_ERROR(KeepDeputies(transaction.db(), posts));
  }
  ASSIGN_OR_RETURN(auto outcomes, PutPosts(transaction, posts));
  size_t member = 0, post = 0;
  for (const StaffRow& row : roster.rows) {
    Change change = Change::kUnchanged;
    if (row.member) change = std::max(change, staff_changes[member++]);
    if (row.post) {
      const PutOutcome& put = outcomes[post++];
      for (const Fault& fault : put.faults) outcome.errors.Add(StaffRowError(row, fault));
      change = std::max(change, put.change);
    }
    outcome.Add(change);
  }
  return absl::OkStatus();
}

}  // namespace tonghu::registry
