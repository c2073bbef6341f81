// One HTTP POST.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace tonghu::alerts {

// Posts JSON; keeps its connection for the next. Not thread-safe.
class Poster {
 public:
  explicit Poster(std::string url);
  ~Poster();
  Poster(const Poster&) = delete;
  Poster& operator=(const Poster&) = delete;

  // OK for a 2xx answer within 5 s (3 s to connect). Errors: UNAVAILABLE with the HTTP status or curl's
  // words; what was answered is not repeated.
  absl::Status Post(const std::string& body, const std::vector<std::string>& headers);

 private:
  const std::string url_;
  void* curl_;  // CURL
};

}  // namespace tonghu::alerts
