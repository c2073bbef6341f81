#include "tests/system/rights_fixture.h"

#include <google/protobuf/util/json_util.h>

#include "absl/strings/str_cat.h"
#include "libs/fleet/quiet.h"

namespace tonghu::system_test {
namespace {

using google::protobuf::MethodDescriptor;
using nlohmann::json;
using rights::Role;

const absl::Time kStart = absl::FromCivil(absl::CivilHour(2026, 9, 2, 10), clock::China());

std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

}  // namespace

void RightsTest::SetUpTestSuite() {
  auto stack = harness::Stack::Up({.start = kStart});
  ASSERT_TRUE(stack.ok()) << stack.status();
  stack_ = std::move(*stack);
  calls_ = std::make_unique<NamedCalls>(*stack_);
  const json divisions = AsOperator("registry.DirectoryService.ListDivisions", {{"parentCode", kCounty}});
  for (int i = 0; i < 2; ++i) townships_[i] = divisions["divisions"][i]["code"];
  PutSchool(kCounty, "S1", townships_[0]);
  PutSchool(kCounty, "S2", townships_[1]);
  const json others = AsOperator("registry.DirectoryService.ListDivisions", {{"parentCode", kOtherCounty}});
  PutSchool(kOtherCounty, "S1", others["divisions"][0]["code"]);
  for (const int more : {0, 4}) {
    PutChild(1 + more, kCounty, "S1", 1);
    PutChild(2 + more, kCounty, "S1", 2);
    PutChild(3 + more, kCounty, "S2", 1);
    PutChild(4 + more, kOtherCounty, "S1", 1);
  }
  ASSERT_FALSE(HasFailure());
  ASSERT_TRUE(fleet::Quiet(stack_->endpoints()).Wait(kStart, absl::Seconds(120)).ok());
  Tell();
  Whisper();
  ASSERT_TRUE(fleet::Quiet(stack_->endpoints()).Wait(kStart, absl::Seconds(120)).ok());
  KeepDuties();
  ready_ = !HasFailure();
}

void RightsTest::TearDownTestSuite() {
  channels_.clear();
  calls_.reset();
  stack_.reset();
}

json RightsTest::AsOperator(const std::string& method, const json& request) {
  const Answer answer = Call(*calls_->Find(method), request, "operators/local", {});
  EXPECT_TRUE(answer.status.ok()) << method << ": " << answer.status;
  return answer.body;
}

void RightsTest::PutSchool(const std::string& county, const std::string& school,
                           const std::string& township) {
  const std::string parent = absl::StrCat("counties/", county);
  const std::string name = absl::StrCat(parent, "/schools/", school);
  const std::string teacher = absl::StrCat(parent, "/staffMembers/T", school);
  AsOperator("registry.DirectoryService.PutSchool",
             {{"school", {{"name", name}, {"displayName", "实验小学"}, {"townshipCode", township}}}});
  AsOperator("registry.DirectoryService.PutStaffMember",
             {{"staffMember", {{"name", teacher}, {"displayName", "赵永华"}, {"phone", "15400000000"}}}});
  AsOperator("pairing.CalendarService.PutSchoolCalendar",
             {{"calendar", {{"school", name}, {"firstDay", "2026-09-01"}, {"lastDay", "2027-01-20"}}}});
}

void RightsTest::PutChild(int number, const std::string& county, const std::string& school,
                          int class_number) {
  const std::string parent = absl::StrCat("counties/", county);
  const json child = AsOperator(
      "registry.ChildService.CreateChild",
      {{"parent", parent},
       {"child",
        {{"displayName", absl::StrCat("儿童", number)},
         {"sex", "SEX_MALE"},
         {"birthDate", "2017-09-20"},
         {"school", absl::StrCat(parent, "/schools/", school)},
         {"grade", 3},
         {"classNumber", class_number},
         {"guardianshipType", "GUARDIANSHIP_TYPE_GRANDPARENTS"},
         {"guardian", {{"displayName", "周金琴"}, {"relation", "奶奶"}, {"phone", "15457537699"}}}}}});
  kept_[absl::StrCat("child", number)] = child["name"];
  kept_[absl::StrCat("teacher", number)] = absl::StrCat(parent, "/staffMembers/T", school);
}

// A visit in the night, which is doubtful: the correction has it looked at. Gives the doubt's name.
std::string RightsTest::Doubt(const std::string& parent, const std::string& child,
                              const std::string& teacher) {
  const std::string contact = AsOperator("pairing.ContactService.CreateContact",
                                         {{"parent", parent},
                                          {"contact",
                                           {{"child", child},
                                            {"helper", teacher},
                                            {"kind", "CONTACT_KIND_HOME_VISIT"},
                                            {"happenTime", "2026-09-01T18:00:00Z"}}}})["name"];
  AsOperator("pairing.ContactService.UpdateContact", {{"contact", {{"name", contact}, {"mood", "MOOD_CALM"}}},
                                                      {"updateMask", "mood"},
                                                      {"reason", "补充"},
                                                      {"helper", teacher}});
  return absl::StrCat(parent, "/doubts/", IdOf(contact));
}

// Pairs the first four, and reports a talk, a doubtful visit, a morning absent and an emergency about each.
void RightsTest::Tell() {
  for (int number = 1; number <= 4; ++number) {
    const auto key = [&](const char* of) { return absl::StrCat(of, number); };
    const std::string child = kept_[key("child")], teacher = kept_[key("teacher")];
    const std::string parent = child.substr(0, child.find("/children"));
    kept_[key("pairing")] = AsOperator(
        "pairing.PairingService.CreatePairing",
        {{"parent", parent},
         {"pairing",
          {{"child", child}, {"helper", teacher}, {"role", "PAIRING_ROLE_HELPER_TEACHER"}}}})["name"];
    kept_[key("contact")] =
        AsOperator("pairing.ContactService.CreateContact", {{"parent", parent},
                                                            {"contact",
                                                             {{"child", child},
                                                              {"helper", teacher},
                                                              {"kind", "CONTACT_KIND_TALK"},
                                                              {"happenTime", "2026-09-02T01:00:00Z"},
                                                              {"note", "想妈妈"}}}})["name"];
    kept_[key("doubt")] = Doubt(parent, child, teacher);
    kept_[key("absence")] =
        AsOperator("alerts.SignalService.ReportAbsence",
                   {{"parent", parent}, {"absence", {{"child", child}, {"date", "2026-09-01"}}}})["alert"];
    kept_[key("alert")] =
        AsOperator("alerts.SignalService.ReportEmergency", {{"parent", parent},
                                                            {"child", child},
                                                            {"kind", "EMERGENCY_KIND_MISSING"},
                                                            {"description", "放学后未回家"}})["name"];
  }
}

// Puts a letter of the first child into the first school's box, which the school's teacher keeps, and answers
// it not.
void RightsTest::Whisper() {
  const std::string school = absl::StrCat("counties/", kCounty, "/schools/S1");
  const std::string keeper = kept_["teacher1"];
  AsOperator("pairing.WhisperService.PutWhisperBox",
             {{"whisperBox", {{"school", school}, {"keeper", keeper}}}});
  const json opened = AsOperator(
      "pairing.WhisperService.OpenWhisperBox",
      {{"school", school},
       {"keeper", keeper},
       {"letters", {{{"child", kept_["child1"]}, {"text", kWhispered}, {"concerns", {"CONCERN_SAFETY"}}}}}});
  kept_["letter1"] = opened["letters"][0]["name"];
}

// Duties are made by a sweep, some time after the pairing.
void RightsTest::KeepDuties() {
  for (int number = 1; number <= 4; ++number) {
    const std::string child = kept_[absl::StrCat("child", number)];
    const json listed = AsOperator("pairing.DutyService.ListDuties",
                                   {{"parent", child.substr(0, child.find("/children"))}, {"child", child}});
    ASSERT_TRUE(listed.contains("duties")) << listed;
    kept_[absl::StrCat("duty", number)] = listed["duties"][0]["name"];
  }
}

bool RightsTest::Holds(const Subject& subject, const std::string& child_id) {
  if (subject.level == Level::kChild) return subject.right.area.child_ids.front() == child_id;
  for (int number = 1; number <= 8; ++number) {
    if (IdOf(kept_[absl::StrCat("child", number)]) != child_id) continue;
    return subject.places.find(static_cast<char>('1' + (number - 1) % 4)) != std::string::npos;
  }
  ADD_FAILURE() << "no child of this test: " << child_id;
  return false;
}

std::vector<Subject> RightsTest::Subjects() {
  const auto child = [](int number) {
    return std::vector<std::string>{IdOf(Kept(absl::StrCat("child", number)))};
  };
  const auto in_class = [](int number) {
    return rights::Area{.county = kCounty, .school_id = "S1", .grade = 3, .class_number = number};
  };
  const rights::Area county{.county = kCounty}, elsewhere{.county = kOtherCounty}, province;
  const rights::Area school1{.county = kCounty, .school_id = "S1"},
      school2{.county = kCounty, .school_id = "S2"};
  const rights::Area township1{.county = kCounty, .township_code = townships_[0]};
  const rights::Area township2{.county = kCounty, .township_code = townships_[1]};
  const rights::Area child1{.county = kCounty, .child_ids = child(1)},
      child3{.county = kCounty, .child_ids = child(3)};
  const rights::Area child4{.county = kOtherCounty, .child_ids = child(4)};
  std::vector<Subject> subjects = {
      {"teacher of 3-1", {Role::kClassTeacher, in_class(1)}, Level::kClass, "1"},
      {"teacher of 3-2", {Role::kClassTeacher, in_class(2)}, Level::kClass, "2"},
      {"helper of 1", {Role::kHelper, child1}, Level::kChild, "1"},
      {"helper of 3", {Role::kHelper, child3}, Level::kChild, "3"},
      {"helper of 4", {Role::kHelper, child4}, Level::kChild, "4", false},
      {"head of S1", {Role::kSchoolHead, school1}, Level::kSchool, "12"},
      {"head of S2", {Role::kSchoolHead, school2}, Level::kSchool, "3", false},
      {"supervisor of the first township", {Role::kTownshipSupervisor, township1}, Level::kTownship, "12"},
      {"supervisor of the second", {Role::kTownshipSupervisor, township2}, Level::kTownship, "3", false},
      {"officer", {Role::kCountyOfficer, county}, Level::kCounty, "123"},
      {"officer elsewhere", {Role::kCountyOfficer, elsewhere}, Level::kCounty, "4", false},
      {"province officer", {Role::kProvinceOfficer, province}, Level::kProvince, "1234"},
      {"glass breaker of 1", {Role::kGlassBreaker, child1}, Level::kChild, "1"},
      {"glass breaker of 3", {Role::kGlassBreaker, child3}, Level::kChild, "3"}};
  for (const auto& [name, role] : {std::pair("system administrator", Role::kSystemAdministrator),
                                   std::pair("security administrator", Role::kSecurityAdministrator),
                                   std::pair("auditor", Role::kAuditor)}) {
    subjects.push_back({name, {role, province}, Level::kProvince, "1234"});
    subjects.push_back({absl::StrCat(name, " of the county"), {role, county}, Level::kCounty, "123"});
    subjects.push_back({absl::StrCat(name, " elsewhere"), {role, elsewhere}, Level::kCounty, "4", false});
  }
  subjects.push_back({"keeper of S1's box", {Role::kWhisperKeeper, school1}, Level::kSchool, "12"});
  subjects.push_back({"keeper of S2's box", {Role::kWhisperKeeper, school2}, Level::kSchool, "3", false});
  subjects.push_back({"nobody in particular", {Role::kUnspecified, province}, Level::kProvince, "1234"});
  return subjects;
}

access::v1::Identity RightsTest::IdentityOf(const Subject& subject, const std::string& audience) {
  access::v1::Identity identity;
  identity.set_actor(subject.actor);
  identity.set_staff_member(subject.staff_member);
  *identity.add_rights() = principal::ToMessage(subject.right);
  identity.set_audience(audience);
  identity.set_presenter("gateway");
  // Identities go by the machine's clock, whatever the services' own.
  identity.mutable_issue_time()->set_seconds(absl::ToUnixSeconds(absl::Now()));
  identity.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(absl::Now() + absl::Minutes(2)));
  return identity;
}

std::string RightsTest::Signed(const access::v1::Identity& identity) {
  const auto key = principal::SigningKey::Read(stack_->state() + "/run/keys/identity.pem");
  EXPECT_TRUE(key.ok()) << key.status();
  return key.ok() ? principal::Sign(*key, identity)->SerializeAsString() : "";
}

std::shared_ptr<grpc::Channel> RightsTest::ChannelAs(const std::string& process, const std::string& service) {
  std::shared_ptr<grpc::Channel>& channel = channels_[{process, service}];
  if (channel == nullptr) channel = stack_->Dial(service, {.as = process, .seen = nullptr});
  return channel;
}

RightsTest::Answer RightsTest::Call(const MethodDescriptor& method, const json& request,
                                    const std::string& process,
                                    const std::map<std::string, std::string>& metadata) {
  const auto message = calls_->NewRequest(method);
  const auto read = google::protobuf::util::JsonStringToMessage(request.dump(), message.get());
  EXPECT_TRUE(read.ok()) << method.full_name() << ": " << read.ToString();
  const auto answers = calls_->Make({.method = &method,
                                     .requests = {message.get()},
                                     .answers = method.server_streaming() ? 0 : 1,
                                     .channel = ChannelAs(process, NamedCalls::ServiceOf(method)),
                                     .prepare = [&](grpc::ClientContext& context) {
                                       for (const auto& [key, value] : metadata)
                                         context.AddMetadata(key, value);
                                     }});
  if (!answers.ok()) return {answers.status(), {}};
  return {absl::OkStatus(), answers->empty() ? json() : answers->front()};
}

RightsTest::Answer RightsTest::CallAs(const Subject& subject, const MethodDescriptor& method,
                                      const json& request) {
  return Call(method, request, "services/gateway",
              {{principal::kIdentityKey, Signed(IdentityOf(subject, NamedCalls::ServiceOf(method)))}});
}

}  // namespace tonghu::system_test
