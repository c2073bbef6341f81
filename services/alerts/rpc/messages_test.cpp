#include "services/alerts/rpc/messages.h"

#include <gtest/gtest.h>

namespace tonghu::alerts {
namespace {

TEST(PolicyMessagesTest, ThereAndBack) {
  for (const Kind kind : {Kind::kDutyMissed, Kind::kAbsence, Kind::kAttendanceNotSent, Kind::kEmergency}) {
    EXPECT_EQ(PolicyOf(MessageOf("520521", BuiltInPolicy(kind))), BuiltInPolicy(kind));
  }
}

}  // namespace
}  // namespace tonghu::alerts
