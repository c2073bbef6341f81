// Schools with children and their terms, and which of them lack one. Errors of all functions: the
// connection's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/calendar/calendar.h"
#include "libs/directory/place.h"
#include "libs/ids/names.h"
#include "libs/postgres/connection.h"

namespace tonghu::pairing {

// That a school lacks a term.
struct MissingTerm {
  std::string county, school_id;
  int shard = 0;
  absl::Time since;      // when that was found
  bool told = false;     // that was told
  absl::Time tell_time;  // when to tell that, or to tell that again
};

// A school, what its calendars say, and what is known to be missing.
struct SchoolTerms {
  std::string county;
  directory::Place place;
  bool has_children = false;
  std::vector<calendar::Term> terms;  // those that end on `today` or later
  std::optional<MissingTerm> missing;
};

// The county's schools, or the one that is named, that have children or of which a term is known to be
// missing, by id.
absl::StatusOr<std::vector<SchoolTerms>> LoadSchoolTerms(postgres::Connection& db, const std::string& county,
                                                         const std::string& only_school,
                                                         absl::CivilDay today);
absl::Status StoreMissingTerms(postgres::Connection& db, absl::Span<const MissingTerm> rows);
absl::Status DeleteMissingTerms(postgres::Connection& db, absl::Span<const MissingTerm> rows);

}  // namespace tonghu::pairing
