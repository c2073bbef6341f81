// Closures on a real stack: what a flood week excuses and takes back, whenever it is announced.
#include "libs/refusal/refusal.h"
#include "tests/fault/ask.h"
#include "tests/system/pairing_fixture.h"
#include "tonghu/pairing/v1/closure_service.grpc.pb.h"

namespace tonghu::system_test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using ClosureStub = v1::ClosureService::Stub;

class ClosuresTest : public PairingTest {
 protected:
  std::string County() const { return "counties/" + pair(0).county; }

  absl::StatusOr<v1::Closure> Close(const std::string& division, const std::string& first,
                                    const std::string& last, const std::string& reason = "汛情") {
    v1::CreateClosureRequest request;
    request.set_parent(County());
    request.mutable_closure()->set_division(division);
    request.mutable_closure()->set_first_day(first);
    request.mutable_closure()->set_last_day(last);
    request.mutable_closure()->set_reason(reason);
    auto made = clients().Call(&ClosureStub::CreateClosure, request);
    EXPECT_TRUE(province_->Quiet().ok());
    return made;
  }
  v1::DeleteClosureResponse Withdraw(const v1::Closure& closure) {
    v1::DeleteClosureRequest request;
    request.set_name(closure.name());
    auto response = clients().Call(&ClosureStub::DeleteClosure, request);
    EXPECT_TRUE(response.ok()) << response.status();
    EXPECT_TRUE(province_->Quiet().ok());
    return response.value_or(v1::DeleteClosureResponse());
  }
  // The reason and the field of a refusal.
  std::string Refused(const absl::Status& status) {
    const refusal::Refusal why = refusal::Of(status);
    EXPECT_FALSE(why.message_zh.empty()) << status;
    return absl::StrCat(why.reason, " ", why.field);
  }

  // The county's unresolved alerts of a kind, by the day that they are about.
  std::vector<std::string> Open(alerts::v1::AlertKind kind) { return Alerts(kind, /*resolved=*/false); }
  std::vector<std::string> Settled(alerts::v1::AlertKind kind) { return Alerts(kind, /*resolved=*/true); }
  // Settled ones with their resolution behind the day.
  std::vector<std::string> Alerts(alerts::v1::AlertKind kind, bool resolved) {
    auto listed = fault::Alerts(clients(), County(), "");
    EXPECT_TRUE(listed.ok()) << listed.status();
    std::vector<std::string> days;
    for (const auto& alert : listed.value_or(std::vector<alerts::v1::Alert>())) {
      if (alert.kind() != kind || (alert.state() == alerts::v1::ALERT_STATE_RESOLVED) != resolved) continue;
      days.push_back(absl::StrCat(alert.date(), resolved ? " " : "", resolved ? alert.resolution() : ""));
    }
    std::sort(days.begin(), days.end());
    return days;
  }

  // The county's figures of a week: "excused/missed/done".
  std::string Figures(const std::string& week) {
    reporting::v1::QueryCountsRequest query;
    query.set_division(pair(0).county);
    query.set_from_date(week);
    query.set_to_date(week);
    auto kept = clients().Call(&reporting::v1::ReportService::Stub::QueryCounts, query);
    EXPECT_TRUE(kept.ok()) << kept.status();
    if (!kept.ok()) return "";
    query.mutable_through()->CopyFrom(kept->through());
    auto counted = clients().Call(&reporting::v1::ReportService::Stub::RecomputeCounts, query);
    EXPECT_TRUE(counted.ok()) << counted.status();
    if (counted.ok()) {
      EXPECT_EQ(kept->SerializeAsString(), counted->SerializeAsString());
    }
    if (kept->weeks().empty()) return "0/0/0";
    const auto& row = kept->weeks(0);
    return absl::StrCat(row.excused(), "/", row.missed(), "/", row.done());
  }
  // How many messages said something of missed duties to somebody, of all times.
  int64_t Told() {
    return province_->Number("alerts", "SELECT count(*) FROM notification WHERE kind = 1 AND purpose = 1")
        .value_or(-1);
  }
  // How many children of the first child's county are paired.
  int Children() const {
    const auto& all = province_->paired();
    return static_cast<int>(std::count_if(
        all.begin(), all.end(), [this](const fault::Paired& one) { return one.county == pair(0).county; }));
  }
};

// A contact that is taken back leaves its duty to the closures, whether one was announced or withdrawn while
// the contact did the duty.
class ClosedContactTest : public ClosuresTest {
 protected:
  // The first child's talk of 8 September, reported on the 9th, is taken back.
  void TakeBackTheTalk() {
    v1::ListContactsRequest list;
    list.set_parent(County());
    list.set_child(pair(0).child);
    auto listed = clients().Call(&v1::ContactService::Stub::ListContacts, list);
    ASSERT_TRUE(listed.ok() && listed->contacts_size() == 1) << listed.status();
    v1::WithdrawContactRequest withdraw;
    withdraw.set_name(listed->contacts(0).name());
    withdraw.set_helper(pair(0).helper);
    withdraw.set_reason("记错了孩子");
    auto withdrawn = clients().Call(&v1::ContactService::Stub::WithdrawContact, withdraw);
    EXPECT_TRUE(withdrawn.ok()) << withdrawn.status();
    EXPECT_TRUE(province_->Quiet().ok());
  }
  // The state and the excuse of the first child's duty of the flood week: "4 停课：汛情".
  std::string FloodWeek() {
    const v1::Duty duty = Duties(pair(0))[1];
    return absl::StrCat(duty.state(), " ", duty.excuse());
  }
};

TEST_F(ClosedContactTest, AnnouncedWhileTheContactDidTheDutyItExcusesAfterwards) {
  AdvanceTo(On(9, 9, 11));
  Talk(pair(0), pair(0).helper, On(9, 8, 8));
  auto closure = Close(pair(0).county, "2026-09-09", "2026-09-11");
  ASSERT_TRUE(closure.ok()) << closure.status();
  EXPECT_EQ(FloodWeek(), "2 ");
  TakeBackTheTalk();
  EXPECT_EQ(FloodWeek(), "4 停课：汛情");
  Withdraw(*closure);
  EXPECT_EQ(FloodWeek(), "1 ");
}

TEST_F(ClosedContactTest, AContactThatBeatTheExcuseGivesItBack) {
  AdvanceTo(On(9, 9, 11));
  auto closure = Close(pair(0).county, "2026-09-09", "2026-09-11");
  ASSERT_TRUE(closure.ok()) << closure.status();
  EXPECT_EQ(FloodWeek(), "4 停课：汛情");
  Talk(pair(0), pair(0).helper, On(9, 8, 8));
  EXPECT_EQ(FloodWeek(), "2 ");
  TakeBackTheTalk();
  EXPECT_EQ(FloodWeek(), "4 停课：汛情");
}

TEST_F(ClosedContactTest, WithdrawnWhileTheContactDidTheDutyItExcusesNothingAfterwards) {
  AdvanceTo(On(9, 9, 11));
  auto closure = Close(pair(0).county, "2026-09-09", "2026-09-11");
  ASSERT_TRUE(closure.ok()) << closure.status();
  Talk(pair(0), pair(0).helper, On(9, 8, 8));
  Withdraw(*closure);
  EXPECT_EQ(FloodWeek(), "2 ");
  TakeBackTheTalk();
  EXPECT_EQ(FloodWeek(), "1 ");
}

constexpr auto kMissed = alerts::v1::ALERT_KIND_DUTY_MISSED;
constexpr auto kNotSent = alerts::v1::ALERT_KIND_ATTENDANCE_NOT_SENT;

// A flood week declared on its Wednesday: from that day on school is closed, three days of five.
TEST_F(ClosuresTest, AFloodWeekDeclaredOnItsWednesday) {
  AdvanceTo(On(9, 8, 9));
  const std::string done = Talk(pair(0), pair(0).helper, On(9, 8, 8));
  AdvanceTo(On(9, 9, 11));
  EXPECT_THAT(Open(kNotSent), Contains("2026-09-09"));
  auto closure = Close(pair(0).county, "2026-09-09", "2026-09-11");
  ASSERT_TRUE(closure.ok()) << closure.status();
  EXPECT_EQ(closure->duties_excused(), Children() - 1);
  EXPECT_FALSE(closure->working());
  // What was asked of schools on Wednesday is taken back, of Tuesday not.
  EXPECT_THAT(Open(kNotSent), AllOf(Not(Contains("2026-09-09")), Contains("2026-09-08")));
  EXPECT_THAT(Settled(kNotSent), Contains("2026-09-09 停课：按校历当天不上课"));
  alerts::v1::ReportAbsenceRequest absence;
  absence.set_parent(County());
  absence.mutable_absence()->set_child(pair(0).child);
  absence.mutable_absence()->set_date("2026-09-09");
  EXPECT_EQ(Refused(clients().Call(&alerts::v1::SignalService::Stub::ReportAbsence, absence).status()),
            "NOT_A_SCHOOL_DAY absence.date");
  const auto states = States(pair(1));
  EXPECT_EQ(states[1], v1::DUTY_STATE_EXCUSED);
  EXPECT_EQ(Duties(pair(1))[1].excuse(), "停课：汛情");
  EXPECT_EQ(Duties(pair(0))[1].name(), done);
  EXPECT_EQ(States(pair(0))[1], v1::DUTY_STATE_DONE);
  AdvanceTo(On(9, 17, 11));
  EXPECT_THAT(Open(kNotSent),
              AllOf(Not(Contains("2026-09-10")), Not(Contains("2026-09-11")), Contains("2026-09-14")));
  EXPECT_THAT(Open(kMissed), Each("2026-08-31")) << "only the first week was missed";
  EXPECT_EQ(Figures("2026-09-07"), absl::StrCat(Children() - 1, "/0/1"));
  // A talk that was had all the same counts, reported a week later.
  EXPECT_EQ(Talk(pair(1), pair(1).helper, On(9, 10, 9)), Duties(pair(1))[1].name());
  EXPECT_EQ(Figures("2026-09-07"), absl::StrCat(Children() - 2, "/0/2"));
}

TEST_F(ClosuresTest, WhatWasMissedIsTakenBackAndAfterAWithdrawalRaisedAgainOnce) {
  AdvanceTo(On(9, 16, 9));
  const int all = Children();
  EXPECT_THAT(Open(kMissed), SizeIs(2 * all));
  EXPECT_EQ(Figures("2026-09-07"), absl::StrCat("0/", all, "/0"));
  // The first child's talk was made up for: what is done stays done.
  EXPECT_NE(Talk(pair(0), pair(0).helper, On(9, 16, 8)), "");
  EXPECT_NE(Talk(pair(0), pair(0).helper, On(9, 14, 8)), "");
  ASSERT_EQ(States(pair(0))[1], v1::DUTY_STATE_MISSED) << "the first week is the older one";
  const int64_t told = Told();
  auto closure = Close(pair(0).county, "2026-09-07", "2026-09-11");
  ASSERT_TRUE(closure.ok()) << closure.status();
  EXPECT_EQ(closure->duties_excused(), all);
  EXPECT_EQ(Figures("2026-09-07"), absl::StrCat(all, "/0/0"));
  EXPECT_THAT(Open(kMissed), Each("2026-08-31"));
  EXPECT_THAT(Settled(kMissed), Contains("2026-09-07 停课：任务已免除").Times(all));
  const v1::Duty excused = Duties(pair(1))[1];
  EXPECT_EQ(excused.state(), v1::DUTY_STATE_EXCUSED);
  EXPECT_TRUE(excused.missed()) << "that it had been missed is history";
  AdvanceTo(On(9, 16, 10));
  // Nobody is told further of the week; the first week's alerts go on.
  EXPECT_EQ(Withdraw(*closure).duties_owed_again(), all);
  EXPECT_EQ(Figures("2026-09-07"), absl::StrCat("0/", all, "/0"));
  EXPECT_THAT(Open(kMissed), Contains("2026-09-07").Times(all));
  EXPECT_EQ(States(pair(1))[1], v1::DUTY_STATE_MISSED);
  EXPECT_GE(Told(), told + all);
  AdvanceTo(On(9, 16, 12));
  EXPECT_THAT(Open(kMissed), Contains("2026-09-07").Times(all)) << "once";
}

TEST_F(ClosuresTest, DutiesThatAreMadeLaterAndChildrenWhoMoveFollowTheSchoolsClosures) {
  const std::string school = ChildOf(pair(0)).school(), other = NewSchool(pair(0));
  SetTerm(other, "2026-09-01", "2027-01-15");
  // Weeks that are made later: 5 October to 1 November begins beyond four weeks.
  auto closure = Close(school, "2026-10-12", "2026-10-16", "停电");
  ASSERT_TRUE(closure.ok()) << closure.status();
  EXPECT_EQ(closure->duties_excused(), 0);
  AdvanceTo(On(9, 21, 9));
  const auto week = [&](const fault::Paired& one) {
    for (const v1::Duty& duty : Duties(one)) {
      if (clock::ToTime(duty.window_start()) == On(10, 12)) return duty;
    }
    return v1::Duty();
  };
  EXPECT_EQ(week(pair(0)).state(), v1::DUTY_STATE_EXCUSED) << "made excused";
  EXPECT_EQ(week(pair(0)).excuse(), "停课：停电");
  MoveTo(pair(0), other);
  EXPECT_EQ(week(pair(0)).state(), v1::DUTY_STATE_OPEN);
  MoveTo(pair(0), school);
  EXPECT_EQ(week(pair(0)).state(), v1::DUTY_STATE_EXCUSED);
  // The pairing ends: what is ahead is taken away, and counts as excused no more.
  const std::string excused = Figures("2026-10-12");
  End(PairingOf(pair(0)));
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_EQ(week(pair(0)).name(), "");
  EXPECT_NE(Figures("2026-10-12"), excused);
  // A calendar that moves holidays: the closed days are the only ones left.
  Withdraw(*closure);
  for (const fault::Paired& one : province_->paired()) {
    EXPECT_NE(week(one).state(), v1::DUTY_STATE_EXCUSED);
  }
  EXPECT_EQ(Figures("2026-10-12"), "0/0/0");
}

TEST_F(ClosuresTest, AnOfficersExcuseAndTheEndOfAPairingAreNotUndone) {
  AdvanceTo(On(9, 8, 9));
  v1::ExcuseDutyRequest excuse;
  excuse.set_name(Duties(pair(0))[1].name());
  excuse.set_reason("住院");
  ASSERT_TRUE(clients().Call(&v1::DutyService::Stub::ExcuseDuty, excuse).ok());
  auto closure = Close(pair(0).county, "2026-09-07", "2026-09-11");
  ASSERT_TRUE(closure.ok()) << closure.status();
  End(PairingOf(pair(1)));
  Withdraw(*closure);
  EXPECT_EQ(Duties(pair(0))[1].excuse(), "住院");
  EXPECT_EQ(States(pair(0))[1], v1::DUTY_STATE_EXCUSED);
  EXPECT_EQ(Duties(pair(1))[1].excuse(), "结对结束");
  EXPECT_EQ(States(pair(1))[1], v1::DUTY_STATE_EXCUSED);
  EXPECT_EQ(States(pair(2))[1], v1::DUTY_STATE_OPEN);
}

TEST_F(ClosuresTest, WhatIsWrongIsRefused) {
  const std::string county = pair(0).county, school = ChildOf(pair(0)).school();
  const auto refused = [&](const std::string& division, const char* first, const char* last,
                           const char* reason) {
    return Refused(Close(division, first, last, reason).status());
  };
  EXPECT_EQ(refused(school, "2026-09-09", "2026-09-08", "汛情"), "DATES_REVERSED closure.last_day");
  EXPECT_EQ(refused(school, "2026-09-09", "2026-11-08", "汛情"), "TOO_MANY_DAYS closure.last_day");
  EXPECT_EQ(refused(school, "2026-06-09", "2026-06-10", "汛情"), "CLOSURE_OUT_OF_RANGE closure.first_day");
  EXPECT_EQ(refused(school, "2027-11-09", "2027-11-10", "汛情"), "CLOSURE_OUT_OF_RANGE closure.first_day");
  EXPECT_EQ(refused(school, "9月9日", "2026-09-10", "汛情"), "DATE_MALFORMED closure.first_day");
  EXPECT_EQ(refused(school, "2026-09-09", "2026-09-10", ""), "REASON_MISSING closure.reason");
  EXPECT_EQ(refused(school, "2026-09-12", "2026-09-13", "汛情"), "NO_SCHOOL_DAYS closure.first_day");
  EXPECT_EQ(refused("", "2026-09-09", "2026-09-10", "汛情"), "DIVISION_MALFORMED closure.division");
  EXPECT_EQ(refused("52", "2026-09-09", "2026-09-10", "汛情"), "DIVISION_MALFORMED closure.division");
  EXPECT_EQ(refused(county + "999", "2026-09-09", "2026-09-10", "汛情"),
            "TOWNSHIP_NOT_FOUND closure.division");
  EXPECT_EQ(refused(County() + "/schools/none", "2026-09-09", "2026-09-10", "汛情"),
            "SCHOOL_NOT_FOUND closure.division");
  EXPECT_EQ(refused("counties/520203/schools/s", "2026-09-09", "2026-09-10", "汛情"),
            "COUNTY_MISMATCH closure.division");
  ASSERT_TRUE(Close(school, "2026-09-09", "2026-09-10").ok());
  EXPECT_EQ(refused(school, "2026-09-09", "2026-09-10", "停电"), "CLOSURE_EXISTS closure");
  v1::DeleteClosureRequest remove;
  remove.set_name(County() + "/closures/0193b5a0-0000-7000-8000-000000000000");
  EXPECT_EQ(Refused(clients().Call(&ClosureStub::DeleteClosure, remove).status()), "CLOSURE_NOT_FOUND name");
}

}  // namespace
}  // namespace tonghu::system_test
