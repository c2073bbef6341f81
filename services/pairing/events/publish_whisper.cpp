#include "services/pairing/events/publish_whisper.h"

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/clock/epoch_day.h"
#include "libs/ids/ids.h"
#include "libs/journal/scratch.h"
#include "tonghu/pairing/events/v1/pairing_events.pb.h"

namespace tonghu::pairing {
namespace {

namespace said = tonghu::pairing::events::v1;
using clock::EpochDay;

void Fill(const directory::Place& place, said::Place* message) {
  message->set_school_id(place.school_id);
  message->set_township_code(place.township_code);
  message->set_grade(place.grade);
  message->set_class_number(place.class_number);
}

}  // namespace

void PublishWhisperBoxPut(journal::ShardTransaction& transaction, const postgres::Key& school,
                          const std::string& keeper_id) {
  auto& event = journal::Scratch<said::WhisperBoxPut>();
  event.set_keeper_id(keeper_id);
  transaction.Append("whisper_box_put", school.first, school.second, event.SerializeAsString());
}

WhisperMatter MatterOf(const postgres::Key& school, absl::CivilDay day) {
  const std::string name =
      absl::StrCat("whisper/", school.first, "/", school.second, "/", absl::FormatCivilTime(day));
  return {ids::DerivedBeside(ids::FirstAt(clock::StartOf(day)), name), day};
}

WhisperMatter MatterOf(const LetterRow& letter) {
  // The last day in time: the due time is that day's end.
  return {letter.letter_id, clock::DayOf(letter.find_time), clock::DayOf(letter.due_time) - 1};
}

void PublishWhisperMissed(journal::ShardTransaction& transaction, const WhisperBoxRow& box,
                          const WhisperMatter& matter) {
  auto& event = journal::Scratch<said::WhisperMissed>();
  event.set_matter_id(matter.id);
  event.set_keeper_id(box.box.keeper_id);
  event.set_day(EpochDay(matter.day));
  if (matter.answer_day.has_value()) event.set_answer_day(EpochDay(*matter.answer_day));
  directory::Place place = box.place;
  place.school_id = box.school_id;
  Fill(place, event.mutable_place());
  transaction.Append("whisper_missed", box.county, box.school_id, event.SerializeAsString());
}

void PublishWhisperDoneLate(journal::ShardTransaction& transaction, const postgres::Key& school,
                            const WhisperMatter& matter, bool happened_in_time) {
  auto& event = journal::Scratch<said::WhisperDoneLate>();
  event.set_matter_id(matter.id);
  event.set_happened_in_time(happened_in_time);
  transaction.Append("whisper_done_late", school.first, school.second, event.SerializeAsString());
}

void PublishLetterConcern(journal::ShardTransaction& transaction, const LetterRow& letter,
                          const std::string& keeper_id, const directory::Place& place) {
  auto& event = journal::Scratch<said::ConcernRaised>();
  event.set_contact_id(letter.letter_id);
  event.set_helper_id(keeper_id);
  for (const Concern concern : ConcernsOf(letter.concerns)) event.add_concerns(static_cast<int>(concern));
  event.set_happen_micros(absl::ToUnixMicros(letter.find_time));
  event.set_letter(true);
  Fill(place, event.mutable_place());
  // An unsigned letter is about its school.
  transaction.Append("concern_raised", letter.county,
                     letter.child_id.empty() ? letter.school_id : letter.child_id, event.SerializeAsString());
}

}  // namespace tonghu::pairing
