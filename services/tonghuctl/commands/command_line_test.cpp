#include "services/tonghuctl/commands/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/tonghuctl/exit_code.h"

namespace tonghu::tonghuctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CommandLineTest : public testing::Test {
 protected:
  CommandLineTest() {
    const Command group = line_.program().Add("child", "Children");
    group.NeedsCommand();
    const Command list = group.Add("list", "List them");
    list.AddOption("--limit", limit_, "At most").NotNegative();
    list.AddOption("--school", schools_, "Of these");
    list.AddOption("--sex", sex_, "Of this").Required();
    list.WhenTyped([this] { ++typed_; });
    line_.program().AddFlag("--json", json_, "As JSON");
  }

  absl::StatusOr<bool> Parse(std::vector<std::string> words) {
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    return line_.Parse(static_cast<int>(argv.size()), argv.data());
  }
  std::string Error(std::vector<std::string> words) {
    const auto read = Parse(std::move(words));
    EXPECT_EQ(ExitCodeOf(read.status()), kUsage);
    EXPECT_EQ(typed_, 0);
    return std::string(read.status().message());
  }

  CommandLine line_{"tonghuctl", "A test"};
  int limit_ = 0, typed_ = 0;
  bool json_ = false;
  std::string sex_;
  std::vector<std::string> schools_;
};

TEST_F(CommandLineTest, OptionsAreFilledIn) {
  const auto read =
      Parse({"tonghuctl", "child", "list", "--limit", "7", "--school", "a", "b", "--sex", "male", "--json"});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(*read);
  EXPECT_EQ(limit_, 7);
  EXPECT_THAT(schools_, ElementsAre("a", "b"));
  EXPECT_EQ(sex_, "male");
  EXPECT_TRUE(json_);
  EXPECT_EQ(typed_, 1);
}

TEST_F(CommandLineTest, ErrorsNameTheWord) {
  EXPECT_THAT(Error({"tonghuctl", "chidl"}), HasSubstr("not understood: chidl"));
  EXPECT_THAT(Error({"tonghuctl", "child", "lst"}), HasSubstr("not understood: lst"));
  EXPECT_THAT(Error({"tonghuctl", "child", "list", "--sxe", "male"}), HasSubstr("not understood: --sxe"));
  EXPECT_THAT(Error({"tonghuctl", "child", "list"}), HasSubstr("--sex"));
  EXPECT_THAT(Error({"tonghuctl", "child", "list", "--sex", "male", "--limit", "-1"}),
              HasSubstr("--limit: should be 0 or more"));
}

TEST_F(CommandLineTest, HelpIsAllThereIsToDo) {
  const auto read = Parse({"tonghuctl", "child", "list", "--help"});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_FALSE(*read);
  EXPECT_EQ(typed_, 0);
}

}  // namespace
}  // namespace tonghu::tonghuctl
