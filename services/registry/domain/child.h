// A left-behind child, with the guardian in place and the parents. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/registry/domain/fault.h"
#include "services/registry/domain/key.h"
#include "services/registry/domain/sex.h"

namespace tonghu::registry {

// What is registered of a child in kinds. The numbers are those of the API and stand in the database: never
// to be renumbered.
enum class Guardianship {
  kUnspecified = 0,
  kGrandparents = 1,
  kOneParent = 2,
  kKinOrFriends = 3,
  kNobody = 4,
  kSingleParentOrOrphan = 5
};
enum class CareLevel { kUnspecified = 0, kGeneral = 1, kFocus = 2, kIntervention = 3, kCase = 4 };

// A grown-up in the child's family.
struct Relative {
  std::string display_name;
  std::string relation;  // as the roster says it
  std::string phone;
  std::string workplace;
  bool empty() const {
    return display_name.empty() && relation.empty() && phone.empty() && workplace.empty();
  }
  friend bool operator==(const Relative&, const Relative&) = default;
};

// The dossier (档案): what is registered of a child.
struct Dossier {
  std::string display_name;
  Sex sex = Sex::kUnspecified;
  std::optional<absl::CivilDay> birth;  // none: not given, or no date
  std::string identity_number;          // empty: not yet issued
  std::string ethnic_group;
  std::string school_id;
  int grade = 0;
  int class_number = 0;
  bool boarding = false;
  Guardianship guardianship = Guardianship::kUnspecified;
  CareLevel care_level = CareLevel::kUnspecified;
  Relative guardian;  // empty: none known
  std::vector<Relative> parents;
  friend bool operator==(const Dossier&, const Dossier&) = default;
};

// A child as registered.
struct Child {
  std::string county;
  std::string id;
  Dossier dossier;
  int64_t revision = 0;  // counts changes from 1; the etag
  absl::Time create_time;
  absl::Time update_time;
  Key key() const { return {county, id}; }
};

// A name in a class, by which a roster without identity numbers says which child is meant.
struct ClassName {
  std::string county;
  std::string school_id;
  int grade = 0;
  int class_number = 0;
  std::string display_name;
  friend bool operator==(const ClassName&, const ClassName&) = default;
  template <class H>
  friend H AbslHashValue(H h, const ClassName& n) {
    return H::combine(std::move(h), n.county, n.school_id, n.grade, n.class_number, n.display_name);
  }
};
ClassName ClassNameOf(const std::string& county, const Dossier& dossier);

// Brings a dossier into the form in which it is stored: the identity number's X in capitals, care level
// "general" when none is given.
void Normalise(Dossier& dossier);

// Checks a dossier by itself, on the day `today` in China, and adds what is wrong. `before` is what was known
// before a change, nullptr for a new child: a child who has come of age may still be corrected.
void CheckDossier(const Dossier& dossier, absl::CivilDay today, const Dossier* before, Faults& faults);

// The part of CheckDossier that needs `before`; adds BIRTH_DATE_IN_FUTURE, CHILD_IS_ADULT.
void CheckAge(const Dossier& dossier, absl::CivilDay today, const Dossier* before, Faults& faults);

// Reads YYYY-MM-DD; none for what is no real day of the years 1900 to 9999.
std::optional<absl::CivilDay> ParseDate(std::string_view text);

Fault ChildNotFound(std::string_view field);
Fault IdentityNumberTaken();

}  // namespace tonghu::registry
