// Eight children in two counties with all that services keep of them, and callers of every role whose rights
// reach some of them, for the test of who may do what.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "libs/principal/principal.h"
#include "tests/harness/stack.h"
#include "tests/system/named_calls.h"

namespace tonghu::system_test {

// How far a right reaches.
enum class Level { kChild, kClass, kSchool, kTownship, kCounty, kProvince };

// A caller, and what the test expects of the one right that the caller has. Written down by hand, without
// libs/rights.
struct Subject {
  std::string name;
  rights::Right right;
  Level level = Level::kProvince;
  std::string places;        // "12": the places of which the area holds a child or all
  bool first_school = true;  // whether a part of the first child's school is in the area
  std::string staff_member;  // whose account it is; empty: nobody's
  std::string actor = "counties/520203/accounts/somebody";
};

// The first child is of class 3-1 of the first school, the second of 3-2; the third is of another school and
// township of the same county, the fourth of another county. The other four are in the same places, and
// paired with nobody.
class RightsTest : public testing::Test {
 protected:
  static constexpr char kCounty[] = "520203";
  static constexpr char kOtherCounty[] = "520281";
  static constexpr char kWhispered[] = "月亮底下埋着秘密";  // what the first child's letter says

  static void SetUpTestSuite();
  static void TearDownTestSuite();
  void SetUp() override { ASSERT_TRUE(ready_); }

  static NamedCalls& calls() { return *calls_; }
  static harness::Stack& stack() { return *stack_; }
  static bool Runs(const std::string& service) { return stack_->endpoints().replicas.contains(service); }
  // A name that the story keeps of a child: "child1", "duty3".
  static const std::string& Kept(const std::string& name) { return kept_.at(name); }
  // Whether the subject's area holds the child.
  static bool Holds(const Subject& subject, const std::string& child_id);

  static std::vector<Subject> Subjects();
  static access::v1::Identity IdentityOf(const Subject& subject, const std::string& audience);
  static std::string Signed(const access::v1::Identity& identity);
  // A channel to a service with a certificate in this name: "services/gateway", "operators/local".
  static std::shared_ptr<grpc::Channel> ChannelAs(const std::string& process, const std::string& service);

  struct Answer {
    absl::Status status;
    nlohmann::json body;
  };
  // Calls a method with JSON, as a process and with metadata.
  static Answer Call(const google::protobuf::MethodDescriptor& method, const nlohmann::json& request,
                     const std::string& process, const std::map<std::string, std::string>& metadata);
  // Calls by way of the gateway, with the subject's identity.
  static Answer CallAs(const Subject& subject, const google::protobuf::MethodDescriptor& method,
                       const nlohmann::json& request);

  static nlohmann::json AsOperator(const std::string& method, const nlohmann::json& request);

 private:
  static void PutSchool(const std::string& county, const std::string& school, const std::string& township);
  static void PutChild(int number, const std::string& county, const std::string& school, int class_number);
  static std::string Doubt(const std::string& parent, const std::string& child, const std::string& teacher);
  static void Tell();
  static void Whisper();
  static void KeepDuties();

  static inline std::unique_ptr<harness::Stack> stack_;
  static inline std::unique_ptr<NamedCalls> calls_;
  static inline std::map<std::pair<std::string, std::string>, std::shared_ptr<grpc::Channel>> channels_;
  static inline std::map<std::string, std::string> kept_;
  static inline std::string townships_[2];
  static inline bool ready_ = false;
};

}  // namespace tonghu::system_test
