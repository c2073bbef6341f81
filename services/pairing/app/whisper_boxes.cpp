#include "services/pairing/app/whisper_boxes.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/clock/timestamp.h"
#include "libs/directory/lookup.h"
#include "libs/ids/names.h"
#include "libs/ids/references.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/app/answer.h"
#include "services/pairing/app/whisper_messages.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/events/publish_whisper.h"
#include "services/pairing/postgres/calendar_store.h"

namespace tonghu::pairing {
namespace {

// What decides of one box at `day`: the days on which its school is open, and its openings.
struct BoxFacts {
  WhisperBoxRow row;
  std::vector<absl::CivilDay> open;
  std::vector<Opening> known;
};
absl::StatusOr<BoxFacts> Load(postgres::Connection& db, WhisperBoxRow row, absl::CivilDay today) {
  BoxFacts facts{std::move(row)};
  const postgres::Key key = facts.row.key();
  ASSIGN_OR_RETURN(auto open, OpenDaysOf(db, {facts.row}, AroundDay(today)));
  ASSIGN_OR_RETURN(auto known, LoadOpenings(db, {key}, today - kReachDays));
  facts.open = std::move(open[key]);
  facts.known = std::move(known[key]);
  return facts;
}

// The box of a school. Errors: WHISPER_BOX_NOT_FOUND on `field`; the connection's.
absl::StatusOr<WhisperBoxRow> BoxOf(postgres::Connection& db, const std::string& county,
                                    const std::string& school_id, std::string_view field) {
  ASSIGN_OR_RETURN(auto found, FindBox(db, county, school_id));
  if (found.empty()) return WhisperBoxUnknown(field);
  return std::move(found.front());
}

absl::Status CheckKeeper(postgres::Connection& db, const WhisperBoxRow& row) {
  ASSIGN_OR_RETURN(const bool known, IsStaff(db, row.county, row.box.keeper_id));
  if (!known) return UnknownStaff("whisper_box.keeper");
  ASSIGN_OR_RETURN(const bool head, IsHeadOf(db, row.county, row.school_id, row.box.keeper_id));
  if (!head) return absl::OkStatus();
  return refusal::Precondition(
      "WHISPER_KEEPER_IS_HEAD", "whisper_box.keeper",
      "children write to somebody who does not answer for the school; name a counsellor or a teacher",
      "信箱不能由校长（或其代理人）管理，请指定心理辅导教师或其他教师");
}

absl::StatusOr<v1::WhisperBox> PutOne(journal::ShardTransaction& transaction, const std::string& county,
                                      const v1::WhisperBox& given) {
  const absl::CivilDay today = clock::DayOf(transaction.now());
  ASSIGN_OR_RETURN(const auto school, ids::IdIn(county, given.school(), "schools", "whisper_box.school"));
  ASSIGN_OR_RETURN(const bool known, IsSchool(transaction.db(), {.county = county, .id = school}));
  if (!known) return UnknownSchool("whisper_box.school");
  ASSIGN_OR_RETURN(auto found, FindBox(transaction.db(), county, school));
  // Of a new box nothing is owed before tomorrow.
  WhisperBoxRow row = !found.empty() ? std::move(found.front())
                                     : WhisperBoxRow{.county = county,
                                                     .school_id = school,
                                                     .shard = transaction.shard(),
                                                     .box = {.weekday_from = today + 1, .judged_to = today},
                                                     .due_time = OpeningDue(today + 1)};
  ASSIGN_OR_RETURN(row.box.keeper_id,
                   ids::IdIn(county, given.keeper(), "staffMembers", "whisper_box.keeper"));
  WhisperBox asked = row.box;
  asked.weekday = given.weekday() == 0 ? kUsualWeekday : given.weekday();
  asked.answer_days = given.answer_days() == 0 ? kUsualAnswerDays : given.answer_days();
  RETURN_IF_ERROR(CheckWhisperBox(asked, "whisper_box."));
  RETURN_IF_ERROR(CheckKeeper(transaction.db(), row));
  PutWeekday(row.box, asked.weekday, today);
  row.box.answer_days = asked.answer_days;
  RETURN_IF_ERROR(PutBoxes(transaction.db(), {row}));
  PublishWhisperBoxPut(transaction, row.key(), row.box.keeper_id);
  ASSIGN_OR_RETURN(const BoxFacts facts, Load(transaction.db(), std::move(row), today));
  return MessageOf(facts.row, facts.known, facts.open, transaction.now());
}

absl::StatusOr<v1::DeleteWhisperBoxResponse> DeleteOne(journal::ShardTransaction& transaction,
                                                       const std::string& county,
                                                       const v1::DeleteWhisperBoxRequest& request) {
  ASSIGN_OR_RETURN(const auto school, ids::IdIn(county, request.school(), "schools", "school"));
  ASSIGN_OR_RETURN(const auto box, BoxOf(transaction.db(), county, school, "school"));
  if (box.waiting > 0) {
    return refusal::Precondition("WHISPER_LETTERS_WAIT", "school",
                                 "letters wait for an answer; the keeper answers them first",
                                 "信箱中还有来信未回复，请信箱管理员先回复，再撤销信箱");
  }
  RETURN_IF_ERROR(DeleteBox(transaction.db(), county, school));
  PublishWhisperBoxPut(transaction, box.key(), "");
  return v1::DeleteWhisperBoxResponse();
}

// The letters of a request, checked. Errors: refusals.
absl::StatusOr<std::vector<FoundLetter>> ParseLetters(const std::string& county,
                                                      const v1::OpenWhisperBoxRequest& request) {
  if (request.letters_size() > kMostLetters) {
    return refusal::Invalid("TOO_MANY_LETTERS", "letters",
                            "one opening has at most 50 letters; record the rest in another",
                            "一次开箱最多登记50封来信，其余请再登记一次开箱");
  }
  std::vector<FoundLetter> letters;
  for (int i = 0; i < request.letters_size(); ++i) {
    const v1::FoundWhisperLetter& given = request.letters(i);
    const std::string field = absl::StrCat("letters[", i, "].");
    FoundLetter letter{.text = given.text(), .mood = static_cast<Mood>(given.mood())};
    ASSIGN_OR_RETURN(letter.child_id,
                     ids::OptionalIdIn(county, given.child(), "children", absl::StrCat(field, "child")));
    for (const int concern : given.concerns()) letter.concerns.push_back(static_cast<Concern>(concern));
    RETURN_IF_ERROR(CheckLetter(letter, field));
    letters.push_back(std::move(letter));
  }
  return letters;
}

// Where the children of letters are. Errors: refusals; the connection's.
absl::StatusOr<directory::Places> PlacesOf(postgres::Connection& db, const WhisperBoxRow& box,
                                           absl::Span<const FoundLetter> letters) {
  std::vector<postgres::Key> children;
  for (const FoundLetter& letter : letters) {
    if (!letter.child_id.empty()) children.emplace_back(box.county, letter.child_id);
  }
  if (children.empty()) return directory::Places();
  ASSIGN_OR_RETURN(auto places, directory::LoadChildren(db, children));
  for (size_t i = 0; i < letters.size(); ++i) {
    if (letters[i].child_id.empty()) continue;
    const std::string field = absl::StrCat("letters[", i, "].child");
    const auto place = places.find({box.county, letters[i].child_id});
    if (place == places.end()) return UnknownChild(field);
    if (place->second.school_id != box.school_id) {
      return refusal::Invalid("CHILD_OF_ANOTHER_SCHOOL", field, "the child is at another school now",
                              "该儿童不在本校，请核对；无法确定的请按未署名登记");
    }
  }
  return places;
}

// Stores the letters of an opening, and raises their concerns. Gives them.
absl::StatusOr<std::vector<LetterRow>> KeepLetters(journal::ShardTransaction& transaction, ids::Source& ids,
                                                   const BoxFacts& facts, std::vector<FoundLetter> found,
                                                   absl::Time find_time) {
  const WhisperBoxRow& box = facts.row;
  ASSIGN_OR_RETURN(const auto places, PlacesOf(transaction.db(), box, found));
  const absl::CivilDay last = AnswerDay(clock::DayOf(find_time), box.box.answer_days, facts.open);
  std::vector<LetterRow> letters;
  for (FoundLetter& one : found) {
    LetterRow row{.county = box.county,
                  .letter_id = ids.Next(transaction.now()),
                  .shard = transaction.shard(),
                  .school_id = box.school_id,
                  .child_id = std::move(one.child_id),
                  .find_time = find_time,
                  .due_time = clock::StartOf(last + 1),
                  .text = std::move(one.text),
                  .mood = one.mood,
                  .concerns = BitsOf(one.concerns)};
    if (row.concerns != 0) {
      directory::Place place = box.place;
      place.school_id = box.school_id;
      if (!row.child_id.empty()) place = places.at({box.county, row.child_id});
      PublishLetterConcern(transaction, row, box.box.keeper_id, place);
    }
    letters.push_back(std::move(row));
  }
  RETURN_IF_ERROR(PutLetters(transaction.db(), letters));
  return letters;
}

absl::StatusOr<v1::WhisperOpening> OpenOne(journal::ShardTransaction& transaction, ids::Source& ids,
                                           const std::string& county,
                                           const v1::OpenWhisperBoxRequest& request) {
  const absl::Time now = transaction.now();
  ASSIGN_OR_RETURN(const auto school, ids::IdIn(county, request.school(), "schools", "school"));
  ASSIGN_OR_RETURN(const auto keeper, ids::IdIn(county, request.keeper(), "staffMembers", "keeper"));
  const absl::Time open_time = request.has_open_time() ? clock::ToTime(request.open_time()) : now;
  RETURN_IF_ERROR(CheckOpenTime(open_time, now));
  ASSIGN_OR_RETURN(auto found, ParseLetters(county, request));
  ASSIGN_OR_RETURN(auto box, BoxOf(transaction.db(), county, school, "school"));
  if (keeper != box.box.keeper_id) return WhisperKeptByAnother("keeper");
  ASSIGN_OR_RETURN(const BoxFacts facts, Load(transaction.db(), std::move(box), clock::DayOf(open_time)));
  const int count = static_cast<int>(found.size());
  // What can be refused is refused before anything is written.
  ASSIGN_OR_RETURN(const auto letters, KeepLetters(transaction, ids, facts, std::move(found), open_time));
  const OpeningTurn turn = OpenBox(facts.row.box, facts.known, facts.open, open_time, count, now);
  std::vector<OpeningRow> rows;
  v1::WhisperOpening message;
  for (const Opening& one : turn.changed) {
    rows.push_back({county, school, one});
    if (one.day == turn.day) message = MessageOf(rows.back());
  }
  RETURN_IF_ERROR(PutOpenings(transaction.db(), rows));
  for (const Opening& one : turn.settled) {
    PublishWhisperDoneLate(transaction, facts.row.key(), MatterOf(facts.row.key(), one.day),
                           one.state == OpeningState::kOpened);
  }
  for (const LetterRow& letter : letters) *message.add_letters() = MessageOf(letter);
  return message;
}

absl::StatusOr<v1::WhisperLetter> AnswerOne(journal::ShardTransaction& transaction, const std::string& county,
                                            const v1::AnswerWhisperLetterRequest& request) {
  ASSIGN_OR_RETURN(const auto id, ids::IdIn(county, request.name(), "whisperLetters", "name"));
  ASSIGN_OR_RETURN(const auto keeper, ids::IdIn(county, request.keeper(), "staffMembers", "keeper"));
  RETURN_IF_ERROR(CheckAnswer(request.answer()));
  ASSIGN_OR_RETURN(auto found, FindLetter(transaction.db(), county, id));
  if (found.empty()) return WhisperLetterUnknown();
  LetterRow& letter = found.front();
  ASSIGN_OR_RETURN(const auto box, BoxOf(transaction.db(), county, letter.school_id, "name"));
  if (keeper != box.box.keeper_id) return WhisperKeptByAnother("keeper");
  if (!letter.waits()) {
    return refusal::Precondition("WHISPER_LETTER_ANSWERED", "name", "the letter is answered already",
                                 "这封来信已经回复，无需再次登记");
  }
  letter.answer = request.answer();
  letter.answered_by = keeper;
  letter.answer_time = transaction.now();
  RETURN_IF_ERROR(PutLetters(transaction.db(), {letter}));
  if (letter.missed) PublishWhisperDoneLate(transaction, box.key(), MatterOf(letter), false);
  return MessageOf(letter);
}

}  // namespace

absl::Status PutWhisperBoxes(journal::ShardTransaction& transaction,
                             PutWhisperBoxCommandHandler::Commands commands) {
  for (const auto& command : commands)
    RETURN_IF_ERROR(Answer(command, PutOne(transaction, *command.county, command.request->whisper_box())));
  return absl::OkStatus();
}

absl::Status DeleteWhisperBoxes(journal::ShardTransaction& transaction,
                                DeleteWhisperBoxCommandHandler::Commands commands) {
  for (const auto& command : commands)
    RETURN_IF_ERROR(Answer(command, DeleteOne(transaction, *command.county, *command.request)));
  return absl::OkStatus();
}

absl::Status OpenWhisperBoxes::operator()(journal::ShardTransaction& transaction,
                                          OpenWhisperBoxCommandHandler::Commands commands) const {
  for (const auto& command : commands)
    RETURN_IF_ERROR(Answer(command, OpenOne(transaction, ids_, *command.county, *command.request)));
  return absl::OkStatus();
}

absl::Status AnswerWhisperLetters(journal::ShardTransaction& transaction,
                                  AnswerWhisperLetterCommandHandler::Commands commands) {
  for (const auto& command : commands)
    RETURN_IF_ERROR(Answer(command, AnswerOne(transaction, *command.county, *command.request)));
  return absl::OkStatus();
}

}  // namespace tonghu::pairing
