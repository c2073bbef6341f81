// Use cases of pairings: making, handing over and ending them. Each decides a batch of commands in the given
// transaction and sets every reply.
#pragma once

#include "libs/ids/ids.h"
#include "libs/journal/command_executor.h"
#include "services/pairing/postgres/pairing_store.h"
#include "tonghu/pairing/v1/pairing_service.pb.h"

namespace tonghu::pairing {

// The most pairings that one call makes or hands over: bounds how long a call keeps its shard.
inline constexpr int kLargestBatch = 1000;

using CreatePairingCommandHandler = journal::CommandHandler<v1::CreatePairingRequest, v1::Pairing>;
using BatchCreatePairingsCommandHandler =
    journal::CommandHandler<v1::BatchCreatePairingsRequest, v1::BatchCreatePairingsResponse>;
using HandOverPairingCommandHandler = journal::CommandHandler<v1::HandOverPairingRequest, v1::Pairing>;
using BatchHandOverPairingsCommandHandler =
    journal::CommandHandler<v1::BatchHandOverPairingsRequest, v1::BatchHandOverPairingsResponse>;
using PairByClassCommandHandler = journal::CommandHandler<v1::PairByClassRequest, v1::PairByClassResponse>;
using EndPairingCommandHandler = journal::CommandHandler<v1::EndPairingRequest, v1::Pairing>;

// Makes pairings, one or many in a command. Of many all are made, or none. Refusals: CHILD_NOT_FOUND,
// STAFF_MEMBER_NOT_FOUND, ALREADY_PAIRED, PAIRING_ROLE_MISSING, LOAD_LIMIT_REACHED, BATCH_SIZE.
class CreatePairings {
 public:
  explicit CreatePairings(ids::Source& ids) : ids_(ids) {}
  absl::Status operator()(journal::ShardTransaction& transaction,
                          CreatePairingCommandHandler::Commands commands) const;
  absl::Status operator()(journal::ShardTransaction& transaction,
                          BatchCreatePairingsCommandHandler::Commands commands) const;

 private:
  ids::Source& ids_;
};

// Hands pairings over, one or many in a command: the old pairing ends, a new one of its line begins, and open
// duties go along. Of many all are handed over, or none. Refusals: PAIRING_NOT_FOUND, PAIRING_ENDED,
// STAFF_MEMBER_NOT_FOUND, ALREADY_PAIRED, LOAD_LIMIT_REACHED, BATCH_SIZE.
class HandOverPairings {
 public:
  explicit HandOverPairings(ids::Source& ids) : ids_(ids) {}
  absl::Status operator()(journal::ShardTransaction& transaction,
                          HandOverPairingCommandHandler::Commands commands) const;
  absl::Status operator()(journal::ShardTransaction& transaction,
                          BatchHandOverPairingsCommandHandler::Commands commands) const;

 private:
  ids::Source& ids_;
};

// Ends pairings on a command. The open duty whose window lasts is excused, later ones are taken away, and one
// whose window is over stays owed. Refusals: PAIRING_NOT_FOUND, PAIRING_ENDED, END_REASON_MISSING.
absl::Status EndPairingsAsked(journal::ShardTransaction& transaction,
                              EndPairingCommandHandler::Commands commands);

// Pairs children who are paired with nobody with their class teachers, at most 2,000 a call.
class PairByClass {
 public:
  explicit PairByClass(ids::Source& ids) : ids_(ids) {}
  absl::Status operator()(journal::ShardTransaction& transaction,
                          PairByClassCommandHandler::Commands commands) const;

 private:
  ids::Source& ids_;
};

}  // namespace tonghu::pairing
