// Publishes the events of whisper boxes (tonghu.pairing.events.v1), each with the school as its key. No event
// has a letter's words, and none but concern_raised says whose a letter is.
#pragma once

#include <optional>
#include <string>

#include "libs/journal/shard_transaction.h"
#include "services/pairing/postgres/whisper_store.h"

namespace tonghu::pairing {

// `keeper_id` empty: the box was taken away.
void PublishWhisperBoxPut(journal::ShardTransaction& transaction, const postgres::Key& school,
                          const std::string& keeper_id);

// What was not done in time: a box that was not opened on a day, or a letter that was not answered.
struct WhisperMatter {
  std::string id;
  absl::CivilDay day;
  std::optional<absl::CivilDay> answer_day = std::nullopt;
};
// The matter of a box and a day.
WhisperMatter MatterOf(const postgres::Key& school, absl::CivilDay day);
// The matter of a letter.
WhisperMatter MatterOf(const LetterRow& letter);

void PublishWhisperMissed(journal::ShardTransaction& transaction, const WhisperBoxRow& box,
                          const WhisperMatter& matter);
void PublishWhisperDoneLate(journal::ShardTransaction& transaction, const postgres::Key& school,
                            const WhisperMatter& matter, bool happened_in_time);

// Publishes concern_raised for a letter with concerns. `place`: the child's, or the school's of an unsigned
// letter.
void PublishLetterConcern(journal::ShardTransaction& transaction, const LetterRow& letter,
                          const std::string& keeper_id, const directory::Place& place);

}  // namespace tonghu::pairing
