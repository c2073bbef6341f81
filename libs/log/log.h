// Log lines on standard error: time, level, service, replica, and a message with key=value pairs. A line
// holds no personal data: resource names only.
#pragma once

#include <spdlog/spdlog.h>

#include <string>

namespace tonghu::log {

// Sets the process's logger (spdlog's default). Called once, at the start, before other threads log. `level`
// is "debug", "info", "warn" or "error".
void Init(const std::string& service, const std::string& replica, const std::string& level = "info");

}  // namespace tonghu::log
