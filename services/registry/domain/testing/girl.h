// Builders for tests of the domain.
#pragma once

#include <string>
#include <vector>

#include "libs/identity/identity.h"
#include "services/registry/domain/child.h"

namespace tonghu::registry {

inline constexpr absl::CivilDay kToday(2026, 9, 1);

// A valid girl of class 3-1, born 2017-05-06, whose identity number ends in `sequence` (even: female) and a
// check digit.
inline Dossier Girl(int sequence = 2) {
  Dossier girl;
  girl.display_name = "安雅悦";
  girl.sex = Sex::kFemale;
  girl.birth = absl::CivilDay(2017, 5, 6);
  girl.identity_number = identity::MakeResidentId("520399", *girl.birth, sequence);
  girl.ethnic_group = "苗族";
  girl.school_id = "2152990001";
  girl.grade = 3;
  girl.class_number = 1;
  girl.care_level = CareLevel::kGeneral;
  girl.guardianship = Guardianship::kGrandparents;
  girl.guardian = {"安世富", "爷爷", "15422925272", ""};
  girl.parents = {{"安开强", "父亲", "15449170656", "广东省深圳市"}};
  return girl;
}

inline std::vector<std::string> Reasons(const Faults& faults) {
  std::vector<std::string> reasons;
  for (const Fault& fault : faults) reasons.push_back(fault.reason);
  return reasons;
}

}  // namespace tonghu::registry
