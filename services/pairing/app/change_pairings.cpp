#include "libs/ids/names.h"
#include "libs/ids/references.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/app/lines.h"
#include "services/pairing/app/messages.h"
#include "services/pairing/app/pairings.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/events/publish.h"
#include "services/pairing/postgres/duty_store.h"

namespace tonghu::pairing {
namespace {

// Gives the pairing that a request names, if it lasts. Errors: refusals.
absl::StatusOr<PairingRow> LoadLasting(journal::ShardTransaction& transaction, const std::string& text) {
  ASSIGN_OR_RETURN(auto name, ids::ParseName(text, "pairings", "name"));
  ASSIGN_OR_RETURN(auto rows, LoadPairing(transaction.db(), name.county, name.id));
  if (rows.empty()) return UnknownPairing();
  if (rows.front().end_time != absl::InfinitePast()) return PairingEnded();
  return rows.front();
}

// Lets the child's other pairings follow: one that could not, because its class teacher was paired with the
// child otherwise, may be able to now.
absl::Status Follow(journal::ShardTransaction& transaction, const PairingRow& pairing) {
  return FollowClassTeachers(transaction, {postgres::Key(pairing.county, pairing.child_id)}, {});
}

// Ends one pairing, with all that follows. Errors: refusals, before anything is written.
absl::StatusOr<v1::Pairing> EndOne(journal::ShardTransaction& transaction,
                                   const v1::EndPairingRequest& request) {
  const bool given = request.reason() > 0 && v1::PairingEndReason_IsValid(request.reason()) &&
                     request.reason() != v1::PAIRING_END_REASON_HANDED_OVER;
  if (!given) {
    return refusal::Invalid("END_REASON_MISSING", "reason",
                            "reason must be given; when the helper leaves, hand over instead",
                            "请填写结束结对的原因；帮扶人离开时请办理交接，不要结束结对");
  }
  ASSIGN_OR_RETURN(auto row, LoadLasting(transaction, request.name()));
  row.end_time = transaction.now();
  row.end_reason = static_cast<EndReason>(request.reason());
  RETURN_IF_ERROR(EndPairings(transaction.db(), {row}));
  // Of the pairing's open duties the one whose window lasts is excused, and later ones are deleted. One whose
  // window is over stays owed by the helper who left.
  auto excused = CloseOpenDuties(transaction.db(), row.county, row.pairing_id, "结对结束", transaction.now());
  if (!excused.ok()) return excused.status();
  for (const PlacedDuty& one : *excused) PublishDutyExcused(transaction, one.county, one.duty, one.place);
  PublishPairingEnded(transaction, row);
  RETURN_IF_ERROR(Follow(transaction, row));
  return MessageOf(row);
}

// Sets a command's reply. A refusal is the answer to its command alone; any other error undoes the
// transaction.
template <class Command, class Reply>
absl::Status Put(const Command& command, absl::StatusOr<Reply> result) {
  if (!result.ok() && !refusal::IsRefusal(result.status())) return result.status();
  *command.reply = std::move(result);
  return absl::OkStatus();
}

}  // namespace

absl::Status EndPairingsAsked(journal::ShardTransaction& transaction,
                              EndPairingCommandHandler::Commands commands) {
  // One after the other, as each reads what the one before has changed; ends are few.
  for (const auto& command : commands) {
    RETURN_IF_ERROR(Put(command, EndOne(transaction, *command.request)));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Pairing> HandOverPairings::One(journal::ShardTransaction& transaction,
                                                  const std::string& county,
                                                  const v1::HandOverPairingRequest& request) const {
  ASSIGN_OR_RETURN(auto helper, ids::IdIn(county, request.new_helper(), "staffMembers", "new_helper"));
  ASSIGN_OR_RETURN(auto old, LoadLasting(transaction, request.name()));
  // A copy, so that child, role, line and what the line owes go on. HandOver sets the times.
  PairingRow next = old;
  next.pairing_id = ids_.Next(transaction.now());
  next.former_id = old.pairing_id;
  next.former_helper_id = old.helper_id;
  next.helper_id = std::move(helper);
  ASSIGN_OR_RETURN(auto checks, CheckPairings(transaction.db(), {next}));
  const PairingCheck& check = checks.front();
  if (!check.helper_known) return UnknownStaff("new_helper");
  if (check.paired) {
    return refusal::Exists("ALREADY_PAIRED", "new_helper", "this helper is already paired with this child",
                           "该帮扶人已与该儿童结对，不能交接给本人或重复结对");
  }
  // A pairing that is handed to somebody else by hand follows the class teacher no more.
  if (next.helper_id != check.class_teacher) next.basis = PairingBasis::kChosen;
  std::vector<PairingRow> handed = {next};
  RETURN_IF_ERROR(HandOver(transaction, handed));
  RETURN_IF_ERROR(Follow(transaction, next));
  return MessageOf(handed.front());
}

absl::Status HandOverPairings::operator()(journal::ShardTransaction& transaction,
                                          HandOverPairingCommandHandler::Commands commands) const {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(Put(command, One(transaction, *command.county, *command.request)));
  }
  return absl::OkStatus();
}

}  // namespace tonghu::pairing
