#include "services/pairing/domain/box_ticking.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "libs/clock/clock.h"
#include "libs/refusal/characters.h"

namespace tonghu::pairing {
namespace {

using DoubtMap = std::map<std::string, Doubt>;

void Add(DoubtMap& doubts, const std::string& contact_id, DoubtReason reason) {
  doubts[contact_id].reasons |= BitOf(reason);
}
void AddSameText(DoubtMap& doubts, const HelpersContact& contact, int alike) {
  Add(doubts, contact.contact_id, DoubtReason::kSameText);
  doubts[contact.contact_id].alike = alike;
}

// Contacts with one text, by time.
using Alike = std::vector<const HelpersContact*>;

void FindShort(const Alike& contacts, DoubtMap& doubts) {
  std::map<absl::CivilDay, Alike> days;
  for (const HelpersContact* contact : contacts) days[clock::DayOf(contact->happen_time)].push_back(contact);
  for (const auto& [day, of_day] : days) {
    std::set<std::string_view> children;
    for (const HelpersContact* contact : of_day) children.insert(contact->child_id);
    if (static_cast<int>(children.size()) < kFewestShort) continue;
    for (const HelpersContact* contact : of_day)
      AddSameText(doubts, *contact, static_cast<int>(of_day.size()) - 1);
  }
}

// Each counts those within reach but for those of its own child and day, which may be about one happening.
void FindLong(const Alike& contacts, DoubtMap& doubts) {
  std::map<std::pair<std::string_view, absl::CivilDay>, int> of_child_and_day;
  for (const HelpersContact* contact : contacts)
    ++of_child_and_day[{contact->child_id, clock::DayOf(contact->happen_time)}];
  size_t first = 0, end = 0;  // of those within reach
  for (const HelpersContact* contact : contacts) {
    while (contact->happen_time - contacts[first]->happen_time > kSameTextReach) ++first;
    while (end < contacts.size() && contacts[end]->happen_time - contact->happen_time <= kSameTextReach)
      ++end;
    const int others = static_cast<int>(end - first) -
                       of_child_and_day[{contact->child_id, clock::DayOf(contact->happen_time)}];
    if (others > 0) AddSameText(doubts, *contact, others);
  }
}

void FindSameText(absl::Span<const HelpersContact* const> by_time, DoubtMap& doubts) {
  std::map<std::string_view, Alike> texts;
  for (const HelpersContact* contact : by_time) {
    if (!contact->in_group && !contact->text.empty()) texts[contact->text].push_back(contact);
  }
  for (const auto& [text, contacts] : texts) {
    if (contacts.size() == 1) continue;
    refusal::CharactersOf(text) < kShortestText ? FindShort(contacts, doubts) : FindLong(contacts, doubts);
  }
}

bool IsVisit(ContactKind kind) {
  return kind == ContactKind::kHomeVisit || kind == ContactKind::kGuardianVisit;
}

void FindTooFast(absl::Span<const HelpersContact* const> by_time, DoubtMap& doubts) {
  Alike row;  // visits of which each follows the one before too soon
  const auto end_row = [&] {
    std::set<std::string_view> children;
    for (const HelpersContact* visit : row) children.insert(visit->child_id);
    if (static_cast<int>(children.size()) > kMostOfOneHome) {
      for (const HelpersContact* visit : row) Add(doubts, visit->contact_id, DoubtReason::kTooFast);
    }
    row.clear();
  };
  for (const HelpersContact* contact : by_time) {
    if (!IsVisit(contact->kind)) continue;
    if (!row.empty() && contact->happen_time - row.back()->happen_time >= kLeastBetweenVisits) end_row();
    row.push_back(contact);
  }
  end_row();
}

void FindLastDay(absl::Span<const WindowContact> contacts, DoubtMap& doubts) {
  struct Done {
    std::set<std::string_view> all, last;
  };
  std::map<std::tuple<DutyKind, absl::CivilDay, absl::CivilDay>, Done> windows;
  for (const WindowContact& one : contacts) {
    if (one.school_days < kFewestWindowDays) continue;
    Done& done = windows[{one.kind, one.first_day, one.last_school_day}];
    done.all.insert(one.contact_id);
    if (one.happen_day >= one.last_school_day) done.last.insert(one.contact_id);
  }
  for (const auto& [window, done] : windows) {
    if (done.last.size() < kFewestLastDay || done.last.size() * 10 < done.all.size() * kLastDayOfTen)
      continue;
    for (const std::string_view id : done.last) Add(doubts, std::string(id), DoubtReason::kLastDay);
  }
}

bool AtImpossibleHour(const HelpersContact& contact) {
  if (contact.has_concerns) return false;
  const absl::Duration hour = contact.happen_time - clock::StartOf(clock::DayOf(contact.happen_time));
  switch (contact.kind) {
    case ContactKind::kTalk:
    case ContactKind::kHomeVisit:
    case ContactKind::kGuardianVisit:
    case ContactKind::kCounselling:
    case ContactKind::kHomeworkHelp:
    case ContactKind::kMeeting:
      return hour >= kLastMeeting || hour < kFirstMeeting;
    case ContactKind::kParentCall:
    case ContactKind::kFamilyCall:
      return hour < kFirstCall;
    case ContactKind::kLetter:
    case ContactKind::kWhisperAnswer:
    case ContactKind::kParentsHome:
      return false;
  }
  return false;
}

}  // namespace

std::string PlainText(std::string_view note) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* folds = icu::Normalizer2::getNFKCCasefoldInstance(error);
  std::string folded;
  icu::StringByteSink<std::string> sink(&folded);
  if (U_SUCCESS(error))
    folds->normalizeUTF8(0, icu::StringPiece(note.data(), note.size()), sink, nullptr, error);
  // Without its tables, or memory, text is compared as it was written.
  if (U_FAILURE(error)) return std::string(note);
  std::string plain;
  const auto length = static_cast<int32_t>(folded.size());
  for (int32_t at = 0; at < length;) {
    const int32_t begin = at;
    UChar32 character = 0;
    U8_NEXT(folded.data(), at, length, character);
    if (character >= 0 && u_isalnum(character) != 0) plain.append(folded, begin, at - begin);
  }
  return plain;
}

std::map<std::string, Doubt> DoubtsOf(absl::Span<const HelpersContact> contacts,
                                      absl::Span<const WindowContact> windows) {
  DoubtMap doubts;
  std::vector<const HelpersContact*> by_time;
  for (const HelpersContact& contact : contacts) {
    by_time.push_back(&contact);
    if (AtImpossibleHour(contact)) Add(doubts, contact.contact_id, DoubtReason::kImpossibleHour);
  }
  std::sort(by_time.begin(), by_time.end(),
            [](const auto* a, const auto* b) { return a->happen_time < b->happen_time; });
  FindSameText(by_time, doubts);
  FindTooFast(by_time, doubts);
  FindLastDay(windows, doubts);
  return doubts;
}

KnownDoubt LookAgain(const KnownDoubt& known, DoubtReasons reasons, int version) {
  return {reasons, known.version == version ? known.dismissed : 0, version};
}

}  // namespace tonghu::pairing
