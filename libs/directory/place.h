// The place of a child or a school, which decides who answers for them.
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
