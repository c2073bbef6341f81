// Structured log lines on standard error: time, level, service, replica, message, key=value pairs. No
// personal data: resource names only.
#pragma once

#include <spdlog/spdlog.h>

#include <string>

namespace tonghu::log {

// Sets the process's logger. Call once, at start. Level from `level`: "debug", "info", "warn", "error".
void Init(const std::string& service, const std::string& replica, const std::string& level = "info");

}  // namespace tonghu::log
