// Resident identity numbers (GB 11643) and telephone numbers: read strictly, made for generated people.
// Messages of errors are Chinese, for the officer who typed the value, and never contain the value itself.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

namespace tonghu::identity {

enum class Sex { kFemale, kMale };

// A resident identity number whose length, digits, birth date and check digit are all right. Personal data:
// never to be logged. The sex is in the 17th digit, odd for males (GB 11643-1999).
class ResidentId {
 public:
  // 18 characters, the last a digit or 'X'.
  const std::string& number() const { return number_; }
  // County of the first registration, six digits. Counties are renamed and abolished, so any code may stand
  // here.
  std::string_view county() const { return std::string_view(number_).substr(0, 6); }
  absl::CivilDay birth() const { return birth_; }
  Sex sex() const { return (number_[16] - '0') % 2 == 1 ? Sex::kMale : Sex::kFemale; }

  friend bool operator==(const ResidentId& a, const ResidentId& b) { return a.number_ == b.number_; }

 private:
  friend absl::StatusOr<ResidentId> ParseResidentId(std::string_view text, absl::CivilDay today);
  ResidentId(std::string number, absl::CivilDay birth) : number_(std::move(number)), birth_(birth) {}

  std::string number_;
  absl::CivilDay birth_;
};

// Reads an 18-character number; a final 'x' becomes 'X'; nothing is trimmed.
// Errors: INVALID_ARGUMENT saying what is wrong: length, a character, the birth date (must be a real day from
// 1900 to `today`), or the check digit (ISO 7064 MOD 11-2). The old 15-digit numbers ceased to be valid in
// 2013 and are refused.
absl::StatusOr<ResidentId> ParseResidentId(std::string_view text, absl::CivilDay today);

// The check character (ISO 7064 MOD 11-2) for the first 17 digits. Requires 17 digits in `body`.
char CheckCharacter(std::string_view body);

// Makes a valid number for a generated person. Requires six digits in `county`, a `sequence` of 0 to 999 (odd
// for males, even for females) and a year from 1000 to 9999.
std::string MakeResidentId(std::string_view county, absl::CivilDay birth, int sequence);

// Checks a telephone number: a mainland mobile number (11 digits, 1 then 3–9) or a landline with its area
// code ("0851-2345678", "010-23456789"). Nothing is trimmed; extensions and +86 are refused. Errors:
// INVALID_ARGUMENT.
absl::Status ValidatePhone(std::string_view phone);

}  // namespace tonghu::identity
