// Every command of tonghuctl is typed on a real stack (every_command.txt), as an operator would type it. A
// new command fails this test until the story types it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "libs/clock/clock.h"
#include "tests/harness/stack.h"

namespace tonghu::system_test {
namespace {

using ::testing::HasSubstr;

struct Typed {
  int exit_code;
  std::string output;  // both streams
};

// Runs a shell command.
Typed Type(const std::string& command) {
  FILE* pipe = ::popen(absl::StrCat(command, " 2>&1").c_str(), "re");
  Typed typed{-1, ""};
  if (pipe == nullptr) return typed;
  std::array<char, 4096> buffer;
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
    typed.output.append(buffer.data(), count);
  const int status = ::pclose(pipe);
  typed.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return typed;
}

// The names of the commands below `group` ("", "child"), as its help lists them.
std::vector<std::string> CommandsOf(const std::string& group) {
  const Typed help = Type(absl::StrCat(TONGHUCTL, " ", group, " --help"));
  EXPECT_EQ(help.exit_code, 0) << help.output;
  std::vector<std::string> names;
  bool listing = false;
  for (absl::string_view line : absl::StrSplit(help.output, '\n')) {
    if (line == "Subcommands:") {
      listing = true;
    } else if (line.empty()) {
      listing = false;
    } else if (listing && absl::ConsumePrefix(&line, "  ") && line[0] != ' ') {
      names.emplace_back(line.substr(0, line.find(' ')));
    }
  }
  return names;
}

// Every command that can be typed: "report", "child add".
std::vector<std::string> EveryCommand() {
  std::vector<std::string> every;
  for (const std::string& group : CommandsOf("")) {
    const std::vector<std::string> below = CommandsOf(group);
    for (const std::string& name : below) every.push_back(absl::StrCat(group, " ", name));
    if (below.empty()) every.push_back(group);
  }
  return every;
}

// One command of the story, and what must come of it.
struct Step {
  int line = 0;
  std::string command;
  int exit_code = 0;
  std::vector<std::string> prints;
  std::vector<std::pair<std::string, std::string>> keeps;  // name, regular expression with one group
};

// The story's format: "$ command" begins a step; "= N" is the exit code when not 0; "@ name REGEX" keeps what
// the group matched as ${name}; "#" begins a comment; any other line must be part of the output.
std::vector<Step> ReadStory() {
  std::ifstream file("tests/system/every_command.txt");
  std::vector<Step> steps;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    absl::string_view rest = line;
    if (rest.empty() || rest[0] == '#') continue;
    if (absl::ConsumePrefix(&rest, "$ ")) {
      steps.push_back({.line = number, .command = std::string(rest)});
    } else if (absl::ConsumePrefix(&rest, "= ")) {
      EXPECT_TRUE(absl::SimpleAtoi(rest, &steps.back().exit_code)) << line;
    } else if (absl::ConsumePrefix(&rest, "@ ")) {
      steps.back().keeps.push_back(absl::StrSplit(rest, absl::MaxSplits(' ', 1)));
    } else {
      steps.back().prints.push_back(line);
    }
  }
  return steps;
}

class EveryCommandTest : public testing::Test {
 protected:
  void SetUp() override {
    auto stack =
        harness::Stack::Up({.start = absl::FromCivil(absl::CivilHour(2026, 9, 2, 10), clock::China())});
    ASSERT_TRUE(stack.ok()) << stack.status();
    stack_ = std::move(*stack);
    values_ = {{"${dir}", stack_->state()}};
  }

  // Types one step and looks at what came of it.
  void Play(const Step& step) {
    const std::string command = absl::StrReplaceAll(step.command, values_);
    const std::string what = absl::StrCat("every_command.txt:", step.line, ": ", command);
    const Typed typed = Type(absl::StrCat("export TONGHU_ENDPOINTS=", stack_->state(),
                                          "/run/endpoints.json TONGHU_COUNTY=520203; ",
                                          absl::StrReplaceAll(command, {{"tonghuctl ", TONGHUCTL " "}})));
    EXPECT_EQ(typed.exit_code, step.exit_code) << what << "\n" << typed.output;
    for (const std::string& text : step.prints)
      EXPECT_THAT(typed.output, HasSubstr(absl::StrReplaceAll(text, values_))) << what;
    for (const auto& [name, expression] : step.keeps) {
      std::smatch match;
      ASSERT_TRUE(
          std::regex_search(typed.output, match, std::regex(absl::StrReplaceAll(expression, values_))))
          << what << "\n"
          << typed.output;
      values_[absl::StrCat("${", name, "}")] = match[1];
    }
  }

 private:
  std::unique_ptr<harness::Stack> stack_;
  std::map<std::string, std::string> values_;
};

TEST_F(EveryCommandTest, EveryCommandDoesWhatItsHelpSays) {
  std::string all_typed;
  for (const Step& step : ReadStory()) {
    Play(step);
    if (HasFatalFailure()) return;
    absl::StrAppend(&all_typed, step.command, " \n");
  }
  for (const std::string& command : EveryCommand()) {
    EXPECT_THAT(all_typed, HasSubstr(absl::StrCat("tonghuctl ", command, " "))) << "no test types it";
    const Typed help = Type(absl::StrCat(TONGHUCTL, " ", command, " --help"));
    EXPECT_THAT(help.output, HasSubstr("Example: tonghuctl ")) << command;
  }
}

}  // namespace
}  // namespace tonghu::system_test
