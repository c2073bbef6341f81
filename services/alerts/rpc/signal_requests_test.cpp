#include "services/alerts/rpc/signal_requests.h"

#include <gtest/gtest.h>

#include "libs/refusal/refusal.h"

namespace tonghu::alerts {
namespace {

v1::SubmitAttendanceRequest Morning() {
  v1::SubmitAttendanceRequest request;
  request.set_school("counties/520521/schools/s1");
  request.set_date("2026-09-02");
  request.add_absences()->set_child("counties/520521/children/c1");
  request.add_absences()->set_child("counties/520521/children/c2");
  request.mutable_absences(1)->set_date("nonsense");
  return request;
}

TEST(SubmitAttendanceTest, TheDateIsTheMornings) {
  const auto report = CommandOf(Morning(), "520521");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->school_id, "s1");
  ASSERT_EQ(report->absent.size(), 2u);
  EXPECT_EQ(report->absent[1].day, absl::CivilDay(2026, 9, 2));
  EXPECT_EQ(report->absent[1].field, "absences[1]");
}

TEST(SubmitAttendanceTest, FaultsNameTheRow) {
  v1::SubmitAttendanceRequest request = Morning();
  request.mutable_absences(1)->set_child("counties/520522/children/c2");
  const refusal::Refusal refusal = refusal::Of(CommandOf(request, "520521").status());
  EXPECT_EQ(refusal.reason, "COUNTY_MISMATCH");
  EXPECT_EQ(refusal.field, "absences[1].child");
  request = Morning();
  request.add_absences()->set_child("counties/520521/children/c1");
  request.mutable_absences(2)->set_with_leave(true);
  EXPECT_EQ(refusal::Of(CommandOf(request, "520521").status()).reason, "CHILD_TWICE");
  EXPECT_EQ(refusal::Of(CommandOf(request, "520521").status()).field, "absences[2].child");
  request = Morning();
  request.set_date("2026-02-30");
  EXPECT_EQ(refusal::Of(CommandOf(request, "520521").status()).reason, "DATE_MALFORMED");
  request = Morning();
  for (int i = 0; i < 1000; ++i) request.add_absences()->set_child("counties/520521/children/c1");
  EXPECT_EQ(refusal::Of(CommandOf(request, "520521").status()).reason, "TOO_MANY_ABSENCES");
}

TEST(ReportEmergencyTest, NeedsAKindAndNamesOfTheCounty) {
  v1::ReportEmergencyRequest request;
  request.set_parent("counties/520521");
  request.set_child("counties/520521/children/c1");
  EXPECT_EQ(refusal::Of(CommandOf(request, "520521").status()).reason, "EMERGENCY_KIND_MISSING");
  request.set_kind(v1::EMERGENCY_KIND_MISSING);
  EXPECT_TRUE(CommandOf(request, "520521").ok());
  request.set_reporter("counties/520522/staffMembers/t1");
  EXPECT_EQ(refusal::Of(CommandOf(request, "520521").status()).field, "reporter");
}

}  // namespace
}  // namespace tonghu::alerts
