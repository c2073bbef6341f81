// Doubtful contacts, and what is read to find them. Errors of all functions: the connection's.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/directory/places.h"
#include "libs/postgres/connection.h"
#include "services/pairing/domain/box_ticking.h"
#include "services/pairing/postgres/queries.h"

namespace tonghu::pairing {

// How far a county's contacts have been looked through, helper by helper.
struct DoubtLook {
  std::string county, helper_id;  // the last helper whose contacts were looked at; empty: none yet
  absl::Time next_time;           // when the look was due
  absl::Time looked_to;           // when the one before was: what was reported since is to be found
};
// When a shard's next county is to be looked through (journal::Sweep::next_sql).
inline constexpr char kNextDoubtLook[] =
    "SELECT next_time FROM doubt_look WHERE shard = $1 ORDER BY next_time LIMIT 1";
// Has these counties looked through from `next_time` on, those that are not looked through already.
absl::Status BeginDoubtLooks(postgres::Connection& db, int shard, absl::Span<const std::string> counties,
                             absl::Time now, absl::Time next_time);
// The shard's county that has waited longest, or none.
absl::StatusOr<std::vector<DoubtLook>> LoadDoubtLook(postgres::Connection& db, int shard, absl::Time now);
// Notes how far a county was looked through; and that it was, as of `look.next_time`, and is again from
// `next_time` on.
absl::Status MoveDoubtLook(postgres::Connection& db, const DoubtLook& look);
absl::Status EndDoubtLook(postgres::Connection& db, const DoubtLook& look, absl::Time next_time);

// A staff member, and how many pairings they have or had.
struct PairedHelper {
  std::string helper_id;
  int64_t pairings = 0;
};
// The staff of the county, also those who have left, behind the helper at which the look stands.
absl::StatusOr<std::vector<PairedHelper>> LoadNextHelpers(postgres::Connection& db, const DoubtLook& look,
                                                          int limit);

// Whose contacts are looked at, and from when.
struct HelpersAsked {
  std::string county;
  std::vector<std::string> helpers;
  absl::Time since;
};
// The helpers' contacts that happened since, without those that were withdrawn.
absl::StatusOr<std::vector<ContactRow>> LoadContactsOf(postgres::Connection& db, const HelpersAsked& asked);
// A contact that closed a duty of the window in which it happened; none of a group. `school_id`: where the
// child is now.
struct WindowRow {
  std::string helper_id, contact_id, school_id;
  DutyKind kind{};
  absl::Time window_start, window_end, happen_time;
};
// The helpers' contacts of windows that ended since and have begun.
absl::StatusOr<std::vector<WindowRow>> LoadWindowContacts(postgres::Connection& db, const HelpersAsked& asked,
                                                          absl::Time now);

// A doubt as it is stored.
struct DoubtRow {
  std::string county, contact_id, child_id, helper_id;
  ContactKind kind{};
  absl::Time happen_time, report_time;
  KnownDoubt known;
  int alike = 0;
  absl::Time find_time;
  std::string done_days;  // as they were published: apart by blanks
  Place place;            // of the child, when the doubt was published
  std::string dismissed_by, dismiss_reason;
  absl::Time dismiss_time;
};
// The doubts about the helpers' contacts that happened since.
absl::StatusOr<std::vector<DoubtRow>> LoadDoubts(postgres::Connection& db, const HelpersAsked& asked);
// The doubt about a contact, or none.
absl::StatusOr<std::vector<DoubtRow>> FindDoubt(postgres::Connection& db, const std::string& county,
                                                const std::string& contact_id);
absl::Status StoreDoubts(postgres::Connection& db, absl::Span<const DoubtRow> rows);
absl::Status DeleteDoubts(postgres::Connection& db, const std::string& county,
                          absl::Span<const std::string> contact_ids);

// Where a contact's child is now, and a duty that the contact does, which is done.
struct DoubtfulNow {
  std::string contact_id;
  Place place;
  absl::Time window_start;  // InfinitePast: it does none
};
// One row a duty.
absl::StatusOr<std::vector<DoubtfulNow>> LoadDoubtfulNow(postgres::Connection& db, const std::string& county,
                                                         absl::Span<const DoubtRow> rows);

// Which doubts to list, the contact that was reported last first, from before the contact `Listing::after`
// on.
struct DoubtFilter {
  std::string helper_id;  // empty: all
  int state = 0;          // a tonghu.pairing.v1.DoubtState; 0: all
  absl::Time from = absl::UnixEpoch(), before = absl::InfiniteFuture();
  rights::Filter of{.everything = true};  // the children asked for, by where they are now
};
absl::StatusOr<std::vector<DoubtRow>> ListDoubts(postgres::Connection& db, const Listing& listing,
                                                 const DoubtFilter& filter);

}  // namespace tonghu::pairing
