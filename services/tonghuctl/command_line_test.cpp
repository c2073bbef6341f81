#include "services/tonghuctl/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/tonghuctl/exit_code.h"

namespace tonghu::tonghuctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CommandLineTest : public testing::Test {
 protected:
  absl::StatusOr<std::optional<Chosen>> Parse(std::vector<const char*> words) {
    words.insert(words.begin(), "tonghuctl");
    return tonghuctl::Parse(static_cast<int>(words.size()), words.data(), groups_, commands_, options_);
  }
  std::string Error(std::vector<const char*> words) {
    const auto read = Parse(std::move(words));
    EXPECT_EQ(ExitCodeOf(read.status()), kUsage);
    return std::string(read.status().message());
  }

  const forms::v1::Forms forms_ = forms::ReadForms(R"(
    groups { name: "child" what: "Children" }
    forms {
      group: "child" verb: "list" method: "registry.v1.ChildService.ListChildren"
      what: "List them" example: "child list"
      fields { option: "--limit" what: "At most" input: INPUT_COUNT usual: "9" }
      fields { path: "care_level" option: "--care-level" what: "Of this" required: true }
      fields { option: "--file" what: "A file" input: INPUT_FILE }
      fields { option: "--all" what: "All" input: INPUT_SWITCH excludes: "--file" }
      fields { option: "--county" what: "The county" input: INPUT_COUNTY }
    }
    forms {
      verb: "absent" method: "alerts.v1.SignalService.SubmitAttendance"
      what: "Say who is absent" example: "absent"
      fields { path: "absences.child" option: "--child" what: "Who" input: INPUT_NAME collection: "children" }
    })");
  const std::vector<forms::v1::Group> groups_{forms_.groups().begin(), forms_.groups().end()};
  const std::vector<Command> commands_{{forms_.forms(0), nullptr}, {forms_.forms(1), nullptr}};
  GlobalOptions options_;
};

TEST_F(CommandLineTest, OptionsAreFilledIn) {
  const auto read = Parse({"child", "list", "--limit", "7", "--care-level", "focus", "--all", "--county",
                           "520521", "--json", "--timeout", "3s"});
  ASSERT_TRUE(read.ok() && read->has_value()) << read.status();
  const Arguments typed{(*read)->command.form, (*read)->answers};
  EXPECT_EQ(&(*read)->command, &commands_[0]);
  EXPECT_EQ(typed.Number("--limit"), 7);
  EXPECT_EQ(typed.Text("--care-level"), "focus");
  EXPECT_EQ(typed.answers.county, "520521");
  EXPECT_TRUE(typed.Has("--all"));
  EXPECT_FALSE(typed.Has("--file"));
  EXPECT_TRUE(options_.json);
  EXPECT_EQ(options_.timeout, "3s");
}

TEST_F(CommandLineTest, WhatIsUsualIsTakenWhenNothingIsTyped) {
  const auto read = Parse({"child", "list", "--care-level", "focus"});
  ASSERT_TRUE(read.ok() && read->has_value()) << read.status();
  EXPECT_EQ((Arguments{(*read)->command.form, (*read)->answers}).Number("--limit"), 9);
}

TEST_F(CommandLineTest, ARepeatedFieldTakesSeveral) {
  const auto read = Parse({"absent", "--child", "a", "b", "--child", "c"});
  ASSERT_TRUE(read.ok() && read->has_value()) << read.status();
  EXPECT_THAT((*read)->answers.typed.begin()->second, ElementsAre("a", "b", "c"));
}

TEST_F(CommandLineTest, ErrorsNameTheWord) {
  EXPECT_THAT(Error({"chidl"}), HasSubstr("not understood: chidl"));
  EXPECT_THAT(Error({"child", "lst"}), HasSubstr("not understood: lst"));
  EXPECT_THAT(Error({"child", "list", "--crae", "focus"}), HasSubstr("not understood: --crae"));
  EXPECT_THAT(Error({"child", "list"}), HasSubstr("--care-level"));
  EXPECT_THAT(Error({"child", "list", "--care-level", "focus", "--care-level", "case"}),
              HasSubstr("--care-level"));
  for (const char* limit : {"-1", "many"}) {
    EXPECT_THAT(Error({"child", "list", "--care-level", "focus", "--limit", limit}),
                HasSubstr("--limit: should be 0 or more"));
  }
  EXPECT_THAT(Error({"child", "list", "--care-level", "focus", "--file", "/nowhere"}), HasSubstr("--file"));
  EXPECT_THAT(Error({"child", "list", "--care-level", "focus", "--all", "--file", "/dev/null"}),
              HasSubstr("excludes"));
}

TEST_F(CommandLineTest, HelpIsAllThereIsToDo) {
  const auto read = Parse({"child", "list", "--help"});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_FALSE(read->has_value());
}

}  // namespace
}  // namespace tonghu::tonghuctl
