// Absences and mornings: the same facts give the same end, in whatever order they are reported; and a trial
// of a policy names whom the real alert tells.
#include <gtest/gtest.h>

#include <set>

#include "libs/refusal/refusal.h"
#include "tests/system/alerts_fixture.h"
#include "tonghu/alerts/v1/policy_service.grpc.pb.h"

namespace tonghu::system_test {
namespace {

using CalendarStub = pairing::v1::CalendarService::Stub;

class AttendanceTest : public LiveTest {
 protected:
  // The province begins on Monday 31 August, its term on Tuesday.
  void SetUp() override {
    LiveTest::SetUp();
    ASSERT_TRUE(province_->Quiet().ok());
  }

  const fault::Paired& child(size_t i) const { return province_->paired()[i]; }

  absl::StatusOr<std::string> Report(const fault::Paired& one, const std::string& date, bool with_leave) {
    v1::ReportAbsenceRequest request;
    request.set_parent("counties/" + one.county);
    request.mutable_absence()->set_child(one.child);
    request.mutable_absence()->set_date(date);
    request.mutable_absence()->set_with_leave(with_leave);
    auto reported = province_->clients().Call(&SignalStub::ReportAbsence, request);
    if (!reported.ok()) return reported.status();
    return reported->alert();
  }

  // Unresolved alerts of a child, or of a kind.
  std::vector<v1::Alert> Open(const std::string& child, v1::AlertKind kind) {
    v1::ListAlertsRequest request;
    request.set_parent("counties/" + pair().county);
    request.set_child(child);
    request.set_kind(kind);
    auto listed = province_->clients().Call(&AlertStub::ListAlerts, request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    std::vector<v1::Alert> open;
    for (const v1::Alert& alert : listed->alerts()) {
      if (alert.state() != v1::ALERT_STATE_RESOLVED) open.push_back(alert);
    }
    return open;
  }

  std::string SchoolOf(const fault::Paired& one) {
    registry::v1::GetChildRequest request;
    request.set_name(one.child);
    auto child = province_->clients().Call(&registry::v1::ChildService::Stub::GetChild, request);
    EXPECT_TRUE(child.ok()) << child.status();
    return child->school();
  }

  // The school's autumn term, with these days without school.
  void PutCalendar(const std::string& school, const std::vector<std::string>& holidays) {
    pairing::v1::PutSchoolCalendarRequest request;
    request.mutable_calendar()->set_school(school);
    request.mutable_calendar()->set_first_day("2026-09-01");
    request.mutable_calendar()->set_last_day("2027-01-15");
    for (const std::string& day : holidays) request.mutable_calendar()->add_holidays(day);
    auto put = province_->clients().Call(&CalendarStub::PutSchoolCalendar, request);
    ASSERT_TRUE(put.ok()) << put.status();
    ASSERT_TRUE(province_->Quiet().ok());
  }

  void AdvanceTo(int day, int hour) {
    const absl::Time time = absl::FromCivil(absl::CivilHour(2026, 9, day, hour), clock::China());
    while (stack().clock().Now() < time) {
      ASSERT_TRUE(stack().clock().AdvanceTo(std::min(time, stack().clock().Now() + absl::Hours(1))).ok());
      ASSERT_TRUE(province_->Quiet().ok());
    }
  }
};

TEST_F(AttendanceTest, LeaveStaysInWhateverOrderItIsReported) {
  AdvanceTo(2, 8);
  const std::string first = child(0).child, second = child(1).child;
  // Leave at half past seven, then the roll.
  ASSERT_TRUE(Report(child(0), "2026-09-02", true).ok());
  v1::SubmitAttendanceRequest roll;
  roll.set_school(SchoolOf(child(0)));
  roll.set_date("2026-09-02");
  roll.add_absences()->set_child(first);
  auto submitted = province_->clients().Call(&SignalStub::SubmitAttendance, roll);
  ASSERT_TRUE(submitted.ok()) << submitted.status();
  EXPECT_EQ(submitted->alerts_size(), 0);
  EXPECT_TRUE(Open(first, v1::ALERT_KIND_ABSENCE).empty());
  // Two mornings without leave, which comes for one after the other.
  auto alert = Report(child(1), "2026-09-01", false);
  ASSERT_TRUE(alert.ok()) << alert.status();
  EXPECT_EQ(*Report(child(1), "2026-09-02", false), *alert);
  v1::Alert both = Get(*alert);
  ASSERT_EQ(both.mornings_size(), 2);
  EXPECT_EQ(both.mornings(0).date(), "2026-09-01");
  EXPECT_EQ(both.occurrences(), 2);
  EXPECT_EQ(*Report(child(1), "2026-09-01", true), "");
  EXPECT_EQ(*Report(child(1), "2026-09-01", false), "") << "leave stays";
  both = Get(*alert);
  EXPECT_EQ(both.state(), v1::ALERT_STATE_OPEN);
  EXPECT_EQ(both.occurrences(), 1);
  EXPECT_TRUE(both.mornings(0).with_leave());
  EXPECT_EQ(*Report(child(1), "2026-09-02", true), "");
  EXPECT_EQ(Get(*alert).state(), v1::ALERT_STATE_RESOLVED);
  EXPECT_TRUE(Open(second, v1::ALERT_KIND_ABSENCE).empty());
}

TEST_F(AttendanceTest, ADayWithoutSchoolRaisesNothingAndAClosureSettlesWhatWasRaised) {
  AdvanceTo(3, 11);
  const std::string school = SchoolOf(child(0));
  const auto silent = [&] {
    std::vector<std::string> dates;
    for (const v1::Alert& alert : Open("", v1::ALERT_KIND_ATTENDANCE_NOT_SENT)) {
      if (alert.school() == school) dates.push_back(alert.date());
    }
    return dates;
  };
  EXPECT_EQ(silent().size(), 3u);
  auto absent = Report(child(0), "2026-09-03", false);
  ASSERT_TRUE(absent.ok()) << absent.status();
  // The typhoon: no school since Wednesday, declared on Thursday.
  PutCalendar(school, {"2026-09-02", "2026-09-03"});
  EXPECT_EQ(silent(), std::vector<std::string>{"2026-09-01"});
  const v1::Alert settled = Get(*absent);
  EXPECT_EQ(settled.state(), v1::ALERT_STATE_RESOLVED);
  EXPECT_TRUE(settled.mornings(0).school_closed());
  EXPECT_EQ(refusal::Of(Report(child(0), "2026-09-03", false).status()).reason, "NOT_A_SCHOOL_DAY");
  v1::SubmitAttendanceRequest roll;
  roll.set_school(school);
  roll.set_date("2026-09-02");
  EXPECT_EQ(refusal::Of(province_->clients().Call(&SignalStub::SubmitAttendance, roll).status()).field,
            "date");
  // It was a mistake: what it had settled is open again.
  PutCalendar(school, {"2026-09-02"});
  EXPECT_EQ(silent(), (std::vector<std::string>{"2026-09-01", "2026-09-03"}));
  ASSERT_EQ(Open(child(0).child, v1::ALERT_KIND_ABSENCE).size(), 1u);
  // No calendar tells of Monday 31 August: what is reported counts.
  EXPECT_TRUE(Report(child(0), "2026-08-31", false).ok());
  EXPECT_EQ(Open(child(0).child, v1::ALERT_KIND_ABSENCE)[0].occurrences(), 2);
}

TEST_F(AttendanceTest, ATrialNamesWhomTheRealAlertTells) {
  const auto teller = [](const auto& entries) {
    std::set<std::string> told;
    for (const v1::AlertEntry& entry : entries) {
      if (entry.action() == v1::ALERT_ACTION_TOLD) told.insert(entry.staff_member());
    }
    return told;
  };
  // The child's pairing goes to somebody who is not its class teacher.
  std::string other;
  for (const fault::Paired& one : province_->paired()) {
    if (one.county == pair().county && one.helper != pair().helper) other = one.helper;
  }
  ASSERT_FALSE(other.empty());
  pairing::v1::ListPairingsRequest list;
  list.set_parent("counties/" + pair().county);
  list.set_child(pair().child);
  auto pairings = province_->clients().Call(&pairing::v1::PairingService::Stub::ListPairings, list);
  ASSERT_TRUE(pairings.ok()) << pairings.status();
  pairing::v1::HandOverPairingRequest hand_over;
  hand_over.set_name(pairings->pairings(0).name());
  hand_over.set_new_helper(other);
  auto handed = province_->clients().Call(&pairing::v1::PairingService::Stub::HandOverPairing, hand_over);
  ASSERT_TRUE(handed.ok()) << handed.status();
  v1::TryEscalationPolicyRequest trial;
  trial.set_parent("counties/" + pair().county);
  trial.set_kind(v1::ALERT_KIND_DUTY_MISSED);
  trial.set_child(pair().child);
  auto tried = province_->clients().Call(&v1::PolicyService::Stub::TryEscalationPolicy, trial);
  ASSERT_TRUE(tried.ok()) << tried.status();
  const std::set<std::string> named = teller(tried->entries());
  EXPECT_TRUE(named.contains(other));
  ASSERT_TRUE(province_->Quiet().ok());
  AdvanceTo(14, 0);  // the week is over, the grace and the first steps too
  const auto missed = Open(pair().child, v1::ALERT_KIND_DUTY_MISSED);
  ASSERT_FALSE(missed.empty());
  EXPECT_EQ(missed[0].date(), "2026-08-31") << "the Monday of the missed week";
  const std::set<std::string> told = teller(missed[0].entries());
  EXPECT_TRUE(told.contains(other));
  EXPECT_TRUE(std::includes(named.begin(), named.end(), told.begin(), told.end()));
  // A school's alert is not tried with a child.
  trial.set_kind(v1::ALERT_KIND_ATTENDANCE_NOT_SENT);
  EXPECT_EQ(
      refusal::Of(province_->clients().Call(&v1::PolicyService::Stub::TryEscalationPolicy, trial).status())
          .field,
      "school");
}

}  // namespace
}  // namespace tonghu::system_test
