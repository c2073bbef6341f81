// Box-ticking (走过场): which of a helper's contacts look as if they had not been made as they were recorded.
// A contact that looks so is doubtful: it is shown to the school's head, and whoever counts for a ranking
// leaves it out. A doubt changes no duty (docs/adr/2026-11-27-a-doubt-is-found-by-looking.md). Pure.
//
// All numbers here are conventions of this system; the working papers only ask that records are true.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/pairing/domain/duty_kind.h"

namespace tonghu::pairing {

// Why a contact is doubtful. The numbers are stored and those of tonghu.pairing.v1.DoubtReason.
enum class DoubtReason { kSameText = 1, kTooFast = 2, kLastDay = 3, kImpossibleHour = 4 };
inline constexpr int kDoubtReasons = 4;
// Reasons as bits: bit n stands for the reason n.
using DoubtReasons = int;
inline DoubtReasons BitOf(DoubtReason reason) { return 1 << static_cast<int>(reason); }

// kSameText: the same words for another child, or on another day, at most kSameTextReach apart. Five weeks
// find what is copied from talk to talk and from a month's visit to the next.
inline constexpr absl::Duration kSameTextReach = absl::Hours(24 * 35);
// Fewer characters than these ("一切正常") say little, and honest helpers write them again and again: they
// are doubtful only where a helper wrote them of so many children on one day.
inline constexpr size_t kShortestText = 8;
inline constexpr int kFewestShort = 5;

// kTooFast: visits to homes of which each began less than this after the one before. A talk at a home takes
// about as long, without the way.
inline constexpr absl::Duration kLeastBetweenVisits = absl::Minutes(15);
// Brothers and sisters are visited at once, and nothing here says who they are: so many children may be of
// one home, and only visits to more of them in a row are doubtful.
inline constexpr int kMostOfOneHome = 3;

// kLastDay: of the contacts that closed a helper's duties of a kind in a window at least so many, and at
// least nine in ten, happened on the window's last school day or after it. A window with fewer school days
// than kFewestWindowDays has no last day to speak of.
inline constexpr int kFewestLastDay = 10;
inline constexpr int kLastDayOfTen = 9;
inline constexpr int kFewestWindowDays = 3;

// kImpossibleHour: face to face from 22:00 to 6:00 (boarders go to bed by ten), by telephone from 0:00 to
// 5:00 (parents on shifts call late). What was written, and parents who come home, have no hour; nor has a
// contact with concerns, since somebody who looks for a child goes at night.
inline constexpr absl::Duration kLastMeeting = absl::Hours(22), kFirstMeeting = absl::Hours(6);
inline constexpr absl::Duration kFirstCall = absl::Hours(5);

// A note as it is compared: width, case, blanks, punctuation and signs make no difference. `note` is UTF-8.
std::string PlainText(std::string_view note);

// A contact of the helper whose contacts are looked at.
struct HelpersContact {
  std::string contact_id, child_id;
  ContactKind kind = ContactKind::kTalk;
  absl::Time happen_time;
  std::string text;           // PlainText of the note
  bool has_concerns = false;  // says that somebody has to look into something
  bool in_group = false;  // was recorded with others as one happening, so that one text is theirs by nature
};
// A contact, not of a group, that closed a duty of the window in which it happened.
struct WindowContact {
  std::string contact_id;
  DutyKind kind{};
  absl::CivilDay first_day, last_school_day;  // of the window
  int school_days = 0;                        // of the window
  absl::CivilDay happen_day;
};

struct Doubt {
  DoubtReasons reasons = 0;
  int alike = 0;  // with kSameText: how many others say the same
  friend bool operator==(const Doubt&, const Doubt&) = default;
};
// The doubtful ones among a helper's contacts, by id. `contacts`: all within kSameTextReach of those whose
// doubts are asked for, in any order, none withdrawn; `windows`: all contacts of the windows in which those
// happened.
std::map<std::string, Doubt> DoubtsOf(absl::Span<const HelpersContact> contacts,
                                      absl::Span<const WindowContact> windows);

// A doubt as it is kept.
struct KnownDoubt {
  DoubtReasons reasons = 0;
  DoubtReasons dismissed = 0;  // those that somebody looked into and found unfounded
  int version = 0;             // of the contact, when it was last looked at
  // Whether the contact is left out of rankings.
  bool Stands() const { return (reasons & ~dismissed) != 0; }
  friend bool operator==(const KnownDoubt&, const KnownDoubt&) = default;
};
// What is known after a contact was looked at again: what was dismissed stays so, unless the contact was
// corrected since, which nobody has looked into.
KnownDoubt LookAgain(const KnownDoubt& known, DoubtReasons reasons, int version);

}  // namespace tonghu::pairing
