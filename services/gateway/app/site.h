// The console's files, held in memory.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tonghu::gateway {

// A file of the site.
struct Page {
  std::string type;  // Content-Type
  std::string body;
  std::string packed;  // the same by gzip; empty when not worth it
  std::string etag;
  bool lasting = false;  // its name changes with its content, so that it may be kept for ever
  bool nonced = false;   // holds __CSP_NONCE__, to be replaced in each answer
};

// The files of some folders. Read once; nothing outside the folders can be asked for. Thread-safe once
// filled.
class Site {
 public:
  // Takes a folder's files, below `prefix` ("/api", or nothing). A folder that does not exist, or has no
  // name, has no files. Errors: INVALID_ARGUMENT when the folder can't be read, or holds more than 64 MiB.
  absl::Status Add(const std::string& folder, absl::string_view prefix);

  bool empty() const { return pages_.empty(); }
  // The file of a path ("/assets/x.js"). A path without a file is the page of the application it belongs to:
  // "/m/week" is /m/index.html, "/alerts" is /index.html. Null when there is nothing, as for unknown assets.
  const Page* Find(absl::string_view path) const;

 private:
  std::map<std::string, Page, std::less<>> pages_;  // by path
};

}  // namespace tonghu::gateway
