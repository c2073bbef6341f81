#include "services/registry/app/put_roster.h"

#include <algorithm>

#include "libs/status/macros.h"
#include "services/registry/app/put_directory.h"

namespace tonghu::registry {
absl::Status PutSchoolRoster(journal::ShardTransaction& transaction, const std::vector<SchoolRow>& rows,
                             RosterOutcome& outcome) {
  std::vector<Given<School>> schools;
  for (const SchoolRow& row : rows) schools.push_back({row.school});
  ASSIGN_OR_RETURN(auto outcomes, Put(transaction, absl::MakeSpan(schools)));
  // A school refers to nothing, so a row that could be read has no fault now.
  for (const PutOutcome& put : outcomes) outcome.Add(put.change);
  return absl::OkStatus();
}

absl::Status PutStaffRoster(journal::ShardTransaction& transaction, const StaffRoster& roster,
                            RosterOutcome& outcome) {
  std::vector<Given<StaffMember>> staff;
  std::vector<Given<Post>> posts;
  for (const StaffRow& row : roster.rows) {
    if (row.member) staff.push_back({*row.member});
    // A roster says nothing of who has left: a list of last year brings nobody back.
    if (row.member) staff.back().kept = {Keep<StaffMember, &StaffMember::left>};
    if (row.member && !roster.says_sex) staff.back().kept.push_back(Keep<StaffMember, &StaffMember::sex>);
    if (row.post) posts.push_back({*row.post});
    // A roster without a column for deputies leaves the posts' deputies as they are.
    if (row.post && !roster.names_deputies) posts.back().kept = {KeepDeputy};
  }
  // Staff come first: the holders of posts are looked for among the stored staff.
  ASSIGN_OR_RETURN(auto staff_outcomes, Put(transaction, absl::MakeSpan(staff)));
  ASSIGN_OR_RETURN(auto post_outcomes, Put(transaction, absl::MakeSpan(posts)));
  // The outcomes stand in the order of those rows that have a member or a post.
  size_t member = 0, post = 0;
  for (const StaffRow& row : roster.rows) {
    Change change = Change::kUnchanged;
    Faults faults;
    if (row.member) {
      const PutOutcome& put = staff_outcomes[member++];
      faults = put.faults;
      change = put.change;
    }
    if (row.post) {
      const PutOutcome& put = post_outcomes[post++];
      // What is wrong with the person (their school) is wrong with their post too, and is told once.
      if (faults.empty()) faults = put.faults;
      change = std::max(change, put.change);
    }
    for (const Fault& fault : faults) outcome.errors.Add(StaffRowError(row, fault));
    outcome.Add(change);
  }
  return absl::OkStatus();
}

}  // namespace tonghu::registry
