// Where a child, or a school, is: what decides who answers for it.
#pragma once

#include <string>

namespace tonghu::directory {

// Grade and class are 0 for a school.
struct Place {
  std::string school_id;
  std::string township_code;  // the school's, nine digits
  int grade = 0;
  int class_number = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

}  // namespace tonghu::directory
