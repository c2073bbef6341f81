#include "libs/status/macros.h"
#include "services/pairing/app/lines.h"
#include "services/pairing/app/pairings.h"

namespace tonghu::pairing {
namespace {

constexpr int kPairedAtOnce = 2000;  // bounds how long a call keeps its shard

}  // namespace

absl::Status PairByClass::operator()(journal::ShardTransaction& transaction,
                                     PairByClassCommandHandler::Commands commands) const {
  for (const auto& command : commands) {
    // Counted before anybody is paired, so that the five numbers of the answer add up to all children.
    ASSIGN_OR_RETURN(auto count, CountByClass(transaction.db(), *command.county));
    ASSIGN_OR_RETURN(auto pairings, FindToPairByClass(transaction.db(), *command.county, kPairedAtOnce));
    RETURN_IF_ERROR(Begin(transaction, ids_, pairings));
    v1::PairByClassResponse reply;
    reply.set_paired(static_cast<int>(pairings.size()));
    reply.set_already_paired(count.paired);
    reply.set_ended_on_purpose(count.ended_on_purpose);
    reply.set_without_teacher(count.without_teacher);
    reply.set_left(count.to_pair - reply.paired());
    *command.reply = std::move(reply);
  }
  return absl::OkStatus();
}

}  // namespace tonghu::pairing
