// Contacts, and whether one may be recorded. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/pairing/domain/duty.h"

namespace tonghu::pairing {

// How the child was, and what somebody has to look into. The numbers are stored and those of
// tonghu.pairing.v1.
enum class Mood {
  kNotSaid = 0,
  kCheerful = 1,
  kCalm = 2,
  kLow = 3,
  kAnxious = 4,
  kIrritable = 5,
  kWithdrawn = 6,
};
enum class Concern {
  kMood = 1,
  kGuardianship = 2,
  kHealth = 3,
  kSafety = 4,
  kDroppingOut = 5,
  kOther = 6,
};
inline constexpr int kConcerns = 6;

// A contact as it is reported.
struct Contact {
  std::string child_id;
  std::string helper_id;
  ContactKind kind = ContactKind::kTalk;
  absl::Time happen_time;
  std::string note;
  Mood mood = Mood::kNotSaid;
  std::vector<Concern> concerns = {};
  std::vector<std::string> together_with = {};  // ids of other helpers who took part
};
inline constexpr size_t kMostTogether = 5;
inline constexpr size_t kLargestGroup = 60;  // children of one happening

// A time in which somebody was paired with the child, as part of a line.
struct PairedSpan {
  std::string line_id, helper_id;
  absl::Time start;
  absl::Time end = absl::InfiniteFuture();
  // Only where a function says so.
  std::string pairing_id = {};
  PairingRole role{};
};

inline constexpr absl::Duration kOldestContact = absl::Hours(24 * 60);
inline constexpr absl::Duration kClockTolerance =
    absl::Minutes(2);                         // clocks differ: a contact of "now" may seem to lie ahead
inline constexpr size_t kLongestNote = 2000;  // characters

// Checks how a child was and what has to be looked into; `field` leads to the fields `mood` and `concerns`.
// Errors: MOOD_UNKNOWN, CONCERNS_INVALID (unknown, or one twice).
absl::Status CheckMarks(Mood mood, absl::Span<const Concern> concerns, const std::string& field);

// From when the contacts of a pairing that began at `start` count: the beginning of that day in China. A
// teacher who is paired at noon has often talked in the morning.
absl::Time CountsFrom(absl::Time start);

// Checks whether a contact may be recorded at `now`. `spans` are all spans of the child. Errors:
// CONTACT_KIND_MISSING, HAPPEN_TIME_MISSING, HAPPEN_TIME_IN_FUTURE (by more than kClockTolerance),
// HAPPEN_TIME_TOO_OLD, NOTE_TOO_LONG, MOOD_UNKNOWN, CONCERNS_INVALID (unknown, or one twice),
// TOGETHER_WITH_INVALID (too many, one twice, or the helper), NOT_PAIRED (a helper was not paired with the
// child at that time).
absl::Status CheckContact(const Contact& contact, absl::Span<const PairedSpan> spans, absl::Time now);

// What a call that corrects or withdraws a contact says.
struct ChangeAsked {
  std::string_view name_field;  // the request's field that names the contact
  std::string_view helper;      // the resource name
  int version = 0;              // 0: whichever
  std::string_view reason;
  bool withdraws = false;
};
// A contact that is to be changed.
struct ChangedContact {
  std::string_view helper_id;
  int version = 1;
  bool withdrawn = false;
  absl::Time happen_time;
};
inline constexpr int kMostVersions = 21;       // the first, and 20 changes
inline constexpr size_t kLongestReason = 500;  // characters

// Checks whether the contact may be changed at `now`. Errors: REASON_MISSING, REASON_TOO_LONG,
// CONTACT_OF_ANOTHER (the helper named is not the contact's), CONTACT_WITHDRAWN, CONTACT_CHANGED (it has
// another version by now), CONTACT_TOO_OLD (it happened more than kOldestContact ago), TOO_MANY_CHANGES (a
// withdrawal is always one more).
absl::Status CheckChange(const ChangedContact& contact, const ChangeAsked& asked, absl::Time now);

// The concerns as they are stored: bit n stands for Concern n. Only of concerns that have passed
// CheckContact.
int BitsOf(absl::Span<const Concern> concerns);
// The concerns of such a number, in the order of their numbers.
std::vector<Concern> ConcernsOf(int bits);

}  // namespace tonghu::pairing
