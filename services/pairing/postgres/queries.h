// Reads for callers: what is shown of pairings, duties and contacts.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/postgres/connection.h"
#include "services/pairing/postgres/contact_store.h"
#include "services/pairing/postgres/duty_store.h"
#include "services/pairing/postgres/pairing_store.h"

namespace tonghu::pairing {

// A duty with what its helper's superiors wrote.
struct ListedDuty {
  PlacedDuty placed;
  std::string excuse;
};

// As in tonghu.pairing.v1.UncoveredReason.
enum class UncoveredReason {
  kNotPaired = 1,
  kNoCalendar = 2,
  kCalendarOver = 3,
  kNoClassTeacher = 4,
  kNotMoved = 5,
};
struct UncoveredChild {
  std::string county, child_id, school_id;
  UncoveredReason reason{};
  int grade = 0, class_number = 0;
};

// One or none.
absl::StatusOr<std::vector<ListedDuty>> FindDuty(postgres::Connection& db, const std::string& county,
                                                 const std::string& duty_id);
absl::StatusOr<std::vector<ContactRow>> FindContact(postgres::Connection& db, const std::string& county,
                                                    const std::string& contact_id);

// What all lists have: a county's rows, perhaps of one child only, by id unless said otherwise; those behind
// `after`.
struct Listing {
  std::string county;
  std::string child_id;  // empty: all children's
  std::string after;
  int limit = 0;
};
struct PairingFilter {
  std::string helper_id;  // empty: all
  bool show_ended = false;
};
// Duties go by window, then by id.
struct DutyFilter {
  int state = 0;                             // a DutyState; 0: all
  absl::Time behind = absl::InfinitePast();  // the window's beginning of the duty `Listing::after`
  absl::Time due_before = absl::InfiniteFuture();
  absl::Time window_from = absl::UnixEpoch();         // the window ends later
  absl::Time window_before = absl::InfiniteFuture();  // the window begins before
};
// Contacts are in the order of their reports: those that happened from `from` until just before `before`.
struct ContactFilter {
  absl::Time from = absl::UnixEpoch(), before = absl::InfiniteFuture();
};
absl::StatusOr<std::vector<PairingRow>> ListPairings(postgres::Connection& db, const Listing& listing,
                                                     const PairingFilter& filter);
absl::StatusOr<std::vector<ListedDuty>> ListDuties(postgres::Connection& db, const Listing& listing,
                                                   const DutyFilter& filter);
absl::StatusOr<std::vector<ContactRow>> ListContacts(postgres::Connection& db, const Listing& listing,
                                                     const ContactFilter& filter);
// Children nobody is going to talk with, or not the right one, at `now`. A county "-" means all counties; the
// listing's child is not looked at.
absl::StatusOr<std::vector<UncoveredChild>> ListUncovered(postgres::Connection& db, const Listing& listing,
                                                          absl::Time now);

}  // namespace tonghu::pairing
