#include "libs/process/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace tonghu::process {
namespace {

using testing::HasSubstr;

struct Outcome {
  int code;
  std::string error;
};

Outcome RunMain(std::vector<std::string> arguments, absl::Status (*run)(config::Reader&)) {
  arguments.insert(arguments.begin(), "tonghu-x");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  testing::internal::CaptureStderr();
  const int code = Main(static_cast<int>(argv.size()), argv.data(), "a trial", run);
  return {code, testing::internal::GetCapturedStderr()};
}

absl::Status Fine(config::Reader&) { return absl::OkStatus(); }

class MainTest : public testing::Test {
 protected:
  void SetUp() override { std::ofstream(path_) << "a = 1\n"; }
  void TearDown() override { std::remove(path_.c_str()); }
  const std::string path_ = absl::StrCat(testing::TempDir(), "/process-", ::getpid(), ".toml");
};

TEST_F(MainTest, ExitCodes) {
  EXPECT_EQ(RunMain({"--config", path_}, Fine).code, 0);
  EXPECT_EQ(RunMain({"--config", path_}, [](config::Reader& reader) { return reader.Finish(); }).code, 2);
  const Outcome failed = RunMain({"--config", path_},
                                 [](config::Reader&) { return absl::UnavailableError("no database at x"); });
  EXPECT_EQ(failed.code, 1);
  EXPECT_EQ(failed.error, "tonghu-x: no database at x\n");
}

TEST_F(MainTest, BadUsageIsASentence) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{}, {"--config"}, {"--confg", path_}, {path_}, {"--config", path_, "more"}}) {
    const Outcome outcome = RunMain(arguments, Fine);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.error, HasSubstr("usage: tonghu-x --config FILE"));
  }
  const Outcome missing = RunMain({"--config", "/nowhere.toml"}, Fine);
  EXPECT_EQ(missing.code, 2);
  EXPECT_THAT(missing.error, HasSubstr("/nowhere.toml: No such file"));
}

TEST_F(MainTest, HelpAndVersionAreNoFaults) {
  EXPECT_EQ(RunMain({"--help"}, Fine).code, 0);
  EXPECT_EQ(RunMain({"--version"}, Fine).code, 0);
}

TEST(StopSignalTest, WaitReturnsOnEither) {
  StopSignal stop;
  ::kill(::getpid(), SIGTERM);
  stop.Wait();
  ::kill(::getpid(), SIGINT);
  stop.Wait();
  std::raise(SIGPIPE);  // ignored
}

TEST(ReadyFileTest, LivesAsLongAsTheObject) {
  const std::string path = absl::StrCat(testing::TempDir(), "/ready-", ::getpid());
  {
    ReadyFile ready(path);
    int pid = 0;
    std::ifstream(path) >> pid;
    EXPECT_EQ(pid, ::getpid());
  }
  EXPECT_NE(::access(path.c_str(), F_OK), 0);
  ReadyFile none("");
  ReadyFile impossible("/nowhere/ready");
}

}  // namespace
}  // namespace tonghu::process
