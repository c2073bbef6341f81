#include "services/registry/app/put_directory.h"

#include "absl/container/flat_hash_set.h"
#include "libs/status/macros.h"
#include "services/registry/app/by_key.h"
#include "services/registry/events/publish.h"
#include "services/registry/postgres/child_store.h"
#include "services/registry/postgres/directory_store.h"

namespace tonghu::registry {
namespace {

// Puts `row` into `known`, remembering in `changed` what must be stored.
template <class Row>
Change Put(const Row& row, ByKey<Row>& known, absl::flat_hash_set<Key>& changed) {
  const auto [place, fresh] = known.try_emplace(row.key(), row);
  if (!fresh && place->second == row) return Change::kUnchanged;
  place->second = row;
  changed.insert(row.key());
  return fresh ? Change::kCreated : Change::kUpdated;
}

template <class Row>
std::vector<Row> Changed(const ByKey<Row>& known, const absl::flat_hash_set<Key>& changed) {
  std::vector<Row> rows;
  for (const Key& key : changed) rows.push_back(known.at(key));
  return rows;
}

// How rows that refer to nothing are put.
template <class Row>
struct Table {
  absl::StatusOr<std::vector<Row>> (*load)(postgres::Connection&, absl::Span<const Key>);
  absl::Status (*store)(postgres::Connection&, absl::Span<const Row>);
  void (*publish)(journal::ShardTransaction&, const Row&);
  std::string Row::*carried;  // by the events of other rows, which are said again when this changes
  // Says them again, for the rows of these keys among `known`.
  absl::Status (*say_again)(journal::ShardTransaction&, const std::vector<Key>&, const ByKey<Row>& known);
};

template <class Row>
absl::StatusOr<std::vector<Change>> PutAll(journal::ShardTransaction& transaction, const Table<Row>& table,
                                           absl::Span<const Row> rows) {
  ASSIGN_OR_RETURN(auto known, Index(table.load(transaction.db(), KeysOf(rows))));
  absl::flat_hash_set<Key> changed;
  std::vector<Key> said_again;
  std::vector<Change> changes;
  for (const Row& row : rows) {
    const auto before = known.find(row.key());
    if (before != known.end() && before->second.*table.carried != row.*table.carried)
      said_again.push_back(row.key());
    changes.push_back(Put(row, known, changed));
    if (changes.back() != Change::kUnchanged) table.publish(transaction, row);
  }
  if (changed.empty()) return changes;
  absl::Status done = table.store(transaction.db(), Changed(known, changed));
  if (done.ok() && !said_again.empty()) done = table.say_again(transaction, said_again, known);
  if (!done.ok()) return done;
  return changes;
}

absl::Status TellChildrenOf(journal::ShardTransaction& transaction, const std::vector<Key>& moved,
                            const ByKey<School>& schools) {
  ASSIGN_OR_RETURN(auto children, LoadChildrenOfSchools(transaction.db(), moved));
  for (const Child& child : children) {
    const School& school = schools.at(Key(child.county, child.dossier.school_id));
    PublishChildPut(transaction, child, school.township_code);
  }
  return absl::OkStatus();
}

std::string NameOf(const ByKey<StaffMember>& staff, const std::string& county, const std::string& id) {
  const auto found = staff.find(Key(county, id));
  return found == staff.end() ? "" : found->second.display_name;
}

void AppendPost(journal::ShardTransaction& transaction, const Post& post, const ByKey<StaffMember>& staff) {
  const std::string holder = NameOf(staff, post.county, post.holder_id);
  const std::string deputy = NameOf(staff, post.county, post.deputy_id);
  PublishPostPut(transaction, post, {holder, deputy});
}

absl::StatusOr<ByKey<StaffMember>> StaffOf(postgres::Connection& db, absl::Span<const Post> posts) {
  std::vector<Key> keys;
  for (const Post& post : posts) {
    if (!post.holder_id.empty()) keys.emplace_back(post.county, post.holder_id);
    if (!post.deputy_id.empty()) keys.emplace_back(post.county, post.deputy_id);
  }
  return Index(LoadStaff(db, keys));
}

absl::Status TellPostsOf(journal::ShardTransaction& transaction, const std::vector<Key>& renamed,
                         const ByKey<StaffMember>&) {
  ASSIGN_OR_RETURN(auto posts, LoadPostsOf(transaction.db(), renamed));
  ASSIGN_OR_RETURN(auto staff, StaffOf(transaction.db(), posts));
  for (const Post& post : posts) AppendPost(transaction, post, staff);
  return absl::OkStatus();
}

Faults ReferenceFaults(const Post& post, const ByKey<School>& schools, const ByKey<StaffMember>& staff) {
  Faults faults;
  if (!post.school_id.empty() && !schools.contains(Key(post.county, post.school_id)))
    faults.push_back(SchoolNotFound());
  if (!post.holder_id.empty() && !staff.contains(Key(post.county, post.holder_id)))
    faults.push_back(StaffNotFound("holder"));
  if (!post.deputy_id.empty() && !staff.contains(Key(post.county, post.deputy_id)))
    faults.push_back(StaffNotFound("deputy"));
  return faults;
}

}  // namespace

absl::StatusOr<std::vector<Change>> PutSchools(journal::ShardTransaction& transaction,
                                               absl::Span<const School> schools) {
  static constexpr Table<School> kSchools{LoadSchools, StoreSchools, PublishSchoolPut, &School::township_code,
                                          TellChildrenOf};
  return PutAll(transaction, kSchools, schools);
}

absl::StatusOr<std::vector<Change>> PutStaff(journal::ShardTransaction& transaction,
                                             absl::Span<const StaffMember> staff) {
  static constexpr Table<StaffMember> kStaff{LoadStaff, StoreStaff, PublishStaffPut,
                                             &StaffMember::display_name, TellPostsOf};
  return PutAll(transaction, kStaff, staff);
}

absl::StatusOr<std::vector<PutOutcome>> PutPosts(journal::ShardTransaction& transaction,
                                                 absl::Span<const Post> posts) {
  std::vector<Key> school_keys;
  for (const Post& post : posts) {
    if (!post.school_id.empty()) school_keys.emplace_back(post.county, post.school_id);
  }
  ASSIGN_OR_RETURN(auto known, Index(LoadPosts(transaction.db(), KeysOf(posts))));
  ASSIGN_OR_RETURN(auto schools, Index(LoadSchools(transaction.db(), school_keys)));
  ASSIGN_OR_RETURN(auto staff, StaffOf(transaction.db(), posts));
  absl::flat_hash_set<Key> changed;
  std::vector<PutOutcome> outcomes(posts.size());
  for (size_t i = 0; i < posts.size(); ++i) {
    outcomes[i].faults = ReferenceFaults(posts[i], schools, staff);
    if (!outcomes[i].faults.empty()) continue;
    outcomes[i].change = Put(posts[i], known, changed);
    if (outcomes[i].change != Change::kUnchanged) AppendPost(transaction, posts[i], staff);
  }
  if (!changed.empty()) {
    RETURN_IF_ERROR(StorePosts(transaction.db(), Changed(known, changed)));
  }
  return outcomes;
}

}  // namespace tonghu::registry
