// A stack with two children, one of them paired, and what is asked of it with bad input.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iconv.h>

#include <sstream>

#include "libs/client/client.h"
#include "libs/client/import.h"
#include "libs/clock/timestamp.h"
#include "libs/fleet/quiet.h"
#include "libs/postgres/connection.h"
#include "libs/refusal/refusal.h"
#include "tests/harness/stack.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"

namespace tonghu::system_test {

inline constexpr char kCounty[] = "counties/520203";
inline constexpr char kNoCounty[] = "counties/520999";
inline constexpr char kHelper[] = "counties/520203/staffMembers/52020300005";
inline constexpr char kSchool[] = "counties/520203/schools/2152990002";
inline constexpr char kSchools[] = "学校标识码,校名,乡镇代码\n2152990002,矿区小学,520203104\n";
inline constexpr char kStaff[] =
    "工号,姓名,电话,岗位,学校标识码,年级,班级,乡镇代码\n"
    "52020300005,赵永华,15438895210,班主任,2152990002,1,1,\n";
inline constexpr char kHead[] =
    "姓名,性别,出生日期,身份证号,民族,学校标识码,年级,班级,是否寄宿,监护类型,关爱等级,监护人姓名,"
    "与监护人关系,"
    "监护人电话,父亲姓名,父亲务工地,父亲电话,母亲姓名,母亲务工地,母亲电话\n";
inline constexpr char kGoodNumber[] = "520299201911042304";
inline constexpr char kBadNumber[] = "520299201911042305";
inline constexpr char kNasty[] =
    "'); DROP TABLE contact; DROP TABLE child; -- %s%n%x {} ${HOME} \\u0000 =1+1";

// A row of the children's roster.
struct Row {
  std::string name = "王一", birth = "2019-11-04", number = "", school = "2152990002", grade = "1",
              guardian = "王秀英";
};
inline std::string Text(const Row& row) {
  return fmt::format("{},女,{},{},汉族,{},{},1,否,隔代监护,普遍关注,{},奶奶,15400000000,,,,,,\n", row.name,
                     row.birth, row.number, row.school, row.grade, row.guardian);
}
inline std::string Roster(const std::vector<Row>& rows) {
  std::string csv = kHead;
  for (const Row& row : rows) csv += Text(row);
  return csv;
}

inline std::string Gb18030(std::string text) {
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

inline const absl::Time kStart = absl::FromCivil(absl::CivilHour(2026, 9, 2, 10), clock::China());

// One stack for all cases, so that each looks at differences. The last one leaves a hundred thousand children
// behind.
class BadInputTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto stack = harness::Stack::Up({.start = kStart});
    ASSERT_TRUE(stack.ok()) << stack.status();
    stack_ = std::move(*stack);
    clients_ = std::make_unique<client::Client>(stack_->endpoints(), client::Once());
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
    stack_.reset();
  }

  void SetUp() override {
    ASSERT_FALSE(unpaired_.empty());
    ASSERT_TRUE(Quiet().ok());  // what an earlier case stored has come everywhere
    rows_ = Rows();
  }

  static absl::Status Quiet() { return fleet::Quiet(stack_->endpoints()).Wait(kStart, absl::Seconds(30)); }

  // How many rows each table of the three services has. Readings are written down, also this test's own.
  static std::string Rows() {
    std::string all;
    for (const char* service : {"registry", "pairing", "alerts"}) {
      auto db = postgres::Connection::Open(stack_->Conninfo(fmt::format("tonghu_{}", service)));
      EXPECT_TRUE(db.ok()) << db.status();
      if (!db.ok()) return "";
      auto counts = (*db)->Run(
          "SELECT string_agg(name || ' ' || (xpath('/row/count/text()', query_to_xml(format('SELECT count(*) "
          "FROM %I' || CASE name WHEN 'journal' THEN ' WHERE type <> ''file_read''' ELSE '' END, name), "
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
                                                                   const char* county = kCounty) {
    registry::v1::ImportHeader header;
    header.set_parent(county);
    header.set_kind(kind);
    std::istringstream rows(csv);
    return client::ImportRoster(stack_->Channel("registry"), header, rows, client::Once(absl::Seconds(60)));
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

  static inline std::unique_ptr<harness::Stack> stack_;
  static inline std::unique_ptr<client::Client> clients_;
  static inline std::string paired_, unpaired_;
  std::string rows_;
};

}  // namespace tonghu::system_test
