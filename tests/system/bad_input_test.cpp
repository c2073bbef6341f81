// What callers bring that is wrong, or only looks so, and what comes of it on a real stack.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iconv.h>

#include "absl/strings/str_replace.h"
#include "libs/client/client.h"
#include "libs/clock/timestamp.h"
#include "libs/fleet/quiet.h"
#include "libs/paging/paging.h"
#include "libs/postgres/connection.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "tests/harness/stack.h"
#include "tonghu/alerts/v1/alert_service.grpc.pb.h"
#include "tonghu/alerts/v1/policy_service.grpc.pb.h"
#include "tonghu/alerts/v1/signal_service.grpc.pb.h"
#include "tonghu/pairing/v1/calendar_service.grpc.pb.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"
#include "tonghu/pairing/v1/duty_service.grpc.pb.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"
#include "tonghu/registry/v1/import_service.grpc.pb.h"
#include "tonghu/reporting/v1/report_service.grpc.pb.h"

namespace tonghu::system_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kCounty[] = "counties/520203";
constexpr char kNoCounty[] = "counties/520999";
constexpr char kHelper[] = "counties/520203/staffMembers/52020300005";
constexpr char kSchool[] = "counties/520203/schools/2152990002";
constexpr char kSchools[] = "学校标识码,校名,乡镇代码\n2152990002,矿区小学,520203104\n";
constexpr char kStaff[] =
    "工号,姓名,电话,岗位,学校标识码,年级,班级,乡镇代码\n"
    "52020300005,赵永华,15438895210,班主任,2152990002,1,1,\n";
constexpr char kHead[] =
    "姓名,性别,出生日期,身份证号,民族,学校标识码,年级,班级,是否寄宿,监护类型,关爱等级,监护人姓名,"
    "与监护人关系,"
    "监护人电话,父亲姓名,父亲务工地,父亲电话,母亲姓名,母亲务工地,母亲电话\n";
constexpr char kGoodNumber[] = "520299201911042304";
constexpr char kBadNumber[] = "520299201911042305";
constexpr char kNasty[] = "'); DROP TABLE contact; DROP TABLE child; -- %s%n%x {} ${HOME} \\u0000 =1+1";

// A row of the children's roster.
struct Row {
  std::string name = "王一", birth = "2019-11-04", number = "", school = "2152990002", grade = "1",
              guardian = "王秀英";
};
std::string Text(const Row& row) {
  return fmt::format("{},女,{},{},汉族,{},{},1,否,隔代监护,普遍关注,{},奶奶,15400000000,,,,,,\n", row.name,
                     row.birth, row.number, row.school, row.grade, row.guardian);
}
std::string Roster(const std::vector<Row>& rows) {
  std::string csv = kHead;
  for (const Row& row : rows) csv += Text(row);
  return csv;
}

std::string Gb18030(std::string text) {
  std::string encoded(text.size() * 2, '\0');
  char* from = text.data();
  char* to = encoded.data();
  size_t left = text.size(), room = encoded.size();
  const iconv_t codec = iconv_open("GB18030", "UTF-8");
  EXPECT_EQ(iconv(codec, &from, &left, &to, &room), 0u);
  iconv_close(codec);
  encoded.resize(encoded.size() - room);
  return encoded;
}

const absl::Time kStart = absl::FromCivil(absl::CivilHour(2026, 9, 2, 10), clock::China());

// One stack for all cases, so that each looks at differences. The last one leaves a hundred thousand children
// behind.
class BadInputTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto stack = harness::Stack::Up({.start = kStart});
    ASSERT_TRUE(stack.ok()) << stack.status();
    stack_ = std::move(*stack);
    clients_ = std::make_unique<client::Client>(stack_->endpoints(), client::Once());
    imports_ = registry::v1::ImportService::NewStub(stack_->Channel("registry"));
    ASSERT_EQ(Faults(Import(registry::v1::ROSTER_KIND_SCHOOLS, kSchools)), "");
    ASSERT_EQ(Faults(Import(registry::v1::ROSTER_KIND_STAFF, kStaff)), "");
    ASSERT_EQ(Faults(ImportChildren(Roster({{.name = "安紫怡"}, {.name = "李嘉远"}}))), "");
    ASSERT_TRUE(Quiet().ok());
    paired_ = ChildNamed("安紫怡").name();
    unpaired_ = ChildNamed("李嘉远").name();
    pairing::v1::CreatePairingRequest pairing;
    pairing.set_parent(kCounty);
    pairing.mutable_pairing()->set_child(paired_);
    pairing.mutable_pairing()->set_helper(kHelper);
    pairing.mutable_pairing()->set_role(pairing::v1::PAIRING_ROLE_CLASS_TEACHER);
    ASSERT_TRUE(clients_->Call(&pairing::v1::PairingService::Stub::CreatePairing, pairing).ok());
    ASSERT_TRUE(Quiet().ok());
  }
  static void TearDownTestSuite() {
    clients_.reset();
    imports_.reset();
    stack_.reset();
  }

  void SetUp() override {
    ASSERT_FALSE(unpaired_.empty());
    ASSERT_TRUE(Quiet().ok());  // what an earlier case stored has come everywhere
    rows_ = Rows();
  }

  static absl::Status Quiet() { return fleet::Quiet(stack_->endpoints()).Wait(kStart, absl::Seconds(30)); }

  // How many rows each table of the three services has.
  static std::string Rows() {
    std::string all;
    for (const char* service : {"registry", "pairing", "alerts"}) {
      auto db = postgres::Connection::Open(stack_->Conninfo(fmt::format("tonghu_{}", service)));
      EXPECT_TRUE(db.ok()) << db.status();
      if (!db.ok()) return "";
      auto counts = (*db)->Run(
          "SELECT string_agg(name || ' ' || (xpath('/row/count/text()', query_to_xml(format('SELECT count(*) "
          "FROM %I', name), "
          "false, true, '')))[1]::text, ', ' ORDER BY name) "
          "FROM (SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = "
          "current_schema() "
          "AND table_name NOT IN ('lease', 'replica')) t");
      EXPECT_TRUE(counts.ok()) << counts.status();
      if (counts.ok()) all += fmt::format("{}: {}\n", service, counts->String(0, 0));
    }
    return all;
  }

  // "REASON field", and nothing was stored since the case began.
  std::string Refused(const absl::Status& status) {
    EXPECT_EQ(Rows(), rows_);
    const refusal::Refusal why = refusal::Of(status);
    EXPECT_FALSE(why.message_zh.empty()) << status;
    return why.reason + " " + why.field;
  }

  // "row column REASON" of each faulty row, or the file's refusal.
  static std::string Faults(const absl::StatusOr<registry::v1::ImportRosterResponse>& response) {
    if (!response.ok())
      return refusal::Of(response.status()).reason + " " + refusal::Of(response.status()).message_zh;
    std::string faults;
    for (const auto& one : response->errors()) {
      EXPECT_NE(one.message(), "");
      faults += fmt::format("{}{} {} {}", faults.empty() ? "" : ", ", one.row(), one.column(), one.reason());
    }
    return faults;
  }
  std::string Unstored(const absl::StatusOr<registry::v1::ImportRosterResponse>& response) {
    EXPECT_EQ(Rows(), rows_);
    return Faults(response);
  }

  static absl::StatusOr<registry::v1::ImportRosterResponse> Import(registry::v1::RosterKind kind,
                                                                   const std::string& csv,
                                                                   const char* county = kCounty,
                                                                   size_t chunk = 1 << 19) {
    const auto context = rpc::WithDeadline(absl::Seconds(60));
    registry::v1::ImportRosterResponse response;
    const auto writer = imports_->ImportRoster(context.get(), &response);
    registry::v1::ImportRosterRequest request;
    request.mutable_header()->set_parent(county);
    request.mutable_header()->set_kind(kind);
    request.mutable_header()->set_size_bytes(static_cast<int64_t>(csv.size()));
    bool open = writer->Write(request);
    for (size_t at = 0; open && at < csv.size(); at += chunk) {
      request.set_chunk(csv.substr(at, chunk));
      open = writer->Write(request);
    }
    writer->WritesDone();
    if (const grpc::Status done = writer->Finish(); !done.ok()) return rpc::FromGrpc(done);
    return response;
  }
  static absl::StatusOr<registry::v1::ImportRosterResponse> ImportChildren(const std::string& csv) {
    return Import(registry::v1::ROSTER_KIND_CHILDREN, csv);
  }

  static registry::v1::Child ChildNamed(const std::string& name) {
    registry::v1::ListChildrenRequest request;
    request.set_parent(kCounty);
    request.set_display_name_prefix(name);
    const auto found = clients_->Call(&registry::v1::ChildService::Stub::ListChildren, request);
    EXPECT_TRUE(found.ok() && found->children_size() == 1) << name;
    return found.ok() && found->children_size() == 1 ? found->children(0) : registry::v1::Child();
  }

  static registry::v1::CreateChildRequest Girl() {
    registry::v1::CreateChildRequest request;
    request.set_parent(kCounty);
    registry::v1::Child& child = *request.mutable_child();
    child.set_display_name("安紫");
    child.set_sex(registry::v1::SEX_FEMALE);
    child.set_birth_date("2019-11-04");
    child.set_school(kSchool);
    child.set_grade(1);
    child.set_class_number(1);
    return request;
  }
  static absl::StatusOr<registry::v1::Child> Create(const registry::v1::CreateChildRequest& request) {
    return clients_->Call(&registry::v1::ChildService::Stub::CreateChild, request);
  }

  static pairing::v1::CreateContactRequest Talk() {
    pairing::v1::CreateContactRequest request;
    request.set_parent(kCounty);
    request.mutable_contact()->set_child(paired_);
    request.mutable_contact()->set_helper(kHelper);
    request.mutable_contact()->set_kind(pairing::v1::CONTACT_KIND_TALK);
    clock::SetTime(kStart, request.mutable_contact()->mutable_happen_time());
    return request;
  }
  static absl::StatusOr<pairing::v1::Contact> Log(const pairing::v1::CreateContactRequest& request) {
    return clients_->Call(&pairing::v1::ContactService::Stub::CreateContact, request);
  }

  static std::unique_ptr<harness::Stack> stack_;
  static std::unique_ptr<client::Client> clients_;
  static std::unique_ptr<registry::v1::ImportService::Stub> imports_;
  static std::string paired_, unpaired_;
  std::string rows_;
};

std::unique_ptr<harness::Stack> BadInputTest::stack_;
std::unique_ptr<client::Client> BadInputTest::clients_;
std::unique_ptr<registry::v1::ImportService::Stub> BadInputTest::imports_;
std::string BadInputTest::paired_, BadInputTest::unpaired_;

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
          paging::PageOf(other)->TokenAfter("0"),
          paging::PageOf(registry::v1::ListChildrenRequest())->TokenAfter("0")}) {
      request.set_page_token(token);
      EXPECT_EQ(Refused(clients_->Call(method, request).status()), "PAGE_TOKEN_MALFORMED page_token")
          << token;
    }
    request.clear_page_token();
    request.set_page_token(paging::PageOf(request)->TokenAfter("0"));
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
  refused(&PairingService::Stub::ListUncoveredChildren, pairing::v1::ListUncoveredChildrenRequest(),
          elsewhere);
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
  talk.mutable_contact()->set_note("谈生活");
  EXPECT_EQ(Refused(Log(talk).status()), "REQUEST_ID_REUSED request_id");
}

TEST_F(BadInputTest, TenMegabytes) {
  auto talk = Talk();
  talk.mutable_contact()->set_note(std::string(10 << 20, 'x'));
  EXPECT_EQ(Log(talk).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_FALSE(
      Import(registry::v1::ROSTER_KIND_CHILDREN, kHead + std::string(10 << 20, 'x'), kCounty, 10 << 20).ok());
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
