// What a process of a stack tells of itself at /metrics.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/harness/stack.h"

namespace tonghu::harness {

// The text at /metrics of a process ("pairing-1"), in Prometheus' format.
inline std::string MetricsOf(const Stack& stack, const std::string& process) {
  std::ifstream file(absl::StrCat(stack.state(), "/run/", process, ".toml"));
  std::stringstream settings;
  settings << file.rdbuf();
  std::smatch found;
  const std::string text = settings.str();
  EXPECT_TRUE(std::regex_search(text, found, std::regex("admin_listen = \"([^\"]+)\""))) << text;
  FILE* pipe =
      ::popen(absl::StrCat("curl -s --noproxy '*' http://", found[1].str(), "/metrics").c_str(), "re");
  std::string metrics;
  std::array<char, 4096> buffer;
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
    metrics.append(buffer.data(), count);
  ::pclose(pipe);
  return metrics;
}

}  // namespace tonghu::harness
