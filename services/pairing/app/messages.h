// Makes messages of the API from rows, with resource names. An empty id gives an empty name.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/ids/names.h"
#include "services/pairing/domain/policy_trial.h"
#include "services/pairing/postgres/calendar_store.h"
#include "services/pairing/postgres/owed_duties.h"
#include "services/pairing/postgres/queries.h"
#include "tonghu/pairing/v1/calendar_service.pb.h"
#include "tonghu/pairing/v1/contact_service.pb.h"
#include "tonghu/pairing/v1/coverage_service.pb.h"
#include "tonghu/pairing/v1/duty_service.pb.h"
#include "tonghu/pairing/v1/pairing_service.pb.h"

namespace tonghu::pairing {

v1::Pairing MessageOf(const PairingRow& row);
v1::Duty MessageOf(const ListedDuty& row);
v1::OwedDuty MessageOf(const OwedDuty& row);
v1::Contact MessageOf(const ContactRow& row);
// The ids of those who took part in the contact of `county` beside its helper, as a caller names them.
// Errors: as ids::IdIn.
absl::StatusOr<std::vector<std::string>> TogetherIn(const std::string& county, const v1::Contact& contact);
// Names in the contact the duties that its row closes.
void SetClosedDuties(const ContactRow& row, v1::Contact& contact);
v1::UncoveredChild MessageOf(const UncoveredChild& row);
v1::SchoolCalendar MessageOf(const ids::Name& school, const TermCalendar& calendar);
v1::CountyCalendar MessageOf(const std::string& county, const TermCalendar& calendar);
v1::DutyPolicy MessageOf(const std::string& county, DutyKind kind, const DutyPolicy& policy);
v1::DutyPolicyFigures MessageOf(const TrialFigures& figures);

}  // namespace tonghu::pairing
