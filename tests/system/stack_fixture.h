// A whole system of a test suite's own, with a client of the operator's; and one that has a school.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "libs/client/client.h"
#include "libs/refusal/refusal.h"
#include "tests/harness/small_school.h"
#include "tests/harness/stack.h"

namespace tonghu::system_test {

// Why a call was refused; empty: it was not.
inline std::string ReasonOf(const absl::Status& status) { return refusal::Of(status).reason; }
template <class Value>
std::string ReasonOf(const absl::StatusOr<Value>& result) {
  return result.ok() ? "" : ReasonOf(result.status());
}

// The system is up from the first test of the suite to the last. Suites of one program run one after the
// other.
class StackTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto stack = harness::Stack::Up({});
    ASSERT_TRUE(stack.ok()) << stack.status();
    stack_ = std::move(*stack);
    client_ = std::make_unique<client::Client>(stack_->endpoints());
  }
  static void TearDownTestSuite() {
    client_.reset();
    stack_.reset();
  }
  void SetUp() override { ASSERT_NE(client_, nullptr); }

  static harness::Stack& stack() { return *stack_; }
  static client::Client& client() { return *client_; }

  static inline std::unique_ptr<harness::Stack> stack_;
  static inline std::unique_ptr<client::Client> client_;
};

class SchoolTest : public StackTest {
 protected:
  static void SetUpTestSuite() {
    StackTest::SetUpTestSuite();
    ASSERT_NE(client_, nullptr);
    school_ = {};
    auto school = harness::PutSmallSchool(*client_, "520203");
    ASSERT_TRUE(school.ok()) << school.status();
    school_ = *school;
  }
  void SetUp() override { ASSERT_FALSE(school_.county.empty()); }

  static inline harness::SmallSchool school_;
};

}  // namespace tonghu::system_test
