#include "services/registry/app/put_directory.h"

#include "absl/container/flat_hash_set.h"
#include "libs/status/macros.h"
#include "services/registry/app/by_key.h"
#include "services/registry/events/publish.h"
#include "services/registry/postgres/child_store.h"
#include "services/registry/postgres/directory_store.h"

namespace tonghu::registry {
namespace {

// The schools and staff to which posts refer.
struct References {
  ByKey<School> schools;
  ByKey<StaffMember> staff;

  std::string NameOf(const std::string& county, const std::string& id) const {
    const auto found = staff.find(Key(county, id));
    return found == staff.end() ? "" : found->second.display_name;
  }
};

// A school refers to nothing.
absl::StatusOr<References> ReferencesOf(postgres::Connection&, absl::Span<const School>) {
  return References();
}
absl::StatusOr<References> ReferencesOf(postgres::Connection& db, absl::Span<const StaffMember> staff) {
  std::vector<Key> schools;
  for (const StaffMember& member : staff) {
    if (!member.school_id.empty()) schools.emplace_back(member.county, member.school_id);
  }
  References references;
  ASSIGN_OR_RETURN(references.schools, Index(LoadSchools(db, schools)));
  return references;
}
absl::StatusOr<References> ReferencesOf(postgres::Connection& db, absl::Span<const Post> posts) {
  std::vector<Key> schools, staff;
  for (const Post& post : posts) {
    if (!post.school_id.empty()) schools.emplace_back(post.county, post.school_id);
    for (const std::string& id : {post.holder_id, post.deputy_id}) {
      if (!id.empty()) staff.emplace_back(post.county, id);
    }
  }
  References references;
  ASSIGN_OR_RETURN(references.schools, Index(LoadSchools(db, schools)));
  ASSIGN_OR_RETURN(references.staff, Index(LoadStaff(db, staff)));
  return references;
}

// What is wrong with a row by what is stored: the schools and staff that a post refers to, and the holder
// whom it keeps.
Faults FaultsOf(const School&, const References&) { return {}; }
Faults FaultsOf(const StaffMember& member, const References& references) {
  if (member.school_id.empty() || references.schools.contains(Key(member.county, member.school_id)))
    return {};
  return {SchoolNotFound()};
}
Faults FaultsOf(const Post& post, const References& references) {
  Faults faults;
  CheckDeputy(post, faults);
  if (!post.school_id.empty() && !references.schools.contains(Key(post.county, post.school_id)))
    faults.push_back(SchoolNotFound());
  for (const auto& [id, field] : {std::pair(post.holder_id, "holder"), std::pair(post.deputy_id, "deputy")}) {
    if (id.empty()) continue;
    const auto member = references.staff.find(Key(post.county, id));
    if (member == references.staff.end()) faults.push_back(StaffNotFound(field));
    if (member != references.staff.end() && member->second.left) faults.push_back(StaffHasLeft(field));
  }
  return faults;
}

void Publish(journal::ShardTransaction& transaction, const School& school, const References&) {
  PublishSchoolPut(transaction, school);
}
void Publish(journal::ShardTransaction& transaction, const StaffMember& member, const References&) {
  PublishStaffPut(transaction, member);
}
void Publish(journal::ShardTransaction& transaction, const Post& post, const References& references) {
  const std::string holder = references.NameOf(post.county, post.holder_id);
  const std::string deputy = references.NameOf(post.county, post.deputy_id);
  PublishPostPut(transaction, post, {holder, deputy});
}

// A school has moved to another township: the events of its children carry the township.
absl::Status TellChildrenOf(journal::ShardTransaction& transaction, const std::vector<Key>& moved,
                            const ByKey<School>& schools) {
  ASSIGN_OR_RETURN(auto children, LoadChildrenOfSchools(transaction.db(), moved));
  for (const Child& child : children) {
    const School& school = schools.at(Key(child.county, child.dossier.school_id));
    PublishChildPut(transaction, child, school.township_code);
  }
  return absl::OkStatus();
}

// A staff member has another name: the events of their posts carry the name.
absl::Status TellPostsOf(journal::ShardTransaction& transaction, const std::vector<Key>& renamed,
                         const ByKey<StaffMember>&) {
  ASSIGN_OR_RETURN(auto posts, LoadPostsOf(transaction.db(), renamed));
  ASSIGN_OR_RETURN(auto references, ReferencesOf(transaction.db(), posts));
  for (const Post& post : posts) Publish(transaction, post, references);
  return absl::OkStatus();
}

// Makes the posts of staff who have left vacant, also of their deputies.
absl::Status VacatePostsOf(journal::ShardTransaction& transaction, const std::vector<Key>& left) {
  if (left.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto posts, LoadPostsOf(transaction.db(), left));
  const absl::flat_hash_set<Key> gone(left.begin(), left.end());
  for (Post& post : posts) {
    for (std::string* id : {&post.holder_id, &post.deputy_id}) {
      if (gone.contains(Key(post.county, *id))) id->clear();
    }
  }
  RETURN_IF_ERROR(StorePosts(transaction.db(), posts));
  ASSIGN_OR_RETURN(const auto references, ReferencesOf(transaction.db(), absl::MakeConstSpan(posts)));
  for (const Post& post : posts) Publish(transaction, post, references);
  return absl::OkStatus();
}

// The ways of one kind of row: how it is loaded and stored, and which other events carry a part of it.
template <class Row>
struct Table {
  absl::StatusOr<std::vector<Row>> (*load)(postgres::Connection&, absl::Span<const Key>);
  absl::Status (*store)(postgres::Connection&, absl::Span<const Row>);
  // The member that events of other rows carry, and the function that publishes those events again for rows
  // of these keys among `known`. Null where no event carries a part.
  std::string Row::*carried = nullptr;
  absl::Status (*say_again)(journal::ShardTransaction&, const std::vector<Key>&,
                            const ByKey<Row>& known) = nullptr;
};

// Fills in the members that are kept, from the known row or an earlier one given. Gives the rows.
template <class Row>
std::vector<Row> Complete(ByKey<Row> last, absl::Span<Given<Row>> given) {
  std::vector<Row> rows;
  for (Given<Row>& one : given) {
    const auto found = last.find(one.row.key());
    if (found != last.end()) {
      for (const auto keep : one.kept) keep(found->second, one.row);
    }
    last.insert_or_assign(one.row.key(), one.row);
    rows.push_back(one.row);
  }
  return rows;
}

// Puts the rows given, in order. Gives an outcome for each.
template <class Row>
absl::StatusOr<std::vector<PutOutcome>> PutAll(const std::type_identity_t<Table<Row>>& table,
                                               journal::ShardTransaction& transaction,
                                               absl::Span<Given<Row>> given) {
  std::vector<Key> keys;
  for (const Given<Row>& one : given) keys.push_back(one.row.key());
  ASSIGN_OR_RETURN(auto known, Index(table.load(transaction.db(), keys)));
  const std::vector<Row> rows = Complete(known, given);
  ASSIGN_OR_RETURN(auto references, ReferencesOf(transaction.db(), absl::MakeConstSpan(rows)));
  absl::flat_hash_set<Key> changed;
  std::vector<Key> said_again;
  std::vector<PutOutcome> outcomes(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    outcomes[i].faults = FaultsOf(rows[i], references);
    if (!outcomes[i].faults.empty()) continue;
    // `known` follows the batch, so that a row given twice is compared with the one before.
    const auto [place, fresh] = known.try_emplace(keys[i], rows[i]);
    // Putting what is known changes nothing and publishes nothing.
    if (!fresh && place->second == rows[i]) continue;
    if (!fresh && table.carried != nullptr && place->second.*table.carried != rows[i].*table.carried)
      said_again.push_back(keys[i]);
    place->second = rows[i];
    changed.insert(keys[i]);
    outcomes[i].change = fresh ? Change::kCreated : Change::kUpdated;
    Publish(transaction, rows[i], references);
  }
  std::vector<Row> stored;
  for (const Key& key : changed) stored.push_back(known.at(key));
  RETURN_IF_ERROR(table.store(transaction.db(), stored));
  // After the store, since these events are made from the stored rows.
  if (!said_again.empty()) {
    RETURN_IF_ERROR(table.say_again(transaction, said_again, known));
  }
  return outcomes;
}

}  // namespace

void KeepDeputy(const Post& before, Post& row) {
  row.deputy_id = before.deputy_id == row.holder_id ? "" : before.deputy_id;
}

absl::StatusOr<std::vector<PutOutcome>> Put(journal::ShardTransaction& transaction,
                                            absl::Span<Given<School>> schools) {
  return PutAll({LoadSchools, StoreSchools, &School::township_code, TellChildrenOf}, transaction, schools);
}

absl::StatusOr<std::vector<PutOutcome>> Put(journal::ShardTransaction& transaction,
                                            absl::Span<Given<StaffMember>> staff) {
  ASSIGN_OR_RETURN(auto outcomes, PutAll({LoadStaff, StoreStaff, &StaffMember::display_name, TellPostsOf},
                                         transaction, staff));
  std::vector<Key> left;
  for (size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i].change != Change::kUnchanged && staff[i].row.left) left.push_back(staff[i].row.key());
  }
  RETURN_IF_ERROR(VacatePostsOf(transaction, left));
  return outcomes;
}

absl::StatusOr<std::vector<PutOutcome>> Put(journal::ShardTransaction& transaction,
                                            absl::Span<Given<Post>> posts) {
  return PutAll({LoadPosts, StorePosts}, transaction, posts);
}

}  // namespace tonghu::registry
