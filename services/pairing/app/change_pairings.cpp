#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "libs/ids/references.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/app/answer.h"
#include "services/pairing/app/coverage.h"
#include "services/pairing/app/follow_closures.h"
#include "services/pairing/app/lines.h"
#include "services/pairing/app/messages.h"
#include "services/pairing/app/pairings.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/events/publish.h"
#include "services/pairing/postgres/duty_store.h"
#include "services/pairing/postgres/load_store.h"

namespace tonghu::pairing {
namespace {

// A pairing's resource name as a request gives it, and the request's field.
struct Named {
  std::string name, field;
};

// Gives the named pairings, in their order, if all last. Errors: refusals.
absl::StatusOr<std::vector<PairingRow>> LoadLasting(journal::ShardTransaction& transaction,
                                                    const std::string& county,
                                                    absl::Span<const Named> wanted) {
  std::vector<postgres::Key> keys;
  for (const Named& one : wanted) {
    ASSIGN_OR_RETURN(auto id, ids::IdIn(county, one.name, "pairings", one.field));
    keys.emplace_back(county, std::move(id));
  }
  ASSIGN_OR_RETURN(const auto found, LoadPairings(transaction.db(), keys));
  std::vector<PairingRow> lasting;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const auto row = found.find(keys[i]);
    if (row == found.end()) return UnknownPairing(wanted[i].field);
    if (row->second.end_time != absl::InfinitePast()) return PairingEnded(wanted[i].field);
    lasting.push_back(row->second);
  }
  return lasting;
}

// Lets the children's other pairings follow: one that could not, because its class teacher was paired with
// the child otherwise, may be able to now.
absl::Status Follow(journal::ShardTransaction& transaction, absl::Span<const PairingRow> changed) {
  std::vector<postgres::Key> children;
  for (const PairingRow& pairing : changed) children.emplace_back(pairing.county, pairing.child_id);
  return FollowClassTeachers(transaction, children, {});
}

// Ends one pairing, with all that follows. Errors: refusals, before anything is written.
absl::StatusOr<v1::Pairing> EndOne(journal::ShardTransaction& transaction, const std::string& county,
                                   const v1::EndPairingRequest& request) {
  const bool given = request.reason() > 0 && v1::PairingEndReason_IsValid(request.reason()) &&
                     request.reason() != v1::PAIRING_END_REASON_HANDED_OVER;
  if (!given) {
    return refusal::Invalid("END_REASON_MISSING", "reason",
                            "reason must be given; when the helper leaves, hand over instead",
                            "请填写结束结对的原因；帮扶人离开时请办理交接，不要结束结对");
  }
  ASSIGN_OR_RETURN(auto rows, LoadLasting(transaction, county, {{request.name(), "name"}}));
  PairingRow& row = rows.front();
  row.end_time = transaction.now();
  row.end_reason = static_cast<EndReason>(request.reason());
  RETURN_IF_ERROR(EndPairings(transaction.db(), rows));
  RETURN_IF_ERROR(CoverAfterEnding(transaction, rows));
  ASSIGN_OR_RETURN(const auto closed,
                   LoadExcusedOfPairing(transaction.db(), row.county, row.pairing_id, transaction.now()));
  PublishExcuseTakenBack(transaction, closed);
  // Of the pairing's open duties the one whose window lasts is excused, and later ones are deleted. One whose
  // window is over stays owed by the helper who left.
  auto excused =
      CloseOpenDuties(transaction.db(), row.county, row.pairing_id, kExcusedByEnd, transaction.now());
  if (!excused.ok()) return excused.status();
  for (const PlacedDuty& one : *excused)
    PublishDutyExcused(transaction, one.county, one.duty, one.place, false);
  PublishPairingEnded(transaction, row);
  RETURN_IF_ERROR(Follow(transaction, rows));
  return MessageOf(row);
}

// The pairings that follow `lasting` with the helper. HandOver sets the times. Errors: refusals, before
// anything is written.
absl::StatusOr<std::vector<PairingRow>> Next(journal::ShardTransaction& transaction, ids::Source& ids,
                                             absl::Span<const PairingRow> lasting,
                                             absl::Span<const Named> wanted, const std::string& helper) {
  std::vector<PairingRow> next;
  for (const PairingRow& old : lasting) {
    // A copy, so that child, role, line and what the line owes go on.
    PairingRow& row = next.emplace_back(old);
    row.pairing_id = ids.Next(transaction.now());
    row.former_id = old.pairing_id;
    row.former_helper_id = old.helper_id;
    row.helper_id = helper;
  }
  ASSIGN_OR_RETURN(auto checks, CheckPairings(transaction.db(), next));
  ASSIGN_OR_RETURN(Loads loads, LoadLoads(transaction.db(), next));
  absl::flat_hash_set<std::string> children;
  for (size_t i = 0; i < next.size(); ++i) {
    if (!checks[i].helper_known) return UnknownStaff("new_helper");
    // Of two pairings of a child the second would find the first with this helper.
    if (checks[i].paired || !children.insert(next[i].child_id).second) {
      return refusal::Exists("ALREADY_PAIRED", wanted[i].field,
                             "the new helper is already paired with this pairing's child",
                             "该帮扶人已与该儿童结对，不能交接给本人或重复结对");
    }
    RETURN_IF_ERROR(loads.Take(next[i].county, helper, next[i].role, wanted[i].field));
    // A pairing that is handed to somebody else by hand follows the class teacher no more.
    if (helper != checks[i].class_teacher) next[i].basis = PairingBasis::kChosen;
  }
  return next;
}

// Hands the named pairings over, all or none, and gives those that begin. Errors: refusals.
absl::StatusOr<std::vector<PairingRow>> HandOverAll(journal::ShardTransaction& transaction, ids::Source& ids,
                                                    const std::string& county, absl::Span<const Named> wanted,
                                                    const std::string& new_helper) {
  ASSIGN_OR_RETURN(const auto helper, ids::IdIn(county, new_helper, "staffMembers", "new_helper"));
  ASSIGN_OR_RETURN(const auto lasting, LoadLasting(transaction, county, wanted));
  ASSIGN_OR_RETURN(auto next, Next(transaction, ids, lasting, wanted, helper));
  RETURN_IF_ERROR(HandOver(transaction, next));
  RETURN_IF_ERROR(Follow(transaction, next));
  return next;
}

absl::StatusOr<v1::Pairing> HandOverOne(journal::ShardTransaction& transaction, ids::Source& ids,
                                        const std::string& county,
                                        const v1::HandOverPairingRequest& request) {
  ASSIGN_OR_RETURN(const auto next,
                   HandOverAll(transaction, ids, county, {{request.name(), "name"}}, request.new_helper()));
  return MessageOf(next.front());
}

absl::StatusOr<v1::BatchHandOverPairingsResponse> HandOverMany(
    journal::ShardTransaction& transaction, ids::Source& ids, const std::string& county,
    const v1::BatchHandOverPairingsRequest& request) {
  if (request.names().empty() || request.names_size() > kLargestBatch) {
    return refusal::Invalid("BATCH_SIZE", "names", "1 to 1000 pairings are needed",
                            "每次可移交1至1000对结对，请分批移交。");
  }
  std::vector<Named> wanted;
  for (const std::string& name : request.names())
    wanted.push_back({name, absl::StrCat("names[", wanted.size(), "]")});
  ASSIGN_OR_RETURN(const auto next, HandOverAll(transaction, ids, county, wanted, request.new_helper()));
  v1::BatchHandOverPairingsResponse response;
  for (const PairingRow& row : next) *response.add_pairings() = MessageOf(row);
  return response;
}

}  // namespace

absl::Status EndPairingsAsked(journal::ShardTransaction& transaction,
                              EndPairingCommandHandler::Commands commands) {
  // One after the other, as each reads what the one before has changed; ends are few.
  for (const auto& command : commands) {
    RETURN_IF_ERROR(Answer(command, EndOne(transaction, *command.county, *command.request)));
  }
  return absl::OkStatus();
}

absl::Status HandOverPairings::operator()(journal::ShardTransaction& transaction,
                                          HandOverPairingCommandHandler::Commands commands) const {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(Answer(command, HandOverOne(transaction, ids_, *command.county, *command.request)));
  }
  return absl::OkStatus();
}

absl::Status HandOverPairings::operator()(journal::ShardTransaction& transaction,
                                          BatchHandOverPairingsCommandHandler::Commands commands) const {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(Answer(command, HandOverMany(transaction, ids_, *command.county, *command.request)));
  }
  return absl::OkStatus();
}

}  // namespace tonghu::pairing
