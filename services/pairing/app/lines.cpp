#include "services/pairing/app/lines.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/calendar.h"
#include "libs/clock/clock.h"
#include "libs/status/macros.h"
#include "services/pairing/app/coverage.h"
#include "services/pairing/events/publish.h"
#include "services/pairing/postgres/duty_store.h"
#include "services/pairing/postgres/policy_store.h"
#include "services/pairing/postgres/standing_store.h"

namespace tonghu::pairing {
namespace {

// Whether a pairing in one role goes on with a line of the other: a volunteer does not go on with what a
// class teacher owed.
bool GoesOnWith(PairingRole role, PairingRole line) {
  return role == line || (LooksAfter(role) && LooksAfter(line));
}

// Sets the line of each pairing. Gives those that continue a line.
absl::StatusOr<std::vector<PairingRow>> SetLines(journal::ShardTransaction& transaction,
                                                 std::vector<PairingRow>& pairings) {
  // Only lines that ended in this week go on: the new pairing owes what the line owes there (README,
  // "Lines").
  const absl::Time week = clock::StartOf(calendar::MondayOf(clock::DayOf(transaction.now())));
  ASSIGN_OR_RETURN(auto ended, FindEndedLines(transaction.db(), pairings, week));
  absl::flat_hash_set<std::string>
      taken;  // a child may get two pairings at once; a line goes on with one of them
  std::vector<PairingRow> continuing;
  for (size_t i = 0; i < pairings.size(); ++i) {
    PairingRow& pairing = pairings[i];
    pairing.line_id = pairing.pairing_id;
    pairing.owed_from = pairing.start_time;
    // Of several lines the one that ended last comes first.
    for (const EndedLine& line : ended[i]) {
      if (!GoesOnWith(pairing.role, line.role) || !taken.insert(line.line_id).second) continue;
      pairing.line_id = line.line_id;
      pairing.owed_from = line.owed_from;
      continuing.push_back(pairing);
      break;
    }
  }
  return continuing;
}

// The kinds of duty that each pairing owes today, by its role and its child's standing.
absl::StatusOr<std::vector<OwingKind>> OwingKinds(journal::ShardTransaction& transaction,
                                                  absl::Span<const PairingRow> pairings) {
  std::vector<std::string> counties;
  std::vector<postgres::Key> children;
  for (const PairingRow& pairing : pairings) {
    counties.push_back(pairing.county);
    children.emplace_back(pairing.county, pairing.child_id);
  }
  ASSIGN_OR_RETURN(auto policies, LoadPolicies(transaction.db(), counties));
  ASSIGN_OR_RETURN(auto standings, LoadStandings(transaction.db(), children));
  std::vector<OwingKind> owing;
  for (const PairingRow& pairing : pairings) {
    const auto& of_child = standings[postgres::Key(pairing.county, pairing.child_id)];
    for (const DutyRule& rule : DutyRules()) {
      const auto versions = policies.For(pairing.county, rule.kind, of_child);
      if (IsOwedBy(VersionAt(versions, transaction.now()), pairing.role))
        owing.push_back({pairing.pairing_id, rule.kind});
    }
  }
  return owing;
}

}  // namespace

absl::Status Begin(journal::ShardTransaction& transaction, ids::Source& ids,
                   std::vector<PairingRow>& pairings) {
  if (pairings.empty()) return absl::OkStatus();
  for (PairingRow& pairing : pairings) {
    pairing.pairing_id = ids.Next(transaction.now());
    pairing.start_time = transaction.now();
  }
  ASSIGN_OR_RETURN(auto continuing, SetLines(transaction, pairings));
  for (const PairingRow& pairing : pairings) PublishPairingStarted(transaction, pairing);
  // The make_time is now: the sweep makes the duties a moment later, and the caller does not wait for them.
  RETURN_IF_ERROR(InsertPairings(transaction.db(), transaction.shard(), pairings, transaction.now()));
  RETURN_IF_ERROR(CoverAfterBeginning(transaction, pairings));
  if (continuing.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto owing, OwingKinds(transaction, continuing));
  ASSIGN_OR_RETURN(auto reopened, ReopenDuties(transaction.db(), continuing, owing, transaction.now()));
  for (const PlacedDuty& one : reopened) {
    // The row says the new state; the event also says the one before.
    Duty excused = one.duty;
    excused.state = DutyState::kExcused;
    PublishDutyChanged(transaction, one.county, DutyBefore(excused), one.duty, one.place);
  }
  return absl::OkStatus();
}

absl::Status HandOver(journal::ShardTransaction& transaction, std::vector<PairingRow>& pairings) {
  if (pairings.empty()) return absl::OkStatus();
  std::vector<PairingRow> former;
  for (PairingRow& pairing : pairings) {
    pairing.start_time = transaction.now();
    // EndPairings writes the end and nothing else, so the rest of the row is left out.
    former.push_back({.county = pairing.county,
                      .pairing_id = pairing.former_id,
                      .end_time = transaction.now(),
                      .end_reason = EndReason::kHandedOver});
    PublishPairingHandedOver(transaction, pairing);
  }
  // The former pairings end first: a child and a helper have at most one lasting pairing (index
  // pairing_active).
  RETURN_IF_ERROR(EndPairings(transaction.db(), former));
  RETURN_IF_ERROR(InsertPairings(transaction.db(), transaction.shard(), pairings, transaction.now()));
  RETURN_IF_ERROR(MoveOpenDuties(transaction.db(), pairings));
  // The helper before may have left.
  return CoverAfterBeginning(transaction, pairings);
}

absl::Status FollowClassTeachers(journal::ShardTransaction& transaction,
                                 absl::Span<const postgres::Key> children,
                                 absl::Span<const postgres::Key> posts) {
  ASSIGN_OR_RETURN(auto pairings, FindToFollow(transaction.db(), children, posts));
  // The id follows from the former pairing's. It is the same when the event is consumed again, and no other
  // pairing's, since a pairing is handed over once.
  for (PairingRow& pairing : pairings) {
    pairing.pairing_id = ids::DerivedBeside(pairing.former_id,
                                            absl::StrCat("follow/", pairing.county, "/", pairing.former_id));
  }
  return HandOver(transaction, pairings);
}

}  // namespace tonghu::pairing
