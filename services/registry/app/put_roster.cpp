#include "services/registry/app/put_roster.h"

#include <algorithm>

#include "services/registry/app/by_key.h"
#include "services/registry/app/put_directory.h"
#include "services/registry/postgres/directory_store.h"

namespace tonghu::registry {
namespace {

// Without a column for deputies the posts keep those they have.
absl::Status KeepDeputies(postgres::Connection& db, std::vector<Post>& posts) {
  auto known = Index(LoadPosts(db, KeysOf<Post>(posts)));
  if (!known.ok()) return known.status();
  for (Post& post : posts) {
    const auto found = known->find(post.key());
    if (found != known->end() && found->second.deputy_id != post.holder_id)
      post.deputy_id = found->second.deputy_id;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PutSchoolRoster(journal::ShardTransaction& transaction, const std::vector<SchoolRow>& rows,
                             RosterOutcome& outcome) {
  std::vector<School> schools;
  for (const SchoolRow& row : rows) schools.push_back(row.school);
  auto changes = PutSchools(transaction, schools);
  if (!changes.ok()) return changes.status();
  for (const Change change : *changes) outcome.Add(change);
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
  auto staff_changes = PutStaff(transaction, staff);
  if (!staff_changes.ok()) return staff_changes.status();
  if (!roster.names_deputies) {
    if (absl::Status kept = KeepDeputies(transaction.db(), posts); !kept.ok()) return kept;
  }
  auto outcomes = PutPosts(transaction, posts);
  if (!outcomes.ok()) return outcomes.status();
  size_t member = 0, post = 0;
  for (const StaffRow& row : roster.rows) {
    Change change = Change::kUnchanged;
    if (row.member) change = std::max(change, (*staff_changes)[member++]);
    if (row.post) {
      const PutOutcome& put = (*outcomes)[post++];
      for (const Fault& fault : put.faults) outcome.errors.Add(StaffRowError(row, fault));
      change = std::max(change, put.change);
    }
    outcome.Add(change);
  }
  return absl::OkStatus();
}

}  // namespace tonghu::registry
