#include "services/pairing/events/consume.h"

#include <set>
#include <string>
#include <vector>

#include "libs/clock/clock.h"
#include "libs/directory/read_model.h"
#include "libs/status/macros.h"
#include "services/pairing/app/coverage.h"
#include "services/pairing/app/doubts.h"
#include "services/pairing/app/lines.h"
#include "services/pairing/app/plan_duties.h"
#include "services/pairing/postgres/calendar_store.h"
#include "services/pairing/postgres/coverage_store.h"
#include "services/pairing/postgres/doubt_store.h"
#include "services/pairing/postgres/duty_store.h"
#include "services/pairing/postgres/standing_store.h"

namespace tonghu::pairing {
namespace {

// Plans the children that changed schools, care levels or guardianships anew: they are owed what the new
// school's calendar and the policies for such children say.
absl::Status ReplanMoved(journal::ShardTransaction& transaction, absl::Span<const directory::Move> moves) {
  std::vector<postgres::Key> changed;
  for (const directory::Move& move : moves) {
    if (ChangesStanding(move)) changed.emplace_back(move.county, move.child_id);
  }
  if (changed.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(KeepFormer(transaction.db(), moves, clock::DayOf(transaction.now())));
  auto pairings = LoadPairingsOfChildren(transaction.db(), changed, transaction.now());
  return pairings.ok() ? Replan(transaction, *pairings, transaction.now()).status() : pairings.status();
}

// A county that has children is looked through for those who lack somebody, and for doubtful contacts.
absl::Status LookThrough(journal::ShardTransaction& transaction,
                         absl::Span<const directory::ChildFact> children) {
  std::set<std::string> counties;
  for (const directory::ChildFact& child : children) counties.insert(child.county);
  if (counties.empty()) return absl::OkStatus();
  const std::vector<std::string> in(counties.begin(), counties.end());
  RETURN_IF_ERROR(BeginLooking(transaction.db(), transaction.shard(), in, transaction.now()));
  return BeginDoubtLooks(transaction.db(), transaction.shard(), in, transaction.now(),
                         NextDoubtLook(transaction.now()));
}

// A school that is new follows the county's calendars.
absl::Status FollowFromNowOn(journal::ShardTransaction& transaction,
                             absl::Span<const directory::SchoolFact> schools) {
  if (schools.empty()) return absl::OkStatus();
  std::vector<ids::Name> names;
  for (const directory::SchoolFact& school : schools)
    names.push_back({.county = school.county, .id = school.id});
  return AddFollowers(transaction.db(), transaction.shard(), names, transaction.now());
}

}  // namespace

absl::Status Consume(journal::ShardTransaction& transaction, absl::Span<const journal::Event* const> events) {
  directory::Facts facts;
  for (const journal::Event* event : events) {
    RETURN_IF_ERROR(directory::Add(*event, facts));
  }
  ASSIGN_OR_RETURN(auto moves, directory::StoreAndFindMoves(transaction.db(), facts));
  RETURN_IF_ERROR(LookThrough(transaction, facts.children));
  RETURN_IF_ERROR(FollowFromNowOn(transaction, facts.schools));
  std::vector<postgres::Key> moved, posts, staff;
  for (const directory::Move& move : moves) moved.emplace_back(move.county, move.child_id);
  for (const directory::PostFact& post : facts.posts) posts.emplace_back(post.county, post.id);
  for (const directory::StaffFact& member : facts.staff) staff.emplace_back(member.county, member.id);
  // In this order: the duties that are made and moved next take the children's new places.
  RETURN_IF_ERROR(MovePlaces(transaction.db(), moved));
  RETURN_IF_ERROR(ReplanMoved(transaction, moves));
  RETURN_IF_ERROR(FollowClassTeachers(transaction, moved, posts));
  // Last, so that what was handed over is not looked at as if it were not.
  return CoverAfterStaff(transaction, staff);
}

}  // namespace tonghu::pairing
