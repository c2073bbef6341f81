#include "tests/harness/stack.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

namespace tonghu::harness {
namespace {

// Brings a stack up, says where, and waits to be killed.
[[noreturn]] void BringUpAndWait(int out) {
  auto stack = Stack::Up({.only = "redis"});
  const std::string state = stack.ok() ? (*stack)->state() : stack.status().ToString();
  if (::write(out, state.data(), state.size()) > 0) ::pause();
  ::_exit(1);
}

TEST(StackTest, NothingIsLeftOfAKilledTest) {
  // Its orphans become ours, so that they can be waited for.
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t test = ::fork();
  if (test == 0) BringUpAndWait(ends[1]);
  char said[4096];
  const ssize_t size = ::read(ends[0], said, sizeof said);
  ASSERT_GT(size, 0);
  const std::string state(said, size);
  EXPECT_TRUE(std::filesystem::exists(state + "/run/redis.pid")) << state;
  ::kill(test, SIGKILL);
  while (::waitpid(-1, nullptr, 0) > 0) continue;  // the test, what it started, its keeper
  EXPECT_FALSE(std::filesystem::exists(state));
}

}  // namespace
}  // namespace tonghu::harness
