#include "libs/forms/fill.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <fstream>

#include "libs/clock/clock.h"
#include "libs/clock/timestamp.h"
#include "libs/forms/typed.h"
#include "tonghu/alerts/v1/policy_service.pb.h"
#include "tonghu/alerts/v1/signal_service.pb.h"
#include "tonghu/pairing/v1/calendar_service.pb.h"
#include "tonghu/pairing/v1/contact_service.pb.h"
#include "tonghu/registry/v1/child_service.pb.h"
#include "tonghu/registry/v1/directory_service.pb.h"

namespace tonghu::forms {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Typing = std::map<std::string, std::vector<std::string>>;  // by option

const Form& FormOf(const char* group, const char* verb) { return *FindForm(group, verb); }

template <class Request>
absl::StatusOr<Request> Filled(const char* group, const char* verb, const Typing& typing,
                               const std::string& county = "520521") {
  const Form& form = FormOf(group, verb);
  Answers answers{county, {}};
  for (const auto& [option, texts] : typing) {
    bool known = false;
    for (const Field& field : form.fields()) {
      if (field.option() != option) continue;
      answers.typed[&field] = texts;
      known = true;
    }
    EXPECT_TRUE(known) << option;
  }
  Request request;
  EXPECT_EQ(MethodOf(form)->input_type(), Request::descriptor());
  absl::Status filled = Fill(form, answers, &request);
  if (!filled.ok()) return filled;
  return request;
}

std::string Why(const absl::Status& status) {
  EXPECT_TRUE(IsUsageError(status)) << status;
  return std::string(status.message());
}

TEST(FillTest, NamesTimesAndWords) {
  for (const char* kind : {"home_visit", "家访"}) {
    const auto request = Filled<pairing::v1::CreateContactRequest>(
        "contact", "log",
        {{"--child", {"c1"}}, {"--helper", {"t1"}}, {"--kind", {kind}}, {"--at", {"2026-09-04 15:30"}}});
    ASSERT_TRUE(request.ok()) << request.status();
    EXPECT_EQ(request->parent(), "counties/520521");
    EXPECT_EQ(request->contact().child(), "counties/520521/children/c1");
    EXPECT_EQ(request->contact().helper(), "counties/520521/staffMembers/t1");
    EXPECT_EQ(request->contact().kind(), pairing::v1::CONTACT_KIND_HOME_VISIT);
    EXPECT_EQ(clock::ToTime(request->contact().happen_time()),
              absl::FromCivil(absl::CivilMinute(2026, 9, 4, 15, 30), clock::China()));
  }
  EXPECT_THAT(
      Why(Filled<pairing::v1::CreateContactRequest>("contact", "log", {{"--kind", {"chat"}}}).status()),
      HasSubstr("--kind should be one of talk 谈心, home_visit 家访"));
  EXPECT_THAT(Why(Filled<pairing::v1::ListContactsRequest>("contact", "list", {}, "").status()),
              HasSubstr("--county"));
}

TEST(FillTest, DaysAreChinas) {
  const auto request = Filled<pairing::v1::ListContactsRequest>(
      "contact", "list", {{"--from", {"2026-09-01"}}, {"--until", {"2026-09-01"}}});
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(clock::ToTime(request->happen_from()), clock::StartOf(absl::CivilDay(2026, 9, 1)));
  EXPECT_EQ(clock::ToTime(request->happen_before()), clock::StartOf(absl::CivilDay(2026, 9, 2)));
  EXPECT_THAT(
      Why(Filled<pairing::v1::ListContactsRequest>("contact", "list", {{"--from", {"9/1"}}}).status()),
      HasSubstr("--from should be a day"));
}

TEST(FillTest, WhoIsANameAClassOrANumber) {
  const auto who = [](const char* text) {
    return Filled<registry::v1::ListChildrenRequest>("child", "find", {{"WHO", {text}}});
  };
  EXPECT_EQ(who("王小明")->display_name_prefix(), "王小明");
  EXPECT_EQ(who("3-1")->grade(), 3);
  EXPECT_EQ(who("3-1")->class_number(), 1);
  EXPECT_EQ(who("52029920191104230x")->identity_number(), "52029920191104230x");
  EXPECT_THAT(Why(who("3").status()), HasSubstr("WHO should be a name"));
  EXPECT_THAT(Why(who("3-1-2").status()), HasSubstr("should be a class"));
  EXPECT_EQ(
      Filled<registry::v1::ListChildrenRequest>("child", "list", {{"--class", {"2"}}, {"--grade", {"4"}}})
          ->grade(),
      4);
}

TEST(FillTest, WhatIsSaidGoesIntoTheMask) {
  const auto request =
      Filled<registry::v1::UpdateChildRequest>("child", "update",
                                               {{"CHILD", {"c1"}},
                                                {"--etag", {"7"}},
                                                {"--boarding,!--no-boarding", {"false"}},
                                                {"--parent", {"父亲,王强", "母亲, 李花,15400000000"}}});
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_THAT(request->update_mask().paths(), ElementsAre("boarding", "parents"));
  EXPECT_EQ(request->child().etag(), "7");
  EXPECT_FALSE(request->child().boarding());
  ASSERT_EQ(request->child().parents_size(), 2);
  EXPECT_EQ(request->child().parents(1).display_name(), "李花");
  EXPECT_EQ(request->child().parents(1).phone(), "15400000000");
  EXPECT_THAT(
      Why(Filled<registry::v1::UpdateChildRequest>("child", "update", {{"CHILD", {"c1"}}, {"--etag", {"7"}}})
              .status()),
      HasSubstr("say what to change"));
  EXPECT_THAT(Why(Filled<registry::v1::UpdateChildRequest>("child", "update",
                                                           {{"CHILD", {"c1"}}, {"--parent", {"王强"}}})
                      .status()),
              HasSubstr("--parent should be relation,name"));
}

TEST(FillTest, NothingIsSomething) {
  const auto vacant = Filled<registry::v1::PutPostRequest>(
      "post", "set", {{"--kind", {"校长"}}, {"--school", {"s1"}}, {"--vacant", {"true"}}});
  ASSERT_TRUE(vacant.ok()) << vacant.status();
  EXPECT_TRUE(vacant->post().has_holder());
  EXPECT_EQ(vacant->post().holder(), "");
  EXPECT_FALSE(vacant->post().has_deputy());
  EXPECT_EQ(vacant->post().kind(), registry::v1::POST_KIND_SCHOOL_HEAD);
  EXPECT_THAT(Why(Filled<registry::v1::PutPostRequest>("post", "set", {{"--kind", {"校长"}}}).status()),
              HasSubstr("say --holder"));
}

TEST(FillTest, EachChildIsOneMoreAbsence) {
  const auto request = Filled<alerts::v1::SubmitAttendanceRequest>(
      "attendance", "submit",
      {{"--school", {"s1"}}, {"--date", {"2026-09-04"}}, {"--absent", {"c1", "c2"}}, {"--on-leave", {"c3"}}});
  ASSERT_TRUE(request.ok()) << request.status();
  ASSERT_EQ(request->absences_size(), 3);
  EXPECT_EQ(request->absences(1).child(), "counties/520521/children/c2");
  EXPECT_FALSE(request->absences(1).with_leave());
  EXPECT_TRUE(request->absences(2).with_leave());
}

TEST(FillTest, HolidaysAreWeekdays) {
  const auto request =
      Filled<pairing::v1::PutSchoolCalendarRequest>("calendar", "put",
                                                    {{"SCHOOL,--school", {"s1"}},
                                                     {"--first", {"2026-09-01"}},
                                                     {"--last", {"2027-01-15"}},
                                                     {"--holiday", {"2026-10-01..2026-10-04"}}});
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_THAT(request->calendar().holidays(), ElementsAre("2026-10-01", "2026-10-02"));
}

TEST(FillTest, ADocumentSaysItsCountyOrIsGivenOne) {
  const std::string path = testing::TempDir() + "/policy.json";
  std::ofstream(path) << R"({"kind": "ALERT_KIND_ABSENCE", "steps": [{"delay": "60s"}]})";
  auto request = Filled<alerts::v1::PutEscalationPolicyRequest>("policy", "put", {{"FILE", {path}}});
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->policy().parent(), "counties/520521");
  EXPECT_EQ(request->policy().steps_size(), 1);
  std::ofstream(path) << R"({"parent": "counties/520324"})";
  EXPECT_THAT(
      Why(Filled<alerts::v1::PutEscalationPolicyRequest>("policy", "put", {{"FILE", {path}}}).status()),
      HasSubstr("--county is 520521, but the file is for counties/520324"));
  EXPECT_TRUE(Filled<alerts::v1::PutEscalationPolicyRequest>("policy", "put", {{"FILE", {path}}}, "").ok());
  std::ofstream(path) << "no policy";
  EXPECT_THAT(
      Why(Filled<alerts::v1::PutEscalationPolicyRequest>("policy", "put", {{"FILE", {path}}}).status()),
      HasSubstr("is not as `show --json` prints it"));
}

TEST(FillTest, NumbersAreNotNegative) {
  EXPECT_THAT(Why(Filled<registry::v1::ListChildrenRequest>("child", "list", {{"--grade", {"-1"}}}).status()),
              HasSubstr("--grade should be 0 or more"));
  EXPECT_THAT(
      Why(Filled<registry::v1::ListChildrenRequest>("child", "list", {{"--grade", {"three"}}}).status()),
      HasSubstr("--grade should be a whole number"));
}

}  // namespace
}  // namespace tonghu::forms
