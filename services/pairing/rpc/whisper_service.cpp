#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/clock/epoch_day.h"
#include "libs/division/county.h"
#include "libs/ids/names.h"
#include "libs/ids/references.h"
#include "libs/paging/paging.h"
#include "libs/status/macros.h"
#include "services/pairing/app/whisper_boxes.h"
#include "services/pairing/app/whisper_messages.h"
#include "services/pairing/rpc/services.h"
#include "tonghu/pairing/v1/whisper_service.grpc.pb.h"

namespace tonghu::pairing {
namespace {

// Messages of boxes at `now`.
absl::StatusOr<std::vector<v1::WhisperBox>> MessagesOf(postgres::Connection& db,
                                                       absl::Span<const WhisperBoxRow> rows, absl::Time now) {
  const absl::CivilDay today = clock::DayOf(now);
  std::vector<postgres::Key> keys;
  for (const WhisperBoxRow& row : rows) keys.push_back(row.key());
  ASSIGN_OR_RETURN(auto open, OpenDaysOf(db, rows, AroundDay(today)));
  ASSIGN_OR_RETURN(auto known, LoadOpenings(db, keys, today));
  std::vector<v1::WhisperBox> messages;
  for (const WhisperBoxRow& row : rows)
    messages.push_back(MessageOf(row, known[row.key()], open[row.key()], now));
  return messages;
}

absl::StatusOr<v1::WhisperBox> GetBox(const journal::Query& query, const v1::GetWhisperBoxRequest& request) {
  ASSIGN_OR_RETURN(const auto school, ids::ParseName(request.school(), "schools", "school"));
  ASSIGN_OR_RETURN(const auto now, query.Now());
  ASSIGN_OR_RETURN(const auto found, FindBox(query.db, school.county, school.id));
  if (found.empty()) return WhisperBoxUnknown("school");
  ASSIGN_OR_RETURN(auto messages, MessagesOf(query.db, found, now));
  return std::move(messages.front());
}

absl::StatusOr<v1::ListWhisperBoxesResponse> ListAll(const journal::Query& query,
                                                     const v1::ListWhisperBoxesRequest& request) {
  const rights::Scope& scope = query.call.scope();
  ASSIGN_OR_RETURN(const auto county, division::ParseCounty(request.parent(), "parent"));
  ASSIGN_OR_RETURN(const auto keeper, ids::OptionalIdIn(county, request.keeper(), "staffMembers", "keeper"));
  ASSIGN_OR_RETURN(const auto page, paging::PageOf(request, scope.Fingerprint()));
  ASSIGN_OR_RETURN(const auto now, query.Now());
  ASSIGN_OR_RETURN(auto rows, ListBoxes(query.db, {county, keeper, page.after, page.size + 1}));
  v1::ListWhisperBoxesResponse response;
  response.set_next_page_token(page.Cut(rows, [](const WhisperBoxRow& row) { return row.school_id; }));
  // A county has some hundred schools: those outside the caller's scope are left out of the page.
  std::erase_if(rows, [&](const WhisperBoxRow& row) {
    return !scope.Touches({.school_id = row.school_id, .township_code = row.place.township_code});
  });
  ASSIGN_OR_RETURN(auto messages, MessagesOf(query.db, rows, now));
  for (v1::WhisperBox& one : messages) *response.add_whisper_boxes() = std::move(one);
  return response;
}

absl::StatusOr<v1::ListWhisperOpeningsResponse> ListAllOpenings(
    postgres::Connection& db, const v1::ListWhisperOpeningsRequest& request) {
  ASSIGN_OR_RETURN(const auto school, ids::ParseName(request.school(), "schools", "school"));
  ASSIGN_OR_RETURN(const auto page, paging::PageOf(request, ""));
  int32_t before = 0;
  const bool later = absl::SimpleAtoi(page.after, &before);
  ASSIGN_OR_RETURN(auto rows, ListOpenings(db, {school.county, school.id},
                                           clock::DayOfEpoch(later ? before : INT32_MAX), page.size + 1));
  v1::ListWhisperOpeningsResponse response;
  response.set_next_page_token(
      page.Cut(rows, [](const OpeningRow& row) { return absl::StrCat(clock::EpochDay(row.opening.day)); }));
  for (const OpeningRow& row : rows) *response.add_whisper_openings() = MessageOf(row);
  return response;
}

absl::StatusOr<v1::ListWhisperLettersResponse> ListAllLetters(postgres::Connection& db,
                                                              const v1::ListWhisperLettersRequest& request) {
  ASSIGN_OR_RETURN(const auto school, ids::ParseName(request.school(), "schools", "school"));
  ASSIGN_OR_RETURN(const auto page, paging::PageOf(request, ""));
  ASSIGN_OR_RETURN(auto rows,
                   ListLetters(db, {school.county, school.id, page.after, request.waiting(), page.size + 1}));
  v1::ListWhisperLettersResponse response;
  response.set_next_page_token(page.Cut(rows, [](const LetterRow& row) { return row.letter_id; }));
  for (const LetterRow& row : rows) *response.add_whisper_letters() = MessageOf(row);
  return response;
}

// A letter with its words. Only for the box's keeper: of an answered letter only who answered it.
absl::StatusOr<v1::WhisperLetter> ReadLetter(const journal::Query& query,
                                             const v1::GetWhisperLetterRequest& request) {
  ASSIGN_OR_RETURN(const auto name, ids::ParseName(request.name(), "whisperLetters", "name"));
  ASSIGN_OR_RETURN(const auto found, FindLetter(query.db, name.county, name.id));
  if (found.empty()) return WhisperLetterUnknown();
  const LetterRow& letter = found.front();
  ASSIGN_OR_RETURN(const auto box, FindBox(query.db, name.county, letter.school_id));
  const std::string keeper =
      box.empty() ? "" : ids::NameOf(name.county, "staffMembers", box.front().box.keeper_id);
  const std::string reader =
      letter.waits() ? keeper : ids::NameOf(name.county, "staffMembers", letter.answered_by);
  const std::string& caller = query.call.caller().staff_member;
  if (caller.empty() || caller != keeper || caller != reader) return WhisperKeptByAnother("name");
  v1::WhisperLetter message = MessageOf(letter);
  message.set_child(ids::NameOf(name.county, "children", letter.child_id));
  message.set_text(letter.text);
  message.set_mood(static_cast<v1::Mood>(letter.mood));
  for (const Concern concern : ConcernsOf(letter.concerns))
    message.add_concerns(static_cast<v1::Concern>(concern));
  message.set_answer(letter.answer);
  return message;
}

}  // namespace

std::unique_ptr<journal::Service> OfferWhispers(journal::Node& node) {
  auto whispers = node.Offer<v1::WhisperService>();
  whispers->Command<v1::PutWhisperBoxRequest, v1::WhisperBox>("PutWhisperBox", PutWhisperBoxes);
  whispers->Command<v1::DeleteWhisperBoxRequest, v1::DeleteWhisperBoxResponse>("DeleteWhisperBox",
                                                                               DeleteWhisperBoxes);
  whispers->Command<v1::OpenWhisperBoxRequest, v1::WhisperOpening>("OpenWhisperBox",
                                                                   OpenWhisperBoxes(node.ids()));
  whispers->Command<v1::AnswerWhisperLetterRequest, v1::WhisperLetter>("AnswerWhisperLetter",
                                                                       AnswerWhisperLetters);
  whispers->Answer<v1::GetWhisperBoxRequest, v1::WhisperBox>("GetWhisperBox", GetBox);
  whispers->Answer<v1::ListWhisperBoxesRequest, v1::ListWhisperBoxesResponse>("ListWhisperBoxes", ListAll);
  whispers->Answer("ListWhisperOpenings", ListAllOpenings);
  whispers->Answer("ListWhisperLetters", ListAllLetters);
  whispers->Answer<v1::GetWhisperLetterRequest, v1::WhisperLetter>("GetWhisperLetter", ReadLetter);
  return whispers;
}

}  // namespace tonghu::pairing
