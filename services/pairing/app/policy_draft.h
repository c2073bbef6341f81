// What a request makes of a county's policies: whom it is for, and what it changes.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "libs/postgres/connection.h"
#include "services/pairing/domain/duty_policies.h"
#include "tonghu/pairing/v1/duty_service.pb.h"

namespace tonghu::pairing {

// The kind of duty that a request gives in `field`. Error: DUTY_KIND_MISSING.
absl::StatusOr<DutyKind> KindOf(int kind, std::string_view field);

// Where a request says for whom a policy is, and how its fields are called before the word of each.
struct ScopeGiven {
  const std::string& school;
  int care_level, guardianship;
  const char* prefix;
};
// The scope that a request gives. Errors: CARE_LEVEL_MISSING and GUARDIANSHIP_MISSING for values that there
// are not; as ids::IdIn; SCHOOL_NOT_FOUND; the connection's.
absl::StatusOr<PolicyScope> ScopeOf(postgres::Connection& db, const std::string& county,
                                    const ScopeGiven& given);
// The same of a message that has the fields `school`, `care_level` and `guardianship_type`.
template <class Message>
absl::StatusOr<PolicyScope> ScopeOf(postgres::Connection& db, const std::string& county,
                                    const Message& message, const char* prefix) {
  return ScopeOf(db, county, {message.school(), message.care_level(), message.guardianship_type(), prefix});
}

// The version from which a change of the scope's policy begins: the scope's own last one, else the last that
// holds for its children.
DutyPolicy LastOf(const Policies& policies, const std::string& county, DutyKind kind,
                  const PolicyScope& scope);
// The version that holds for children of the scope at `now`.
DutyPolicy HoldingFor(const Policies& policies, const std::string& county, DutyKind kind,
                      const PolicyScope& scope, absl::Time now);

// Sets in `policy`, the version before, what a request's `policy` gives on the day `today`; the rest stays.
// The first day is tomorrow when none is given. Errors: refusals, PAIRING_ROLE_MISSING, LATENESS_NOT_REFINED,
// FULFILMENT_NOT_REFINED, CONTACT_KIND_MISSING and as CheckPolicy.
absl::Status Change(const v1::DutyPolicy& given, absl::CivilDay today, DutyPolicy& policy);
// The first day of a version, given as `text` in `field`; tomorrow when none is given. Error:
// EFFECTIVE_FROM_OUT_OF_RANGE, when the text is no day.
absl::StatusOr<absl::CivilDay> FirstDayOf(const std::string& text, absl::CivilDay today,
                                          std::string_view field);

}  // namespace tonghu::pairing
