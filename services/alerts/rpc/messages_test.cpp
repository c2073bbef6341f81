#include "services/alerts/rpc/messages.h"

#include <gtest/gtest.h>

namespace tonghu::alerts {
namespace {

TEST(PolicyMessagesTest, ThereAndBack) {
  for (const Kind kind : {Kind::kDutyMissed, Kind::kAbsence, Kind::kAttendanceNotSent, Kind::kEmergency}) {
    EXPECT_EQ(PolicyOf(MessageOf("520521", BuiltInPolicy(kind))), BuiltInPolicy(kind));
  }
}

TEST(AlertMessagesTest, TheDaysOfADutyAreBothSaidAndAMorningIsOneDay) {
  v1::Alert message = MessageOf(
      Alert{.day = absl::CivilDay(2026, 9, 7), .last_day = absl::CivilDay(2026, 9, 20), .place = {}});
  EXPECT_EQ(message.date(), "2026-09-07");
  EXPECT_EQ(message.last_day(), "2026-09-20");
  message = MessageOf(Alert{.kind = Kind::kAttendanceNotSent, .day = absl::CivilDay(2026, 9, 7)});
  EXPECT_EQ(message.date(), "2026-09-07");
  EXPECT_EQ(message.last_day(), "");
}

}  // namespace
}  // namespace tonghu::alerts
