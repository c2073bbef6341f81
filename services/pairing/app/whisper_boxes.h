// Use cases of whisper boxes: setting them up, opening them, answering letters. Each decides a batch
// of commands of one shard in the given transaction and sets every reply. A status other than OK undoes the
// transaction; refusals are replies.
#pragma once

#include "libs/ids/ids.h"
#include "libs/journal/command_executor.h"
#include "tonghu/pairing/v1/whisper_service.pb.h"

namespace tonghu::pairing {

using PutWhisperBoxCommandHandler = journal::CommandHandler<v1::PutWhisperBoxRequest, v1::WhisperBox>;
using DeleteWhisperBoxCommandHandler =
    journal::CommandHandler<v1::DeleteWhisperBoxRequest, v1::DeleteWhisperBoxResponse>;
using OpenWhisperBoxCommandHandler = journal::CommandHandler<v1::OpenWhisperBoxRequest, v1::WhisperOpening>;
using AnswerWhisperLetterCommandHandler =
    journal::CommandHandler<v1::AnswerWhisperLetterRequest, v1::WhisperLetter>;

// Refusals: as CheckWhisperBox; SCHOOL_NOT_FOUND, STAFF_MEMBER_NOT_FOUND, WHISPER_KEEPER_IS_HEAD.
absl::Status PutWhisperBoxes(journal::ShardTransaction& transaction,
                             PutWhisperBoxCommandHandler::Commands commands);
// Refusals: WHISPER_BOX_NOT_FOUND, WHISPER_LETTERS_WAIT.
absl::Status DeleteWhisperBoxes(journal::ShardTransaction& transaction,
                                DeleteWhisperBoxCommandHandler::Commands commands);
// Refusals: WHISPER_BOX_NOT_FOUND, WHISPER_KEEPER_ANOTHER, TOO_MANY_LETTERS, CHILD_NOT_FOUND,
// CHILD_OF_ANOTHER_SCHOOL; as CheckOpenTime and CheckLetter.
class OpenWhisperBoxes {
 public:
  explicit OpenWhisperBoxes(ids::Source& ids) : ids_(ids) {}
  absl::Status operator()(journal::ShardTransaction& transaction,
                          OpenWhisperBoxCommandHandler::Commands commands) const;

 private:
  ids::Source& ids_;
};
// Refusals: WHISPER_LETTER_NOT_FOUND, WHISPER_KEEPER_ANOTHER, WHISPER_LETTER_ANSWERED; as CheckAnswer.
absl::Status AnswerWhisperLetters(journal::ShardTransaction& transaction,
                                  AnswerWhisperLetterCommandHandler::Commands commands);

}  // namespace tonghu::pairing
