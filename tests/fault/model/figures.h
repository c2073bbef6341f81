// Figures by week and division as reports must show them.
#pragma once

#include <array>
#include <map>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace tonghu::fault::model {

enum Figure {
  kContacts,
  kDone,
  kDoneReportedLate,
  kExcused,
  kMissed,
  kDoneLate,
  kAlertsRaised,
  kAlertsAcknowledged,
  kAlertsResolved,
  kPairings,
  kFigures
};
extern const std::array<const char*, kFigures> kFigureNames;

using Week = std::array<int64_t, kFigures>;

absl::CivilDay MondayOf(absl::CivilDay day);
absl::CivilDay DayOf(absl::Time time);   // in China
absl::Time StartOf(absl::CivilDay day);  // in China

class Figures {
 public:
  // Counts at a school ("counties/…/schools/…"), and so at its township and county ("520324").
  void Add(const std::string& school, const std::string& township, absl::CivilDay monday, Figure figure,
           int64_t by = 1);
  // By division ("520324", "520324104", "counties/…/schools/…") and Monday.
  const std::map<std::string, std::map<absl::CivilDay, Week>>& by_division() const { return by_division_; }

 private:
  std::map<std::string, std::map<absl::CivilDay, Week>> by_division_;
};

}  // namespace tonghu::fault::model
