// Contacts with concerns, as alerts knows them. Errors of all functions: the connection's.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "services/alerts/postgres/keys.h"

namespace tonghu::alerts {

// A contact, or a letter from a whisper box, that says that something has to be looked into.
struct ConcernRow {
  std::string county, contact_id, child_id, helper_id;  // child_id empty: an unsigned letter
  absl::Time happen_time;
  int concerns = 0;  // bit n stands for tonghu.pairing.v1.Concern n
  int version = 1;   // of the contact, as far as it is known
  bool withdrawn = false;
  std::string alert_id;  // the alert that the contact raised or was added to, last
  bool of_letter = false;
  Key key() const { return {county, contact_id}; }
};

// Loads those of the contacts that are known.
absl::StatusOr<std::vector<ConcernRow>> LoadConcerns(postgres::Connection& db,
                                                     absl::Span<const Key> contacts);
// Loads the contacts of alerts, by the time at which they happened.
absl::StatusOr<std::vector<ConcernRow>> LoadAlertedConcerns(postgres::Connection& db,
                                                            absl::Span<const Key> alerts);
// Stores contacts over what was known of them, each at most once.
absl::Status StoreConcerns(postgres::Connection& db, absl::Span<const ConcernRow> rows);

}  // namespace tonghu::alerts
