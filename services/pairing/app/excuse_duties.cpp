
#include "libs/ids/names.h"
#include "libs/refusal/characters.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/app/answer.h"
#include "services/pairing/app/duties.h"
#include "services/pairing/app/queries.h"
#include "services/pairing/events/publish.h"
#include "services/pairing/postgres/duty_store.h"

namespace tonghu::pairing {
namespace {

constexpr size_t kLongestReason = 500;  // characters

absl::Status CheckReason(const std::string& reason) {
  if (reason.empty())
    return refusal::Invalid("REASON_MISSING", "reason", "reason must be given", "请填写免除的原因");
  if (refusal::CharactersOf(reason) > kLongestReason) {
    return refusal::Invalid("REASON_TOO_LONG", "reason", "reason has at most 500 characters",
                            "免除原因不能超过500字");
  }
  return absl::OkStatus();
}

// Excuses one duty. Refusals are the command's answer; any other error undoes the transaction.
absl::StatusOr<v1::Duty> ExcuseOne(journal::ShardTransaction& transaction,
                                   const v1::ExcuseDutyRequest& request) {
  RETURN_IF_ERROR(CheckReason(request.reason()));
  auto name = ids::ParseName(request.name(), "duties", "name");
  if (!name.ok()) return name.status();
  ASSIGN_OR_RETURN(auto found, LoadDuty(transaction.db(), name->county, name->id));
  if (found.empty())
    return refusal::NotFound("DUTY_NOT_FOUND", "name", "no such duty", "没有该任务，请核对编号");
  const PlacedDuty& one = found.front();
  // A duty that was judged missed has an alert, which an excuse would leave without its ground (I4).
  if (one.duty.state != DutyState::kOpen) {
    return refusal::Precondition("DUTY_CLOSED", "name", "only an open duty can be excused",
                                 "该任务已经完成、免除或判定为未完成，不能再免除");
  }
  RETURN_IF_ERROR(ExcuseDuty(transaction.db(), name->county, name->id, request.reason()));
  PublishDutyExcused(transaction, one.county, one.duty, one.place, false);
  return GetDuty(transaction.db(), *name);
}

}  // namespace

absl::Status ExcuseDuties(journal::ShardTransaction& transaction,
                          ExcuseDutyCommandHandler::Commands commands) {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(Answer(command, ExcuseOne(transaction, *command.request)));
  }
  return absl::OkStatus();
}

}  // namespace tonghu::pairing
