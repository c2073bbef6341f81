// A fault of ours is told: to the caller with a reason and a sentence, to the log once with where it was and
// without what was in it, and in a metric.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <regex>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/postgres/connection.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "tests/harness/metrics.h"
#include "tests/harness/small_school.h"
#include "tests/harness/stack.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"
#include "tonghu/pairing/v1/duty_service.grpc.pb.h"

namespace tonghu::system_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kCounty[] = "counties/520203";
constexpr char kSecret[] = "母亲电话13900001111";

template <class Stub, class Request, class Response>
grpc::Status Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  const Request& request, Response* response) {
  const auto context = rpc::WithDeadline(absl::Seconds(30));
  return (stub.*method)(context.get(), request, response);
}

class ToldFaultsTest : public testing::Test {
 protected:
  void SetUp() override {
    auto stack = harness::Stack::Up({.only = "postgres,nats,redis,registry,pairing"});
    ASSERT_TRUE(stack.ok()) << stack.status();
    stack_ = std::move(*stack);
    contacts_ = pairing::v1::ContactService::NewStub(stack_->Channel("pairing"));
    client::Client client(stack_->endpoints());
    auto school = harness::PutSmallSchool(client, "520203");
    ASSERT_TRUE(school.ok()) << school.status();
    school_ = *std::move(school);
    auto child = harness::PutPairedChild(client, school_);
    ASSERT_TRUE(child.ok()) << child.status();
    child_ = *std::move(child);
  }

  void Break(const std::string& sql) {
    auto db = postgres::Connection::Open(stack_->Conninfo("tonghu_pairing"));
    ASSERT_TRUE(db.ok()) << db.status();
    const absl::Status broken = (*db)->Script(sql);
    ASSERT_TRUE(broken.ok()) << broken;
  }

  pairing::v1::CreateContactRequest Contact(const std::string& note) const {
    auto request = harness::TalkAt(school_, child_, absl::Now() - absl::Seconds(1));
    request.mutable_contact()->set_note(note);
    return request;
  }

  std::string Log() const {
    std::ifstream file(absl::StrCat(stack_->state(), "/log/pairing-1.log"));
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }

  static int Times(const std::string& text, const std::string& part) {
    int times = 0;
    for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++times;
    return times;
  }

  std::string Metrics() const { return harness::MetricsOf(*stack_, "pairing-1"); }

  std::unique_ptr<harness::Stack> stack_;
  std::unique_ptr<pairing::v1::ContactService::Stub> contacts_;
  harness::SmallSchool school_;
  std::string child_;
};

TEST_F(ToldFaultsTest, OfACommandAlone_InABatch_AndOfAQuestion) {
  Break(absl::StrCat("ALTER TABLE contact ADD CONSTRAINT broken CHECK (note <> '", kSecret, "') NOT VALID"));
  pairing::v1::Contact logged;
  const grpc::Status alone =
      Call(*contacts_, &pairing::v1::ContactService::Stub::CreateContact, Contact(kSecret), &logged);
  EXPECT_EQ(alone.error_code(), grpc::INTERNAL);
  EXPECT_THAT(alone.error_details(), HasSubstr("INTERNAL"));
  EXPECT_THAT(alone.error_details(), HasSubstr("系统内部错误"));

  pairing::v1::BatchCreateContactsRequest batch;
  batch.set_parent(kCounty);
  for (const char* note : {"谈学习", kSecret, "谈家里"}) *batch.add_requests() = Contact(note);
  pairing::v1::BatchCreateContactsResponse answer;
  const grpc::Status together =
      Call(*contacts_, &pairing::v1::ContactService::Stub::BatchCreateContacts, batch, &answer);
  ASSERT_TRUE(together.ok()) << together.error_message();
  EXPECT_TRUE(answer.results(0).has_contact());
  EXPECT_EQ(answer.results(1).error().code(), grpc::INTERNAL);
  EXPECT_EQ(answer.results(1).error().reason(), "INTERNAL");
  EXPECT_THAT(answer.results(1).error().message(), HasSubstr("系统内部错误"));
  EXPECT_TRUE(answer.results(2).has_contact());

  Break("ALTER TABLE duty_policy RENAME TO gone");
  auto duties = pairing::v1::DutyService::NewStub(stack_->Channel("pairing"));
  pairing::v1::GetDutyPolicyRequest get;
  get.set_parent(kCounty);
  get.set_kind(pairing::v1::DUTY_KIND_TALK);
  pairing::v1::DutyPolicy policy;
  EXPECT_EQ(Call(*duties, &pairing::v1::DutyService::Stub::GetDutyPolicy, get, &policy).error_code(),
            grpc::INTERNAL);

  const std::string log = Log();
  EXPECT_EQ(Times(log, "fault: service=pairing rpc=CreateContact shard="), 1) << log;
  EXPECT_EQ(Times(log, "fault: service=pairing rpc=BatchCreateContacts shard="), 1) << log;
  EXPECT_EQ(Times(log, "PostgreSQL 23514 table contact constraint broken"), 2) << log;
  EXPECT_EQ(Times(log, "fault: service=pairing rpc=GetDutyPolicy"), 1) << log;
  EXPECT_THAT(log, Not(HasSubstr(kSecret)));
  EXPECT_THAT(log, Not(HasSubstr("陈小明")));
  const std::string metrics = Metrics();
  EXPECT_THAT(metrics, HasSubstr("tonghu_faults_total{code=\"INTERNAL\",rpc=\"CreateContact\"} 1"));
  EXPECT_THAT(metrics, HasSubstr("tonghu_faults_total{code=\"INTERNAL\",rpc=\"BatchCreateContacts\"} 1"));
  EXPECT_THAT(metrics, HasSubstr("tonghu_faults_total{code=\"INTERNAL\",rpc=\"GetDutyPolicy\"} 1"));
}

}  // namespace
}  // namespace tonghu::system_test
