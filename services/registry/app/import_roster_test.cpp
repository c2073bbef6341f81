#include "services/registry/app/import_roster.h"

#include <gtest/gtest.h>

#include "libs/refusal/refusal.h"

namespace tonghu::registry {
namespace {

std::string ReasonOf(v1::RosterKind kind, int64_t bytes) {
  v1::ImportHeader header;
  header.set_kind(kind);
  header.set_size_bytes(bytes);
  return refusal::Of(CheckHeader(header)).reason;
}

TEST(CheckHeaderTest, AKindIsNamedAndTheFileIsNotTooLarge) {
  EXPECT_EQ(ReasonOf(v1::ROSTER_KIND_CHILDREN, kLargestFile), "");
  EXPECT_EQ(ReasonOf(v1::ROSTER_KIND_UNSPECIFIED, 1), "ROSTER_KIND_MISSING");
  EXPECT_EQ(ReasonOf(v1::ROSTER_KIND_CHILDREN, kLargestFile + 1), "FILE_TOO_LARGE")
      << "refused before its bytes are sent";
}

}  // namespace
}  // namespace tonghu::registry
