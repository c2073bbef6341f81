// Children's standings: where a child was, how much care it needed and who guarded it, from which day on.
// Errors of all functions: the connection's.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/directory/read_model.h"
#include "libs/postgres/connection.h"
#include "libs/postgres/keys.h"
#include "services/pairing/domain/duty_policies.h"

namespace tonghu::pairing {

// Whether a child has changed in what policies are refined by: school, care level, guardianship.
bool ChangesStanding(const directory::Move& move);
// Keeps what the moved children were, as former from tomorrow on; of several changes on one day the first
// one's, since what a day began with holds for that day.
absl::Status KeepFormer(postgres::Connection& db, absl::Span<const directory::Move> moves,
                        absl::CivilDay today);

// An expression of the former standings of the child `c` in one text, for ReadStandings.
inline constexpr char kFormerly[] =
    "coalesce((SELECT string_agg(f.until_day || ' ' || f.care_level || ' ' || f.guardianship || ' ' || "
    "f.school_id, E'\\n' ORDER BY f.until_day) FROM former_standing f WHERE f.child_id = c.child_id AND "
    "f.county = c.county), "
    "'')";
// The standings of a child, oldest first, whose standing is `now`; of `now` the first day is not read.
// `formerly` is a value of kFormerly. Error: INTERNAL when the text can't be read.
absl::StatusOr<std::vector<Standing>> ReadStandings(const std::string& formerly, Standing now);
// The standings of these children, by key; one who is not known is left out.
absl::StatusOr<std::map<postgres::Key, std::vector<Standing>>> LoadStandings(
    postgres::Connection& db, absl::Span<const postgres::Key> children);

}  // namespace tonghu::pairing
