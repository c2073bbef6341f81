// For every method of every service, every role, inside and outside its area: the answer is what the rights
// table says. And every list, as everybody sees it. The methods are found in the descriptors, so that a new
// one is tested from the day it is there.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <functional>
#include <regex>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/refusal/refusal.h"
#include "libs/rights/table.h"
#include "tests/system/every_method.h"

namespace tonghu::system_test {
namespace {

TEST_F(EveryMethodTest, AnswersWhomTheTableSaysAndNobodyElse) {
  int permitted = 0, refused = 0;
  for (const MethodDescriptor* method : calls().methods()) {
    // A stack may run without a service, and then nobody calls it.
    if (!Runs(NamedCalls::ServiceOf(*method))) continue;
    const MethodRule rule = RuleOf(*method);
    json request = RequestOf(*method);
    for (const Subject& subject : Subjects()) {
      // Whoever may withdraw a closure does, so each finds one of its own.
      if (method->name() == "DeleteClosure") request["name"] = NewClosure();
      const absl::Status status = CallAs(subject, *method, request).status;
      const std::string what = absl::StrCat(Short(*method), " by ", subject.name, ": ", status.ToString());
      ASSERT_NE(status.code(), absl::StatusCode::kUnavailable) << what;
      if (Expected(rule, subject)) {
        EXPECT_NE(status.code(), absl::StatusCode::kPermissionDenied) << what;
        ++permitted;
      } else {
        EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << what;
        EXPECT_EQ(refusal::Of(status).reason, "NOT_PERMITTED") << what;
        ++refused;
      }
    }
  }
  EXPECT_GT(permitted, 200);
  EXPECT_GT(refused, 500);
}

TEST_F(EveryMethodTest, ARefusalTellsNothingOfWhatExists) {
  const Subject teacher = Subjects()[1];
  for (const auto& [name, there, nowhere] :
       {std::tuple("registry.ChildService.GetChild", Kept("child3"), Kept("child4")),
        std::tuple("pairing.DutyService.GetDuty", Kept("duty3"), Kept("duty4")),
        std::tuple("alerts.AlertService.GetAlert", Kept("alert3"), Kept("alert4"))}) {
    const MethodDescriptor& method = *calls().Find(name);
    // An id of another county's, in this county: nobody has it here.
    const std::string unknown = there.substr(0, there.rfind('/')) + nowhere.substr(nowhere.rfind('/'));
    const absl::Status outside = CallAs(teacher, method, {{"name", there}}).status;
    EXPECT_EQ(outside, CallAs(teacher, method, {{"name", unknown}}).status) << name;
    EXPECT_EQ(refusal::Of(outside).reason, "NOT_PERMITTED") << name;
  }
}

// The new helper is nobody: what is let through is refused for that, and changes nothing.
TEST_F(EveryMethodTest, EachNameOfABatchIsInsideTheScope) {
  const std::vector<Subject> subjects = Subjects();
  const auto head = std::find_if(subjects.begin(), subjects.end(),
                                 [](const auto& one) { return one.name == "head of S1"; });
  ASSERT_NE(head, subjects.end());
  const auto refused = [&](const std::vector<std::string>& kept) {
    json names = json::array();
    for (const std::string& name : kept) names.push_back(Kept(name));
    const json request = {{"parent", absl::StrCat("counties/", kCounty)},
                          {"names", names},
                          {"newHelper", NameIn("staffMembers") + "nobody"}};
    return refusal::Of(
               CallAs(*head, *calls().Find("pairing.PairingService.BatchHandOverPairings"), request).status)
        .reason;
  };
  EXPECT_EQ(refused({"pairing1", "pairing2"}), "STAFF_MEMBER_NOT_FOUND") << "the school's own";
  EXPECT_EQ(refused({"pairing1", "pairing3"}), "NOT_PERMITTED") << "one is another school's";
  EXPECT_EQ(refused({"pairing3", "pairing1"}), "NOT_PERMITTED");
}

TEST_F(EveryMethodTest, EachChildOfABatchOfPairingsIsInsideTheScope) {
  const std::vector<Subject> subjects = Subjects();
  const auto head = std::find_if(subjects.begin(), subjects.end(),
                                 [](const auto& one) { return one.name == "head of S1"; });
  ASSERT_NE(head, subjects.end());
  const auto refused = [&](const std::vector<std::string>& children) {
    json requests = json::array();
    for (const std::string& child : children) {
      requests.push_back({{"pairing",
                           {{"child", Kept(child)},
                            {"helper", NameIn("staffMembers") + "nobody"},
                            {"role", "PAIRING_ROLE_VOLUNTEER"}}}});
    }
    const json request = {{"parent", absl::StrCat("counties/", kCounty)}, {"requests", requests}};
    return refusal::Of(
               CallAs(*head, *calls().Find("pairing.PairingService.BatchCreatePairings"), request).status)
        .reason;
  };
  EXPECT_EQ(refused({"child1", "child2"}), "STAFF_MEMBER_NOT_FOUND") << "the school's own";
  EXPECT_EQ(refused({"child1", "child3"}), "NOT_PERMITTED") << "one is another school's";
}

class EveryListTest : public RightsTest {
 protected:
  // All pages of one row each, as somebody sees them. An empty subject: the operator.
  static std::vector<json> Pages(const Subject* subject, const MethodDescriptor& method, json request) {
    std::vector<json> pages;
    for (std::string token; pages.size() < 100;) {
      if (method.input_type()->FindFieldByName("page_size") != nullptr) request["pageSize"] = 1;
      if (!token.empty()) request["pageToken"] = token;
      const Answer answer = subject == nullptr ? Call(method, request, "operators/local", {})
                                               : CallAs(*subject, method, request);
      EXPECT_TRUE(answer.status.ok()) << method.full_name() << ": " << answer.status;
      if (!answer.status.ok()) break;
      pages.push_back(answer.body);
      token = answer.body.value("nextPageToken", "");
      if (token.empty()) break;
    }
    return pages;
  }
  static std::set<std::string> ChildrenIn(const std::vector<json>& pages) {
    static const std::regex kChild("counties/[0-9]{6}/children/([0-9a-f-]+)");
    std::set<std::string> found;
    for (const json& page : pages) {
      const std::string text = page.dump();
      for (std::sregex_iterator at(text.begin(), text.end(), kChild), end; at != end; ++at)
        found.insert((*at)[1]);
    }
    return found;
  }
  static json RequestOf(const MethodDescriptor& method) {
    json request = {{"parent", absl::StrCat("counties/", kCounty)}};
    // Nobody is a volunteer yet, so that every child is in a proposal.
    if (method.name() == "ProposePairings") request["role"] = "PAIRING_ROLE_VOLUNTEER";
    if (method.name() == "ListOwedDuties") request["helper"] = Kept("teacher1");
    if (method.name() == "BatchGetDisplayNames") {
      for (const char* child : {"child1", "child2", "child3", "child5", "child6", "child7"})
        request["names"].push_back(Kept(child));
    }
    return request;
  }
  static std::vector<const MethodDescriptor*> Lists() {
    std::vector<const MethodDescriptor*> lists;
    for (const MethodDescriptor* method : calls().methods()) {
      if (RuleOf(*method).narrowed() && !method->server_streaming() && Runs(NamedCalls::ServiceOf(*method)))
        lists.push_back(method);
    }
    return lists;
  }
};

TEST_F(EveryListTest, HoldsTheRowsInsideTheScopeAndNoOther) {
  for (const MethodDescriptor* method : Lists()) {
    const json request = RequestOf(*method);
    const auto all = Pages(nullptr, *method, request);
    const std::set<std::string> there = ChildrenIn(all);
    if (NamedCalls::ServiceOf(*method) != "access") {
      const bool every = method->name() == "BatchGetDisplayNames" || method->name() == "ListChildren" ||
                         method->name() == "ProposePairings";
      // Nobody owes a talk yet, since the first windows begin next Monday, and nobody has too many children.
      const bool none = method->name() == "ListOwedDuties" || method->name() == "ListOverloadedHelpers";
      EXPECT_EQ(there.size(), every  ? 6u
                              : none ? 0u
                                     : 3u)
          << Short(*method) << ": a list without rows shows nothing";
    }
    for (const Subject& subject : Subjects()) {
      const auto roles = *rights::RolesWith(RuleOf(*method).permission());
      const std::string& county = subject.right.area.county;
      if (!roles.Has(subject.right.role) || (!county.empty() && county != kCounty)) continue;
      std::set<std::string> expected;
      for (const std::string& child : there) {
        if (Holds(subject, child)) expected.insert(child);
      }
      const auto pages = Pages(&subject, *method, request);
      EXPECT_EQ(ChildrenIn(pages), expected) << Short(*method) << " as " << subject.name;
      EXPECT_LE(pages.size(), std::max<size_t>(1, all.size())) << "no page that hides a row";
    }
  }
}

TEST_F(EveryListTest, APageTokenIsOfNoUseToOthers) {
  const auto subjects = Subjects();
  const Subject &head = subjects[5], &supervisor = subjects[7], &elsewhere = subjects[6];
  for (const MethodDescriptor* method : Lists()) {
    if (method->input_type()->FindFieldByName("page_token") == nullptr) continue;
    json request = RequestOf(*method);
    request["pageSize"] = 1;
    const Answer first = CallAs(head, *method, request);
    const std::string token = first.body.value("nextPageToken", "");
    if (token.empty()) continue;
    request["pageToken"] = token;
    EXPECT_TRUE(CallAs(head, *method, request).status.ok()) << Short(*method);
    for (const Subject* other : {&supervisor, &elsewhere}) {
      if (!rights::RolesWith(RuleOf(*method).permission())->Has(other->right.role)) continue;
      EXPECT_EQ(refusal::Of(CallAs(*other, *method, request).status).reason, "PAGE_TOKEN_MALFORMED")
          << Short(*method) << " as " << other->name;
    }
  }
}

TEST_F(EveryListTest, WhatARoleMayNotSeeIsMasked) {
  const MethodDescriptor& get = *calls().Find("registry.ChildService.GetChild");
  const MethodDescriptor& contact = *calls().Find("pairing.ContactService.GetContact");
  const auto subjects = Subjects();
  const auto child_as = [&](const Subject& subject) {
    return CallAs(subject, get, {{"name", Kept("child1")}}).body;
  };
  const auto note_as = [&](const Subject& subject) {
    return CallAs(subject, contact, {{"name", Kept("contact1")}}).body.value("note", "");
  };
  EXPECT_EQ(child_as(subjects[0])["birthDate"], "**") << "a class teacher";
  EXPECT_EQ(child_as(subjects[0])["displayName"], "儿童1");
  EXPECT_EQ(child_as(subjects[5])["birthDate"], "2017-09-20") << "a head";
  EXPECT_EQ(note_as(subjects[0]), "想妈妈");
  EXPECT_EQ(note_as(subjects[2]), "想妈妈") << "a helper";
  EXPECT_EQ(note_as(subjects[7]), "**") << "a supervisor";
  EXPECT_EQ(note_as(subjects[9]), "想妈妈") << "an officer";
  // Nor does a filter tell it.
  const MethodDescriptor& list = *calls().Find("registry.ChildService.ListChildren");
  const json by_number = {{"parent", absl::StrCat("counties/", kCounty)},
                          {"identityNumber", "520203201709200013"}};
  EXPECT_EQ(CallAs(subjects[0], list, by_number).status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_TRUE(CallAs(subjects[5], list, by_number).status.ok());
}

// The province's policies and calendars are put and read where the whole province is reached, and by nobody
// else.
TEST_F(EveryMethodTest, WhatHoldsInTheProvinceIsTheProvincesToPut) {
  const json parent = {{"parent", "counties/000000"}};
  json policy = parent, calendar = parent;
  policy.update(
      {{"kind", "DUTY_KIND_PARENTS_HOME"}, {"cadence", {{"period", "CADENCE_PERIOD_YEAR"}, {"times", 1}}}});
  calendar.update({{"firstDay", "2028-03-01"}, {"lastDay", "2028-07-07"}});
  const std::vector<std::pair<std::string, json>> asked = {
      {"pairing.DutyService.PutDutyPolicy", {{"policy", policy}}},
      {"pairing.DutyService.ListDutyPolicies", parent},
      {"pairing.CalendarService.PutCountyCalendar", {{"calendar", calendar}}},
      {"pairing.CalendarService.ListCountyCalendars", parent},
      {"pairing.CalendarService.DeleteCountyCalendar",
       {{"parent", "counties/000000"}, {"term", "2028-spring"}}}};
  for (const auto& [method, request] : asked) {
    std::map<std::string, absl::Status> answers;
    for (const Subject& subject : Subjects()) {
      answers[subject.name] = CallAs(subject, *calls().Find(method), request).status;
      if (subject.level == Level::kProvince) continue;
      EXPECT_EQ(answers[subject.name].code(), absl::StatusCode::kPermissionDenied)
          << method << " as " << subject.name;
    }
    EXPECT_TRUE(answers.at("province officer").ok()) << method << ": " << answers.at("province officer");
  }
}

// A county's calendar is the county's and the province's to put: a school's head, who puts the school's, may
// not.
TEST_F(EveryMethodTest, ACountysCalendarIsNoSchoolsToPut) {
  const json request = {{"calendar",
                         {{"parent", absl::StrCat("counties/", kCounty)},
                          {"firstDay", "2028-03-01"},
                          {"lastDay", "2028-07-07"}}}};
  std::vector<std::string> allowed;
  for (const Subject& subject : Subjects()) {
    if (CallAs(subject, *calls().Find("pairing.CalendarService.PutCountyCalendar"), request).status.ok())
      allowed.push_back(subject.name);
  }
  EXPECT_THAT(allowed, ::testing::ElementsAre("officer", "province officer"));
}

class PerformerTest : public RightsTest {
 protected:
  // One of the subjects, signed in as a member of staff.
  static Subject As(size_t subject, const std::string& staff_member) {
    Subject made = Subjects()[subject];
    made.staff_member = staff_member;
    return made;
  }
  static json TalkBy(const std::string& helper) {
    return {{"parent", absl::StrCat("counties/", kCounty)},
            {"contact",
             {{"child", Kept("child1")},
              {"helper", helper},
              {"kind", "CONTACT_KIND_HOME_VISIT"},
              {"happenTime", "2026-09-02T01:30:00Z"}}}};
  }
  // Who is named in the answer; else the reason of the refusal and the field.
  static std::string Named(const Answer& answer, const std::function<json(const json&)>& name) {
    const refusal::Refusal why = refusal::Of(answer.status);
    return answer.status.ok() ? name(answer.body).get<std::string>()
                              : absl::StrCat(why.reason, " ", why.field);
  }
  static std::string Talks(const Subject& subject, const std::string& helper) {
    return Named(CallAs(subject, *calls().Find("pairing.ContactService.CreateContact"), TalkBy(helper)),
                 [](const json& contact) { return contact["helper"]; });
  }
  static std::string Notes(const Subject& subject, const std::string& staff_member) {
    return Named(CallAs(subject, *calls().Find("alerts.AlertService.NoteAlert"),
                        {{"name", Kept("alert1")}, {"staffMember", staff_member}, {"note", "已联系奶奶"}}),
                 [](const json& alert) { return alert["entries"].back()["staffMember"]; });
  }
};

TEST_F(PerformerTest, APersonActsAsThemselves) {
  const std::string self = Kept("teacher1"), another = Kept("teacher3");
  const Subject teacher = As(0, self), head = As(5, self);
  EXPECT_EQ(Talks(teacher, self), self);
  EXPECT_EQ(Talks(teacher, ""), self);
  EXPECT_EQ(Talks(teacher, another), "STAFF_MEMBER_NOT_YOURS contact.helper");
  EXPECT_EQ(Talks(As(0, ""), self), "STAFF_MEMBER_NOT_YOURS contact.helper") << "nobody's account";
  EXPECT_EQ(Talks(As(0, ""), ""), "ACCOUNT_WITHOUT_STAFF_MEMBER contact.helper");
  EXPECT_EQ(Notes(head, self), self);
  EXPECT_EQ(Notes(head, ""), self);
  EXPECT_EQ(Notes(head, another), "STAFF_MEMBER_NOT_YOURS staff_member");
  const json batch = {{"parent", absl::StrCat("counties/", kCounty)},
                      {"requests", {TalkBy(self), TalkBy(another)}}};
  EXPECT_EQ(
      refusal::Of(CallAs(teacher, *calls().Find("pairing.ContactService.BatchCreateContacts"), batch).status)
          .reason,
      "STAFF_MEMBER_NOT_YOURS");
}

TEST_F(PerformerTest, AnOfficeRecordsForOthersAndAnEmergencyIsTakenFromAnybody) {
  const std::string self = Kept("teacher3"), another = Kept("teacher1");
  const Subject officer = As(9, self), elsewhere = As(10, self);
  EXPECT_EQ(Talks(officer, another), another);
  EXPECT_EQ(Notes(officer, another), another);
  EXPECT_EQ(Notes(elsewhere, another), "NOT_PERMITTED ");
  json emergency = {{"parent", absl::StrCat("counties/", kCounty)},
                    {"child", Kept("child2")},
                    {"kind", "EMERGENCY_KIND_MISSING"},
                    {"description", "放学后未回家"},
                    {"reporter", self}};
  const auto& report = *calls().Find("alerts.SignalService.ReportEmergency");
  EXPECT_TRUE(CallAs(As(1, another), report, emergency).status.ok());
}

}  // namespace
}  // namespace tonghu::system_test
