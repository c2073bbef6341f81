// A school with one teacher, and children who are paired with the teacher: for tests that need some child.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/client/client.h"
#include "tonghu/pairing/v1/contact_service.pb.h"

namespace tonghu::harness {

// Full names: "counties/520203", "counties/520203/schools/S1", "counties/520203/staffMembers/T1".
struct SmallSchool {
  std::string county, school, teacher;
};

// Registers them in `county` ("520203"). Errors: the calls'.
absl::StatusOr<SmallSchool> PutSmallSchool(client::Client& client, const std::string& county);

// Registers a girl of class 3-1 and pairs her with the teacher; gives her full name. Errors: the calls'.
absl::StatusOr<std::string> PutPairedChild(client::Client& client, const SmallSchool& school);

// What the teacher sends after a talk with the child.
pairing::v1::CreateContactRequest TalkAt(const SmallSchool& school, const std::string& child,
                                         absl::Time happened);

}  // namespace tonghu::harness
