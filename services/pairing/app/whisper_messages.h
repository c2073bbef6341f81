// What the use cases of whisper boxes share: what is loaded of boxes, messages, refusals.
#pragma once

#include <map>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/pairing/domain/closure.h"
#include "services/pairing/postgres/whisper_store.h"
#include "tonghu/pairing/v1/whisper_service.pb.h"

namespace tonghu::pairing {

// The days that decide of a box on a day and of what is to come of it: kReachDays before to eight weeks
// after.
DayRange AroundDay(absl::CivilDay day);
// The days on which the schools of boxes are open, in order; none where no calendar is known. Errors: the
// connection's.
absl::StatusOr<std::map<postgres::Key, std::vector<absl::CivilDay>>> OpenDaysOf(
    postgres::Connection& db, absl::Span<const WhisperBoxRow> boxes, DayRange days);

// The box at `now`. `known` and `open`: as OpenBox takes them.
v1::WhisperBox MessageOf(const WhisperBoxRow& row, absl::Span<const Opening> known,
                         absl::Span<const absl::CivilDay> open, absl::Time now);
v1::WhisperOpening MessageOf(const OpeningRow& row);
// What everybody may see of a letter: neither whose it is nor what it says.
v1::WhisperLetter MessageOf(const LetterRow& row);

absl::Status WhisperBoxUnknown(std::string_view field);
absl::Status WhisperLetterUnknown();
absl::Status WhisperKeptByAnother(std::string_view field);

}  // namespace tonghu::pairing
