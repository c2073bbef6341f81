// The registry as callers meet it: the real program on a real stack.
#include "libs/rpc/server.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "libs/client/client.h"
#include "libs/division/division.h"
#include "libs/ids/shard.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "services/registry/domain/testing/girl.h"
#include "tests/harness/stack.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"
#include "tonghu/registry/events/v1/registry_events.pb.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"
#include "tonghu/registry/v1/import_service.grpc.pb.h"

namespace tonghu::registry {
namespace {

constexpr char kCounty[] = "counties/520324";
constexpr char kSchoolName[] = "counties/520324/schools/S1";

std::string Roster(const std::string& name) {
  std::ifstream file("deploy/demo/rosters/" + name);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// One stack for the tests of this suite; each test works in a county or class of its own, or looks at
// differences.
class RegistryTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto stack = harness::Stack::Up(
        {.only = "postgres,nats,redis,registry", .start = clock::StartOf(kToday) + absl::Hours(10)});
    ASSERT_TRUE(stack.ok()) << stack.status();
    stack_ = std::move(*stack);
  }
  static void TearDownTestSuite() { stack_.reset(); }

  void SetUp() override {
    ASSERT_NE(stack_, nullptr);
    const auto channel = stack_->Channel("registry");
    children_ = v1::ChildService::NewStub(channel);
    directory_ = v1::DirectoryService::NewStub(channel);
    imports_ = v1::ImportService::NewStub(channel);
    journal_ = journal::v1::JournalService::NewStub(channel);
  }

  absl::StatusOr<v1::Child> Create(const v1::Child& child, const std::string& request_id = "") {
    v1::CreateChildRequest request;
    request.set_parent(kCounty);
    *request.mutable_child() = child;
    request.set_request_id(request_id);
    return client::Call(client::Once(), *children_, &v1::ChildService::Stub::CreateChild, request);
  }

  absl::StatusOr<v1::Child> Update(const v1::Child& child, const std::vector<std::string>& paths) {
    v1::UpdateChildRequest request;
    *request.mutable_child() = child;
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    return client::Call(client::Once(), *children_, &v1::ChildService::Stub::UpdateChild, request);
  }

  absl::StatusOr<v1::School> PutSchool(const std::string& name, const std::string& township,
                                       const std::string& display_name = "明星小学") {
    v1::PutSchoolRequest request;
    request.mutable_school()->set_name(name);
    request.mutable_school()->set_township_code(township);
    request.mutable_school()->set_display_name(display_name);
    return client::Call(client::Once(), *directory_, &v1::DirectoryService::Stub::PutSchool, request);
  }

  absl::StatusOr<v1::ListChildrenResponse> List(const v1::ListChildrenRequest& request) {
    return client::Call(client::Once(), *children_, &v1::ChildService::Stub::ListChildren, request);
  }

  int CountIn(const std::string& parent) {
    v1::ListChildrenRequest request;
    request.set_parent(parent);
    request.set_page_size(1000);
    const auto page = List(request);
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? page->children_size() : -1;
  }

  // How a stream of an import ends before its end.
  enum class Ending { kWhole, kWithoutSize, kCancelled, kOversizedMessage };

  absl::StatusOr<v1::ImportRosterResponse> Import(const std::string& parent, v1::RosterKind kind,
                                                  const std::string& bytes, Ending ending = Ending::kWhole,
                                                  bool validate_only = false) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    v1::ImportRosterResponse response;
    const auto writer = imports_->ImportRoster(&context, &response);
    v1::ImportRosterRequest request;
    request.mutable_header()->set_parent(parent);
    request.mutable_header()->set_kind(kind);
    request.mutable_header()->set_validate_only(validate_only);
    if (ending != Ending::kWithoutSize)
      request.mutable_header()->set_size_bytes(static_cast<int64_t>(bytes.size()));
    writer->Write(request);
    // One that breaks off does so after a line.
    const bool breaks = ending == Ending::kCancelled || ending == Ending::kOversizedMessage;
    const size_t sent = breaks ? bytes.find('\n', bytes.size() / 2) + 1 : bytes.size();
    for (size_t at = 0; at < sent; at += 1 << 20) {
      request.set_chunk(bytes.substr(at, std::min<size_t>(1 << 20, sent - at)));
      writer->Write(request);
    }
    if (ending == Ending::kCancelled) context.TryCancel();
    if (ending == Ending::kOversizedMessage) {
      request.set_chunk(std::string(10 << 20, 'x'));
      writer->Write(request);
    }
    writer->WritesDone();
    const grpc::Status status = writer->Finish();
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  // All events of a county so far.
  std::vector<journal::v1::Event> EventsOf(const std::string& county) {
    std::vector<journal::v1::Event> events;
    journal::v1::ReadEventsRequest request;
    request.set_shard(ids::ShardOf(county, 8));
    request.set_page_size(1000);
    for (int64_t next = 1;;) {
      request.set_from_seq(next);
      const auto page =
          client::Call(client::Once(), *journal_, &journal::v1::JournalService::Stub::ReadEvents, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok() || page->events().empty()) return events;
      for (const auto& event : page->events()) {
        if (event.county() == county && event.type() != "file_read") events.push_back(event);  // changes only
        next = event.seq() + 1;
      }
    }
  }

  static v1::Child Girl(int sequence) {
    const Dossier girl = registry::Girl(sequence);
    v1::Child child;
    child.set_display_name(girl.display_name);
    child.set_sex(v1::SEX_FEMALE);
    child.set_birth_date("2017-05-06");
    child.set_identity_number(girl.identity_number);
    child.set_school(kSchoolName);
    child.set_grade(3);
    child.set_class_number(1);
    child.mutable_guardian()->set_display_name("安世富");
    child.add_parents()->set_display_name("安开强");
    return child;
  }

  static std::string Reason(const absl::Status& status) { return refusal::Of(status).reason; }
  static std::string Field(const absl::Status& status) { return refusal::Of(status).field; }

  static std::unique_ptr<harness::Stack> stack_;
  std::unique_ptr<v1::ChildService::Stub> children_;
  std::unique_ptr<v1::DirectoryService::Stub> directory_;
  std::unique_ptr<v1::ImportService::Stub> imports_;
  std::unique_ptr<journal::v1::JournalService::Stub> journal_;
};

std::unique_ptr<harness::Stack> RegistryTest::stack_;

std::vector<std::string> TypesFrom(const std::vector<journal::v1::Event>& events, size_t first) {
  std::vector<std::string> types;
  for (size_t i = first; i < events.size(); ++i) types.push_back(events[i].type());
  return types;
}

std::string FirstTownship(std::string_view county) {
  return std::string(division::Divisions::Guizhou().ChildrenOf(county).front().code);
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(RegistryTest, AChildIsRegisteredOnceFoundAndChanged) {
  ASSERT_TRUE(PutSchool(kSchoolName, "520324104").ok());
  const size_t before = EventsOf("520324").size();
  const auto child = Create(Girl(2), "request-1");
  ASSERT_TRUE(child.ok()) << child.status();
  EXPECT_EQ(Create(Girl(2), "request-1")->name(), child->name()) << "the same request again";
  EXPECT_EQ(Reason(Create(Girl(4), "request-1").status()), "REQUEST_ID_REUSED");
  const absl::Status again = Create(Girl(2)).status();
  EXPECT_EQ(again.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Reason(again), "IDENTITY_NUMBER_TAKEN");

  v1::Child changed = *child;
  changed.set_care_level(v1::CARE_LEVEL_FOCUS);
  const auto updated = Update(changed, {"care_level"});
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_NE(updated->etag(), child->etag());
  const absl::Status stale = Update(changed, {"care_level"}).status();
  EXPECT_EQ(stale.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(Reason(stale), "ETAG_MISMATCH");
  EXPECT_TRUE(Update(*updated, {"care_level"}).ok()) << "nothing changes, nothing is said";

  v1::GetChildRequest get;
  get.set_name(child->name());
  const auto got = client::Call(client::Once(), *children_, &v1::ChildService::Stub::GetChild, get);
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(got->SerializeAsString(), updated->SerializeAsString());

  const auto events = EventsOf("520324");
  ASSERT_THAT(TypesFrom(events, before), ElementsAre("child_put", "child_put"));
  events::v1::ChildPut last;
  ASSERT_TRUE(last.ParseFromString(events.back().payload()));
  EXPECT_EQ(last.care_level(), v1::CARE_LEVEL_FOCUS);
  EXPECT_EQ(last.township_code(), "520324104");
  for (const auto& event : events) {
    EXPECT_EQ(event.payload().find("安雅悦"), std::string::npos) << "no personal data on the bus";
    EXPECT_EQ(event.payload().find(Girl(2).identity_number()), std::string::npos);
  }
}

TEST_F(RegistryTest, RefusalsNameReasonAndField) {
  ASSERT_TRUE(PutSchool(kSchoolName, "520324104").ok());
  const auto refused = [&](auto change) {
    v1::Child child = Girl(6);
    change(child);
    const absl::Status status = Create(child).status();
    return Reason(status) + " " + Field(status);
  };
  EXPECT_EQ(refused([](auto& c) { c.set_birth_date("2026-09-02"); }),
            "BIRTH_DATE_IN_FUTURE child.birth_date");
  EXPECT_EQ(refused([](auto& c) { c.set_sex(v1::SEX_MALE); }), "IDENTITY_SEX_MISMATCH child.sex");
  EXPECT_EQ(refused([](auto& c) { c.set_school("counties/520203/schools/S1"); }),
            "COUNTY_MISMATCH child.school");
  EXPECT_EQ(refused([](auto& c) { c.set_school("counties/520324/schools/none"); }),
            "SCHOOL_NOT_FOUND child.school");
  EXPECT_EQ(refused([](auto& c) { c.set_school("counties/520324/schools/a.*.>"); }),
            "NAME_MALFORMED child.school");
  EXPECT_EQ(refused([](auto& c) { c.set_display_name(std::string("安\0雅", 7)); }),
            "TEXT_MALFORMED child.display_name");
  EXPECT_EQ(refused([](auto& c) { c.set_grade(13); }), "GRADE_OUT_OF_RANGE child.grade");
  EXPECT_EQ(Reason(PutSchool("counties/529999/schools/S1", "529999101").status()), "COUNTY_NOT_FOUND");
  EXPECT_EQ(Reason(PutSchool(kSchoolName, "520203104").status()), "TOWNSHIP_OF_ANOTHER_COUNTY");
  v1::Child huge = Girl(6);
  huge.set_display_name(std::string(10 << 20, 'x'));
  EXPECT_EQ(Create(huge).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(RegistryTest, AnIdentityNumberFindsItsChild) {
  const auto girl = Create(Girl(900));
  ASSERT_TRUE(girl.ok()) << girl.status();
  v1::ListChildrenRequest request;
  request.set_parent(kCounty);
  std::string number = girl->identity_number();
  if (number.back() == 'X') number.back() = 'x';
  request.set_identity_number(number);
  const auto found = List(request);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->children_size(), 1);
  EXPECT_EQ(found->children(0).name(), girl->name());
  EXPECT_EQ(found->next_page_token(), "");
  request.set_grade(girl->grade() + 1);
  EXPECT_EQ(List(request)->children_size(), 0) << "the other filters hold too";
  request.clear_grade();
  request.set_display_name_prefix(girl->display_name());
  EXPECT_EQ(List(request)->children_size(), 1);
  request.set_identity_number(number.substr(0, 17));
  EXPECT_EQ(List(request)->children_size(), 0) << "whole numbers only";
}

TEST_F(RegistryTest, DisplayNamesStandBesideResourceNames) {
  const auto girl = Create(Girl(902));
  ASSERT_TRUE(girl.ok()) << girl.status();
  const auto names = [&](const std::vector<std::string>& asked) {
    v1::BatchGetDisplayNamesRequest request;
    request.set_parent(kCounty);
    for (const std::string& name : asked) request.add_names(name);
    return client::Call(client::Once(), *directory_, &v1::DirectoryService::Stub::BatchGetDisplayNames,
                        request);
  };
  const std::string nobody = std::string(kCounty) + "/staffMembers/nobody";
  const auto found = names({girl->name(), girl->school(), nobody});
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->display_names_size(), 2) << "who does not exist is left out";
  EXPECT_EQ(found->display_names(0).name(), girl->name());
  EXPECT_EQ(found->display_names(0).display_name(), girl->display_name());
  EXPECT_EQ(found->display_names(1).name(), girl->school());
  EXPECT_EQ(refusal::Of(names({}).status()).reason, "NAMES_COUNT");
  EXPECT_EQ(refusal::Of(names(std::vector<std::string>(3001, nobody)).status()).reason, "NAMES_COUNT");
  EXPECT_EQ(refusal::Of(names({girl->name(), "counties/520203/schools/S1"}).status()).field, "names[1]");
  EXPECT_EQ(refusal::Of(names({std::string(kCounty) + "/posts/school_head-1"}).status()).reason,
            "NAME_MALFORMED");
}

TEST_F(RegistryTest, ManyCallersAtOnceGetOneChildAnIdentityNumber) {
  ASSERT_TRUE(PutSchool(kSchoolName, "520324104").ok());
  std::atomic<int> created{0}, taken{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 16; ++i) {
    callers.emplace_back([&] {
      const auto child = Create(Girl(8));
      if (child.ok()) ++created;
      if (Reason(child.status()) == "IDENTITY_NUMBER_TAKEN") ++taken;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(created, 1);
  EXPECT_EQ(taken, 15);
}

TEST_F(RegistryTest, PagesHoldEveryChildOnce) {
  ASSERT_TRUE(PutSchool("counties/520324/schools/S2", "520324104").ok());
  for (int i = 0; i < 7; ++i) {
    v1::Child child = Girl(100 + 2 * i);
    child.set_school("counties/520324/schools/S2");
    child.set_display_name(fmt::format("{}%_{}", i % 2 == 0 ? "甲" : "乙", i));
    ASSERT_TRUE(Create(child).ok());
  }
  v1::ListChildrenRequest request;
  request.set_parent(kCounty);
  request.set_school("counties/520324/schools/S2");
  request.set_page_size(3);
  std::set<std::string> seen;
  int pages = 0;
  do {
    const auto page = List(request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& child : page->children()) EXPECT_TRUE(seen.insert(child.name()).second);
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(seen.size(), 7u);
  EXPECT_EQ(pages, 3);
  request.set_display_name_prefix("甲%");
  EXPECT_EQ(List(request)->children_size(), 3);
  request.set_page_token(List(request)->next_page_token());
  EXPECT_EQ(List(request)->children_size(), 1);
  request.set_grade(4);
  EXPECT_EQ(Reason(List(request).status()), "PAGE_TOKEN_MALFORMED") << "other filters";
}

TEST_F(RegistryTest, WhatAPostsChangeLeavesOutStaysAsItIs) {
  const std::string county = "counties/520403";
  for (const char* id : {"T1", "T2"}) {
    v1::PutStaffMemberRequest staff;
    staff.mutable_staff_member()->set_name(county + "/staffMembers/" + id);
    staff.mutable_staff_member()->set_display_name("石小芬");
    ASSERT_TRUE(
        client::Call(client::Once(), *directory_, &v1::DirectoryService::Stub::PutStaffMember, staff).ok());
  }
  const std::string first = county + "/staffMembers/T1", second = county + "/staffMembers/T2";
  const auto put = [&](auto change) {
    v1::PutPostRequest request;
    request.set_parent(county);
    request.mutable_post()->set_kind(v1::POST_KIND_COUNTY_OFFICE);
    change(*request.mutable_post());
    auto stored = client::Call(client::Once(), *directory_, &v1::DirectoryService::Stub::PutPost, request);
    return stored.ok() ? std::pair(stored->holder(), stored->deputy())
                       : std::pair(Reason(stored.status()), std::string());
  };
  EXPECT_EQ(put([&](v1::Post& post) { post.set_holder(first); }), std::pair(first, std::string()));
  EXPECT_EQ(put([&](v1::Post& post) { post.set_deputy(second); }), std::pair(first, second));
  EXPECT_EQ(put([&](v1::Post& post) { post.set_deputy(first); }).first, "DEPUTY_IS_HOLDER")
      << "also of a holder who is kept";
  EXPECT_EQ(put([&](v1::Post& post) { post.set_holder(""); }), std::pair(std::string(), second))
      << "vacant; the deputy stands in";
  EXPECT_EQ(put([&](v1::Post& post) { post.set_holder(second); }), std::pair(second, std::string()))
      << "who stood in holds it now";
}

TEST_F(RegistryTest, APhoneThatAPutLeavesOutStaysAsItIs) {
  const std::string county = "counties/520402";
  const auto put = [&](auto change) {
    v1::PutStaffMemberRequest request;
    request.mutable_staff_member()->set_name(county + "/staffMembers/T1");
    request.mutable_staff_member()->set_display_name("石小芬");
    change(*request.mutable_staff_member());
    const auto stored =
        client::Call(client::Once(), *directory_, &v1::DirectoryService::Stub::PutStaffMember, request);
    EXPECT_TRUE(stored.ok()) << stored.status();
    v1::ListStaffMembersRequest list;
    list.set_parent(county);
    const auto listed =
        client::Call(client::Once(), *directory_, &v1::DirectoryService::Stub::ListStaffMembers, list);
    EXPECT_TRUE(listed.ok() && listed->staff_members_size() == 1) << listed.status();
    if (!stored.ok() || !listed.ok() || listed->staff_members_size() != 1) return std::string("none");
    EXPECT_EQ(stored->phone(), listed->staff_members(0).phone()) << "what is answered is what is stored";
    return listed->staff_members(0).phone();
  };
  EXPECT_EQ(put([](v1::StaffMember&) {}), "");
  EXPECT_EQ(put([](v1::StaffMember& member) { member.set_phone("15400000001"); }), "15400000001");
  EXPECT_EQ(put([](v1::StaffMember& member) { member.set_display_name("石晓芬"); }), "15400000001");
  EXPECT_EQ(put([](v1::StaffMember& member) { member.set_phone(""); }), "");
  ASSERT_EQ(put([](v1::StaffMember& member) { member.set_phone("15400000001"); }), "15400000001");
  const auto roster = Import(county, v1::ROSTER_KIND_STAFF,
                             "工号,姓名,电话,岗位,学校标识码,年级,班级,乡镇代码\nT1,石小芬,,,,,,\n");
  ASSERT_TRUE(roster.ok() && roster->error_count() == 0) << roster.status();
  EXPECT_EQ(put([](v1::StaffMember&) {}), "") << "a roster's empty cell means none";
}

TEST_F(RegistryTest, AVacantPostAndARenamedHolderAreSaid) {
  const std::string county = "counties/520521";
  v1::PutStaffMemberRequest staff;
  staff.mutable_staff_member()->set_name(county + "/staffMembers/T1");
  staff.mutable_staff_member()->set_display_name("石小芬");
  const auto put_staff = [&] {
    return client::Call(client::Once(), *directory_, &v1::DirectoryService::Stub::PutStaffMember, staff);
  };
  v1::PutPostRequest post;
  post.set_parent(county);
  post.mutable_post()->set_kind(v1::POST_KIND_COUNTY_OFFICE);
  post.mutable_post()->set_holder(county + "/staffMembers/T1");
  const auto put_post = [&] {
    return client::Call(client::Once(), *directory_, &v1::DirectoryService::Stub::PutPost, post);
  };
  EXPECT_EQ(Reason(put_post().status()), "STAFF_MEMBER_NOT_FOUND");
  ASSERT_TRUE(put_staff().ok());
  ASSERT_EQ(put_post()->name(), county + "/posts/county_office");
  staff.mutable_staff_member()->set_display_name("石晓芬");
  ASSERT_TRUE(put_staff().ok());
  post.mutable_post()->set_holder("");
  ASSERT_TRUE(put_post().ok());
  const auto events = EventsOf("520521");
  EXPECT_THAT(TypesFrom(events, 0),
              ElementsAre("staff_put", "post_put", "staff_put", "post_put", "post_put"));
  events::v1::PostPut renamed, vacant;
  ASSERT_TRUE(renamed.ParseFromString(events[3].payload()) && vacant.ParseFromString(events[4].payload()));
  EXPECT_EQ(renamed.holder_name(), "石晓芬");
  EXPECT_EQ(vacant.holder_id(), "");
}

TEST_F(RegistryTest, RostersAreStoredWholeAndTheSameAgainChangesNothing) {
  const std::string county = "counties/520203";
  const auto import_all = [&](bool validate_only) {
    std::vector<v1::ImportRosterResponse> responses;
    for (const auto& [kind, file] : {std::pair{v1::ROSTER_KIND_SCHOOLS, "schools-520203.csv"},
                                     {v1::ROSTER_KIND_STAFF, "staff-520203.csv"},
                                     {v1::ROSTER_KIND_CHILDREN, "children-520203.csv"}}) {
      const auto response = Import(county, kind, Roster(file), Ending::kWhole, validate_only);
      EXPECT_TRUE(response.ok()) << response.status();
      responses.push_back(response.ok() ? *response : v1::ImportRosterResponse());
    }
    return responses;
  };
  EXPECT_EQ(import_all(true)[0].created(), 1) << "what would come of it";
  EXPECT_THAT(EventsOf("520203"), IsEmpty());
  const auto first = import_all(false);
  EXPECT_EQ(first[0].created(), 1);
  EXPECT_EQ(first[1].created(), 10);
  EXPECT_EQ(first[2].created(), 17);
  const size_t said = EventsOf("520203").size();
  EXPECT_EQ(said, 1u + 10 + 10 + 17);
  const auto again = import_all(false);
  EXPECT_EQ(again[2].unchanged(), 17);
  EXPECT_EQ(EventsOf("520203").size(), said);
  EXPECT_EQ(CountIn(county), 17);

  ASSERT_TRUE(PutSchool(county + "/schools/2152990002", "520203105", "六枝特区大用镇矿区小学").ok());
  EXPECT_EQ(EventsOf("520203").size(), said + 1 + 17) << "the school moved: its children are said again";
}

TEST_F(RegistryTest, OneFaultyRowStoresNothing) {
  const std::string county = "counties/520302";
  ASSERT_TRUE(PutSchool(county + "/schools/2152990002", FirstTownship("520302"), "校").ok());
  std::string roster = Roster("children-520203.csv");
  const size_t last_line = roster.rfind('\n', roster.size() - 2);
  const std::string last_row = roster.substr(last_line + 1);
  const auto twice = Import(county, v1::ROSTER_KIND_CHILDREN, roster + last_row);
  ASSERT_TRUE(twice.ok()) << twice.status();
  ASSERT_EQ(twice->error_count(), 1);
  EXPECT_EQ(twice->errors(0).row(), 19);
  EXPECT_EQ(twice->errors(0).column(), "身份证号");
  EXPECT_EQ(twice->errors(0).reason(), "DUPLICATE_IDENTITY_NUMBER");
  EXPECT_EQ(CountIn(county), 0);
  EXPECT_EQ(Reason(Import(county, v1::ROSTER_KIND_CHILDREN, "\xff\xfe\x80,\n").status()), "FILE_MALFORMED");
  EXPECT_EQ(Reason(Import("counties/110105", v1::ROSTER_KIND_CHILDREN, roster).status()), "COUNTY_NOT_FOUND");
  EXPECT_EQ(Reason(Import(county, v1::ROSTER_KIND_UNSPECIFIED, roster).status()), "ROSTER_KIND_MISSING");
}

TEST_F(RegistryTest, AStreamThatBreaksStoresNothing) {
  const std::string county = "counties/520303";
  ASSERT_TRUE(PutSchool(county + "/schools/2152990002", FirstTownship("520303"), "校").ok());
  for (int round = 0; round < 20; ++round) {
    for (const Ending ending : {Ending::kWithoutSize, Ending::kCancelled, Ending::kOversizedMessage}) {
      EXPECT_FALSE(Import(county, v1::ROSTER_KIND_CHILDREN, Roster("children-520203.csv"), ending).ok());
      EXPECT_EQ(CountIn(county), 0) << "round " << round;
    }
  }
}

}  // namespace
}  // namespace tonghu::registry
