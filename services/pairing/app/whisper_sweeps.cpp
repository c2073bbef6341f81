#include "services/pairing/app/whisper_sweeps.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "libs/clock/clock.h"
#include "libs/status/macros.h"
#include "services/pairing/app/whisper_messages.h"
#include "services/pairing/events/publish_whisper.h"

namespace tonghu::pairing {
namespace {

constexpr int kBoxesAtOnce = 500;
constexpr int kDaysAtOnce =
    50;  // of a box, after everything was off; the rest is decided in the next transaction
constexpr int kLettersAtOnce = 1000;

absl::StatusOr<int> JudgeBoxes(journal::ShardTransaction& transaction, int limit) {
  const absl::Time now = transaction.now();
  ASSIGN_OR_RETURN(auto boxes,
                   LoadDueBoxes(transaction.db(), transaction.shard(), now, std::min(limit, kBoxesAtOnce)));
  if (boxes.empty()) return 0;
  absl::CivilDay first = absl::CivilDay::max(), last = absl::CivilDay::min();
  std::vector<postgres::Key> keys;
  for (const WhisperBoxRow& box : boxes) {
    keys.push_back(box.key());
    first = std::min(first, box.box.judged_to - kReachDays);
    last = std::max(last, box.box.judged_to + kDaysAtOnce + 7);
  }
  ASSIGN_OR_RETURN(auto open, OpenDaysOf(transaction.db(), boxes, {first, last}));
  ASSIGN_OR_RETURN(auto known, LoadOpenings(transaction.db(), keys, first));
  std::vector<OpeningRow> missed;
  for (WhisperBoxRow& box : boxes) {
    const Judgement judged = JudgeBox(box.box, known[box.key()], open[box.key()], now, kDaysAtOnce);
    for (const absl::CivilDay day : judged.missed) {
      missed.push_back(
          {box.county, box.school_id, {.day = day, .missed = true, .keeper_id = box.box.keeper_id}});
      PublishWhisperMissed(transaction, box, MatterOf(box.key(), day));
    }
    box.box.judged_to = judged.judged_to;
    box.due_time = OpeningDue(judged.judged_to + 1);
  }
  RETURN_IF_ERROR(PutOpenings(transaction.db(), missed));
  RETURN_IF_ERROR(PutBoxes(transaction.db(), boxes));
  return static_cast<int>(boxes.size());
}

absl::StatusOr<int> JudgeLetters(journal::ShardTransaction& transaction, int limit) {
  ASSIGN_OR_RETURN(const auto missed, MissLetters(transaction.db(), transaction.shard(), transaction.now(),
                                                  std::min(limit, kLettersAtOnce)));
  std::map<postgres::Key, WhisperBoxRow> boxes;
  for (const LetterRow& letter : missed) {
    const postgres::Key school(letter.county, letter.school_id);
    if (boxes.contains(school)) continue;
    // A box is never taken away while a letter waits.
    ASSIGN_OR_RETURN(auto found, FindBox(transaction.db(), letter.county, letter.school_id));
    if (found.empty()) return absl::InternalError("a letter waits, and its box is gone");
    boxes.emplace(school, std::move(found.front()));
  }
  for (const LetterRow& letter : missed) {
    PublishWhisperMissed(transaction, boxes.at({letter.county, letter.school_id}), MatterOf(letter));
  }
  return static_cast<int>(missed.size());
}

}  // namespace

journal::Sweep JudgeWhisperBoxes() { return {"judging whisper boxes", kNextWhisperBox, JudgeBoxes}; }
journal::Sweep JudgeWhisperLetters() { return {"judging whisper letters", kNextWhisperLetter, JudgeLetters}; }

}  // namespace tonghu::pairing
