// What callers bring that is wrong, or only looks so, and what comes of it on a real stack.
#include "absl/strings/str_replace.h"
#include "libs/paging/paging.h"
#include "tests/system/bad_input_fixture.h"
#include "tonghu/alerts/v1/alert_service.grpc.pb.h"
#include "tonghu/alerts/v1/policy_service.grpc.pb.h"
#include "tonghu/alerts/v1/signal_service.grpc.pb.h"
#include "tonghu/pairing/v1/calendar_service.grpc.pb.h"
#include "tonghu/pairing/v1/coverage_service.grpc.pb.h"
#include "tonghu/pairing/v1/doubt_service.grpc.pb.h"
#include "tonghu/pairing/v1/duty_service.grpc.pb.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"
#include "tonghu/reporting/v1/report_service.grpc.pb.h"

namespace tonghu::system_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(BadInputTest, AnUnknownCounty) {
  EXPECT_THAT(Unstored(Import(registry::v1::ROSTER_KIND_CHILDREN, Roster({{}}), kNoCounty)),
              HasSubstr("COUNTY_NOT_FOUND"));
  auto girl = Girl();
  girl.set_parent(kNoCounty);
  EXPECT_EQ(Refused(Create(girl).status()), "COUNTY_NOT_FOUND parent");
  pairing::v1::PutDutyPolicyRequest talk;
  talk.mutable_policy()->set_parent(kNoCounty);
  EXPECT_EQ(Refused(clients_->Call(&pairing::v1::DutyService::Stub::PutDutyPolicy, talk).status()),
            "COUNTY_NOT_FOUND policy.parent");
  talk.mutable_policy()->set_parent(kCounty);
  EXPECT_EQ(Refused(clients_->Call(&pairing::v1::DutyService::Stub::PutDutyPolicy, talk).status()),
            "DUTY_KIND_MISSING policy.kind");
  alerts::v1::GetEscalationPolicyRequest get;
  get.set_parent(kCounty);
  get.set_kind(alerts::v1::ALERT_KIND_ABSENCE);
  const auto policy = clients_->Call(&alerts::v1::PolicyService::Stub::GetEscalationPolicy, get);
  ASSERT_TRUE(policy.ok()) << policy.status();
  alerts::v1::PutEscalationPolicyRequest put;
  *put.mutable_policy() = *policy;
  put.mutable_policy()->set_parent(kNoCounty);
  EXPECT_EQ(Refused(clients_->Call(&alerts::v1::PolicyService::Stub::PutEscalationPolicy, put).status()),
            "COUNTY_NOT_FOUND policy.parent");
}

// Going on behind a token that the list did not give would leave out rows silently.
TEST_F(BadInputTest, ThePageTokenOfAnotherListOrOfNobody) {
  const auto refused = [&](auto method, auto request, auto filter) {
    if (request.parent().empty()) request.set_parent(kCounty);
    // Such as the service gives: of this list, but of another filter.
    auto other = request;
    filter(other);
    for (const std::string& token :
         {std::string("garbage"), std::string("0"), unpaired_.substr(unpaired_.rfind('/') + 1),
          paging::PageOf(other, "")->TokenAfter("0"),
          paging::PageOf(registry::v1::ListChildrenRequest(), "")->TokenAfter("0")}) {
      request.set_page_token(token);
      EXPECT_EQ(Refused(clients_->Call(method, request).status()), "PAGE_TOKEN_MALFORMED page_token")
          << token;
    }
    request.clear_page_token();
    request.set_page_token(paging::PageOf(request, "")->TokenAfter("0"));
    EXPECT_TRUE(clients_->Call(method, request).ok()) << "its own";
  };
  using pairing::v1::PairingService;
  const auto of_child = [](auto& request) { request.set_child(paired_); };
  const auto elsewhere = [](auto& request) { request.set_parent("counties/520324"); };
  for (const auto& filter : {0, 1, 2}) {
    refused(&PairingService::Stub::ListPairings, pairing::v1::ListPairingsRequest(), [&](auto& request) {
      if (filter == 0) request.set_child(paired_);
      if (filter == 1) request.set_helper(kHelper);
      if (filter == 2) request.set_show_ended(true);
    });
    refused(&pairing::v1::DutyService::Stub::ListDuties, pairing::v1::ListDutiesRequest(),
            [&](auto& request) {
              if (filter == 0) request.set_child(paired_);
              if (filter == 1) request.set_state(pairing::v1::DUTY_STATE_OPEN);
              if (filter == 2) clock::SetTime(kStart, request.mutable_due_before());
            });
  }
  refused(&pairing::v1::ContactService::Stub::ListContacts, pairing::v1::ListContactsRequest(), of_child);
  refused(&pairing::v1::CoverageService::Stub::ListUncoveredChildren,
          pairing::v1::ListUncoveredChildrenRequest(), elsewhere);
  refused(&pairing::v1::DoubtService::Stub::ListDoubts, pairing::v1::ListDoubtsRequest(),
          [](auto& request) { request.set_helper(kHelper); });
  refused(&alerts::v1::AlertService::Stub::ListAlerts, alerts::v1::ListAlertsRequest(), of_child);
  refused(&alerts::v1::SignalService::Stub::ListAbsences, alerts::v1::ListAbsencesRequest(), of_child);
  refused(&alerts::v1::SignalService::Stub::ListEmergencies, alerts::v1::ListEmergenciesRequest(), of_child);
  refused(&registry::v1::ChildService::Stub::ListChildren, registry::v1::ListChildrenRequest(),
          [](auto& request) { request.set_grade(1); });
  using registry::v1::DirectoryService;
  refused(&DirectoryService::Stub::ListSchools, registry::v1::ListSchoolsRequest(), elsewhere);
  refused(&DirectoryService::Stub::ListStaffMembers, registry::v1::ListStaffMembersRequest(), elsewhere);
  refused(&DirectoryService::Stub::ListPosts, registry::v1::ListPostsRequest(), elsewhere);
}

TEST_F(BadInputTest, LastContactsOfWhomNobodyNamedOrSomebodyElsewhere) {
  const auto refusal_of = [&](const std::vector<std::string>& children) {
    pairing::v1::BatchGetLastContactsRequest request;
    request.set_parent(kCounty);
    request.mutable_children()->Assign(children.begin(), children.end());
    return Refused(
        clients_->Call(&pairing::v1::ContactService::Stub::BatchGetLastContacts, request).status());
  };
  EXPECT_EQ(refusal_of({}), "CHILDREN_COUNT children");
  EXPECT_EQ(refusal_of(std::vector<std::string>(1001, paired_)), "CHILDREN_COUNT children");
  EXPECT_EQ(refusal_of({paired_, "安紫怡"}), "NAME_MALFORMED children[1]");
  EXPECT_EQ(refusal_of({"counties/520324/children/01990000-0000-7000-8000-000000000001"}),
            "COUNTY_MISMATCH children[0]");
}

// Left out it would be 0 s: everybody told at once.
TEST_F(BadInputTest, TheDelayOfALaterStepMustBeSaid) {
  alerts::v1::GetEscalationPolicyRequest get;
  get.set_parent(kCounty);
  get.set_kind(alerts::v1::ALERT_KIND_ABSENCE);
  const auto policy = clients_->Call(&alerts::v1::PolicyService::Stub::GetEscalationPolicy, get);
  ASSERT_TRUE(policy.ok()) << policy.status();
  alerts::v1::PutEscalationPolicyRequest put;
  *put.mutable_policy() = *policy;
  put.mutable_policy()->mutable_steps(1)->clear_delay();
  EXPECT_EQ(Refused(clients_->Call(&alerts::v1::PolicyService::Stub::PutEscalationPolicy, put).status()),
            "POLICY_INVALID policy.steps[1].delay");
}

// An empty answer would look as if all were well.
TEST_F(BadInputTest, AnUnknownCountyHasNoLists) {
  alerts::v1::ListAlertsRequest alerts;
  alerts.set_parent(kNoCounty);
  EXPECT_EQ(Refused(clients_->Call(&alerts::v1::AlertService::Stub::ListAlerts, alerts).status()),
            "COUNTY_NOT_FOUND parent");
  pairing::v1::ListDutiesRequest duties;
  duties.set_parent(kNoCounty);
  EXPECT_EQ(Refused(clients_->Call(&pairing::v1::DutyService::Stub::ListDuties, duties).status()),
            "COUNTY_NOT_FOUND parent");
  reporting::v1::QueryCountsRequest counts;
  counts.set_division("520999");
  EXPECT_EQ(Refused(clients_->Call(&reporting::v1::ReportService::Stub::QueryCounts, counts).status()),
            "COUNTY_NOT_FOUND division");
  counts.set_division("520203999");
  EXPECT_EQ(Refused(clients_->Call(&reporting::v1::ReportService::Stub::QueryCounts, counts).status()),
            "TOWNSHIP_NOT_FOUND division");
}

TEST_F(BadInputTest, AWrongCheckDigit) {
  auto girl = Girl();
  girl.mutable_child()->set_identity_number(kBadNumber);
  EXPECT_EQ(Refused(Create(girl).status()), "IDENTITY_CHECK_DIGIT child.identity_number");
  EXPECT_EQ(Unstored(ImportChildren(Roster({{}, {.name = "王二", .number = kBadNumber}}))),
            "3 身份证号 IDENTITY_CHECK_DIGIT");
  EXPECT_EQ(Faults(ImportChildren(Roster({{.name = "王三", .number = kGoodNumber}}))), "");
}

TEST_F(BadInputTest, ABirthDateInTheFuture) {
  auto girl = Girl();
  girl.mutable_child()->set_birth_date("2026-09-03");
  EXPECT_EQ(Refused(Create(girl).status()), "BIRTH_DATE_IN_FUTURE child.birth_date");
  EXPECT_EQ(Unstored(ImportChildren(Roster({{.birth = "2026-09-03"}}))), "2 出生日期 BIRTH_DATE_IN_FUTURE");
}

TEST_F(BadInputTest, AClassOfAnotherSchool) {
  auto girl = Girl();
  girl.mutable_child()->set_school("counties/520324/schools/2152990001");
  EXPECT_EQ(Refused(Create(girl).status()), "COUNTY_MISMATCH child.school");
  EXPECT_EQ(Unstored(ImportChildren(Roster({{.school = "2152990001"}}))), "2 学校标识码 SCHOOL_NOT_FOUND");
  pairing::v1::PutSchoolCalendarRequest calendar;
  calendar.mutable_calendar()->set_school("counties/520203/schools/2152990001");
  calendar.mutable_calendar()->set_first_day("2026-09-01");
  calendar.mutable_calendar()->set_last_day("2027-01-15");
  EXPECT_EQ(
      Refused(clients_->Call(&pairing::v1::CalendarService::Stub::PutSchoolCalendar, calendar).status()),
      "SCHOOL_NOT_FOUND calendar.school");
}

TEST_F(BadInputTest, AContactInTheFutureOrOfAStranger) {
  auto late = Talk();
  clock::SetTime(kStart + absl::Minutes(3), late.mutable_contact()->mutable_happen_time());
  EXPECT_EQ(Refused(Log(late).status()), "HAPPEN_TIME_IN_FUTURE contact.happen_time");
  auto stranger = Talk();
  stranger.mutable_contact()->set_child(unpaired_);
  EXPECT_EQ(Refused(Log(stranger).status()), "NOT_PAIRED contact.helper");
  stranger.mutable_contact()->set_child("counties/520203/children/nobody");
  EXPECT_EQ(Refused(Log(stranger).status()), "CHILD_NOT_FOUND contact.child");
}

TEST_F(BadInputTest, AContactWithMarksThatDoNotExist) {
  auto talk = Talk();
  talk.mutable_contact()->set_mood(static_cast<pairing::v1::Mood>(pairing::v1::Mood_MAX + 1));
  EXPECT_EQ(Refused(Log(talk).status()), "MOOD_UNKNOWN contact.mood");
  talk.mutable_contact()->set_mood(static_cast<pairing::v1::Mood>(-1));
  EXPECT_EQ(Refused(Log(talk).status()), "MOOD_UNKNOWN contact.mood");
  talk = Talk();
  for (const int concern : {0, -1, pairing::v1::Concern_MAX + 1, 1 << 30}) {
    talk.mutable_contact()->clear_concerns();
    talk.mutable_contact()->add_concerns(static_cast<pairing::v1::Concern>(concern));
    EXPECT_EQ(Refused(Log(talk).status()), "CONCERNS_INVALID contact.concerns") << concern;
  }
  talk.mutable_contact()->clear_concerns();
  for (int i = 0; i < 1000; ++i) talk.mutable_contact()->add_concerns(pairing::v1::CONCERN_SAFETY);
  EXPECT_EQ(Refused(Log(talk).status()), "CONCERNS_INVALID contact.concerns") << "one is said once";
}

TEST_F(BadInputTest, ARequestIdWithAnotherBody) {
  auto talk = Talk();
  talk.set_request_id("0193aaaa-0000-7000-8000-000000000001");
  talk.mutable_contact()->set_note("谈学习");
  const auto first = Log(talk);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(Quiet().ok());
  rows_ = Rows();
  const auto again = Log(talk);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->name(), first->name());
  pairing::v1::BatchCreateContactsRequest batch;  // where the batch's county counts for the contact's
  batch.set_parent(talk.parent());
  *batch.add_requests() = talk;
  batch.mutable_requests(0)->clear_parent();
  *batch.add_requests() = batch.requests(0);  // decided together with the one whose answer is there already
  batch.mutable_requests(1)->set_request_id("0193aaaa-0000-7000-8000-000000000002");
  const auto in_batch = clients_->Call(&pairing::v1::ContactService::Stub::BatchCreateContacts, batch);
  ASSERT_TRUE(in_batch.ok()) << in_batch.status();
  EXPECT_EQ(in_batch->results(0).contact().name(), first->name()) << in_batch->ShortDebugString();
  EXPECT_NE(in_batch->results(1).contact().name(), "") << in_batch->ShortDebugString();
  EXPECT_NE(in_batch->results(1).contact().name(), first->name());
  ASSERT_TRUE(Quiet().ok());
  rows_ = Rows();
  talk.mutable_contact()->set_note("谈生活");
  EXPECT_EQ(Refused(Log(talk).status()), "REQUEST_ID_REUSED request_id");
}

TEST_F(BadInputTest, TenMegabytes) {
  auto talk = Talk();
  talk.mutable_contact()->set_note(std::string(10 << 20, 'x'));
  EXPECT_EQ(Log(talk).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_FALSE(ImportChildren(kHead + std::string(10 << 20, 'x')).ok());
  EXPECT_EQ(Rows(), rows_);
  talk.mutable_contact()->set_note(std::string(3 << 20, 'x'));  // a message may be so large, a note may not
  EXPECT_EQ(Refused(Log(talk).status()), "NOTE_TOO_LONG contact.note");
}

// The message can't be read at all, so that no field can be named.
TEST_F(BadInputTest, TextThatIsNotUtf8) {
  auto talk = Talk();
  talk.mutable_contact()->set_note("\xff\xfe谈");
  EXPECT_EQ(Refused(Log(talk).status()), "REQUEST_MALFORMED ");
  auto girl = Girl();
  girl.mutable_child()->set_display_name("安\xc3");
  EXPECT_EQ(Refused(Create(girl).status()), "REQUEST_MALFORMED ");
  EXPECT_THAT(Unstored(ImportChildren(Roster({{}, {.name = "王\xff\xff"}}))), HasSubstr("FILE_MALFORMED"));
}

TEST_F(BadInputTest, DangerousStringsAreOnlyStrings) {
  auto talk = Talk();
  talk.mutable_contact()->set_note(kNasty);
  const auto logged = Log(talk);
  ASSERT_TRUE(logged.ok()) << logged.status();
  pairing::v1::GetContactRequest get;
  get.set_name(logged->name());
  const auto read = clients_->Call(&pairing::v1::ContactService::Stub::GetContact, get);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->note(), kNasty);
  auto girl = Girl();
  girl.mutable_child()->set_display_name("%s%n'; DROP TABLE child;--");
  ASSERT_TRUE(Create(girl).ok());
  EXPECT_EQ(ChildNamed("%s%n'").display_name(), "%s%n'; DROP TABLE child;--");
}

TEST_F(BadInputTest, WildcardsInIds) {
  for (const std::string id : {"*", ">", "a.*", "a.b", "a b", "", "..", "a/b", "$SYS", "%s", "x'--", "安"}) {
    auto talk = Talk();
    talk.mutable_contact()->set_child("counties/520203/children/" + id);
    EXPECT_EQ(Refused(Log(talk).status()), "NAME_MALFORMED contact.child") << id;
    talk = Talk();
    talk.mutable_contact()->set_helper("counties/520203/staffMembers/" + id);
    EXPECT_EQ(Refused(Log(talk).status()), "NAME_MALFORMED contact.helper") << id;
    alerts::v1::ReportAbsenceRequest absence;
    absence.set_parent(kCounty);
    absence.mutable_absence()->set_child("counties/520203/children/" + id);
    absence.mutable_absence()->set_date("2026-09-02");
    EXPECT_EQ(Refused(clients_->Call(&alerts::v1::SignalService::Stub::ReportAbsence, absence).status()),
              "NAME_MALFORMED absence.child")
        << id;
    registry::v1::GetChildRequest get;
    get.set_name("counties/" + id + "/children/a");
    EXPECT_EQ(Refused(clients_->Call(&registry::v1::ChildService::Stub::GetChild, get).status()),
              "NAME_MALFORMED name")
        << id;
  }
}

TEST_F(BadInputTest, FilesAsSpreadsheetsWriteThem) {
  EXPECT_EQ(Faults(ImportChildren("\xef\xbb\xbf" + Roster({{.name = "带标记"}}))), "");
  EXPECT_EQ(ChildNamed("带标记").grade(), 1);
  EXPECT_EQ(Faults(ImportChildren(Gb18030(Roster({{.name = "国标"}})))), "");
  EXPECT_EQ(ChildNamed("国标").birth_date(), "2019-11-04");
  EXPECT_EQ(Faults(ImportChildren(Roster({{.name = R"("引""号")", .guardian = R"("王秀英, 老")"}}))), "");
  EXPECT_EQ(ChildNamed("引").display_name(), "引\"号");
  EXPECT_EQ(ChildNamed("引").guardian().display_name(), "王秀英, 老");
}

TEST_F(BadInputTest, FilesThatAreWrong) {
  EXPECT_THAT(Unstored(ImportChildren(Roster({{}, {.name = "\"王二"}}))), HasSubstr("FILE_MALFORMED 第3行"));
  EXPECT_EQ(Unstored(ImportChildren(Roster({{.name = "=1+1", .guardian = "@SUM(A1)"}}))),
            "2 姓名 FORMULA_CELL, 2 监护人姓名 FORMULA_CELL");
  EXPECT_EQ(Unstored(ImportChildren(absl::StrReplaceAll(Roster({{}}), {{"学校标识码", "学校"}}))),
            "1 学校标识码 MISSING_COLUMN");
  EXPECT_EQ(Unstored(ImportChildren(Roster({{}, {.name = "王二", .grade = "13"}}))),
            "3 年级 GRADE_OUT_OF_RANGE");
}

// Accepted up to 200,000; here a hundred thousand within half a minute. Last, because the other services are
// then busy with them.
TEST_F(BadInputTest, ManyRows) {
  const auto rows = [](int count) {
    std::string csv = kHead;
    for (int i = 0; i < count; ++i) csv += Text({.name = fmt::format("甲{}", i)});
    return csv;
  };
  EXPECT_THAT(Unstored(ImportChildren(rows(200'001))), HasSubstr("FILE_TOO_LARGE"));
  const absl::Time began = absl::Now();
  const auto imported = ImportChildren(rows(100'000));
  EXPECT_EQ(Faults(imported), "");
  ASSERT_TRUE(imported.ok());
  EXPECT_EQ(imported->created(), 100'000);
  EXPECT_LT(absl::Now() - began, absl::Seconds(30));
}

}  // namespace
}  // namespace tonghu::system_test
