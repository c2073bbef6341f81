// Reads for callers: lists of pairings, duties and contacts, and single ones. Errors of all functions: the
// connection's.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/directory/places.h"
#include "libs/postgres/connection.h"
#include "libs/rights/scope.h"
#include "services/pairing/postgres/contact_store.h"
#include "services/pairing/postgres/duty_store.h"
#include "services/pairing/postgres/pairing_store.h"

namespace tonghu::pairing {

// A duty with the officer's words of its excuse.
struct ListedDuty {
  PlacedDuty placed;
  std::string excuse;
};

// Why a child is uncovered. The numbers are those of tonghu.pairing.v1.UncoveredReason.
enum class UncoveredReason {
  kNotPaired = 1,
  kNoCalendar = 2,
  kCalendarOver = 3,
  kNoClassTeacher = 4,
  kNotMoved = 5,
  kNobodyOwes = 6,
  kHelperLeft = 7,
};
struct UncoveredChild {
  std::string county, child_id, school_id;
  UncoveredReason reason{};
  int grade = 0, class_number = 0;
  absl::Time since;  // when the first gap was found; InfinitePast: none was
  int unowed = 0;    // bit n stands for the DutyKind n, of which nobody owes what is asked
};

// The duty, or contact, of an id: one row or none.
absl::StatusOr<std::vector<ListedDuty>> FindDuty(postgres::Connection& db, const std::string& county,
                                                 const std::string& duty_id);
absl::StatusOr<std::vector<ContactRow>> FindContact(postgres::Connection& db, const std::string& county,
                                                    const std::string& contact_id);

// What pairings, duties, contacts or closures (by `sought.collection`) are about.
absl::StatusOr<directory::ReadModelPlaces::Abouts> FindChildren(postgres::Connection& db,
                                                                const rpc::Sought& sought);

// What all lists take: a county, perhaps one child, and where the page begins. Rows go by id unless said
// otherwise, those behind `after` only.
struct Listing {
  std::string county;
  std::string child_id;  // empty: all children's
  std::string after;
  int limit = 0;
  rights::Filter within;  // what the caller may see, by where children are now
};
struct PairingFilter {
  std::string helper_id;  // empty: all
  bool show_ended = false;
};
// Which duties to list; by the end of the window, then by id.
struct DutyFilter {
  int state = 0;                          // a DutyState; 0: all
  int kind = 0;                           // a DutyKind; 0: all
  absl::Time behind = absl::UnixEpoch();  // the window's end of the duty `Listing::after`
  absl::Time due_before = absl::InfiniteFuture();
  absl::Time window_from = absl::UnixEpoch();         // the window ends later
  absl::Time window_before = absl::InfiniteFuture();  // the window begins before
  rights::Filter of{.everything = true};              // the children asked for, by where they are now
};
// Which contacts to list: those that happened from `from` until just before `before`, in the order of their
// reports.
struct ContactFilter {
  absl::Time from = absl::UnixEpoch(), before = absl::InfiniteFuture();
  bool show_withdrawn = false;
};
absl::StatusOr<std::vector<PairingRow>> ListPairings(postgres::Connection& db, const Listing& listing,
                                                     const PairingFilter& filter);
absl::StatusOr<std::vector<ListedDuty>> ListDuties(postgres::Connection& db, const Listing& listing,
                                                   const DutyFilter& filter);
absl::StatusOr<std::vector<ContactRow>> ListContacts(postgres::Connection& db, const Listing& listing,
                                                     const ContactFilter& filter);
// Lists the children with whom, at `now`, nobody is going to talk, or not the right person. A county "-"
// means all counties; the listing's child is not used.
absl::StatusOr<std::vector<UncoveredChild>> ListUncovered(postgres::Connection& db, const Listing& listing,
                                                          absl::Time now);

}  // namespace tonghu::pairing
