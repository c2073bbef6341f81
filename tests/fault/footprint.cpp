#include "tests/fault/footprint.h"

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace tonghu::fault {
namespace {

namespace fs = std::filesystem;

int64_t Entries(const std::string& folder) {
  std::error_code error;
  return std::distance(fs::directory_iterator(folder, error), fs::directory_iterator());
}

// A line of /proc/PID/status, in bytes.
int64_t Kilobytes(const std::string& status, const std::string& name) {
  std::ifstream file(status);
  std::string word;
  int64_t value = 0;
  while (file >> word) {
    if (word == name && file >> value) return value * 1024;
  }
  return 0;
}

}  // namespace

std::map<std::string, Footprint> FootprintsOf(Province& province) {
  std::map<std::string, Footprint> footprints;
  for (const auto& file : fs::directory_iterator(province.stack().state() + "/run")) {
    if (file.path().extension() != ".pid") continue;
    std::string pid;
    std::ifstream(file.path()) >> pid;
    const std::string process = absl::StrCat("/proc/", pid);
    if (!fs::exists(process)) continue;
    const std::string name = file.path().stem();
    std::error_code error;
    const auto log = fs::file_size(absl::StrCat(province.stack().state(), "/log/", name, ".log"), error);
    footprints[name] = {Kilobytes(process + "/status", "RssAnon:"), error ? 0 : static_cast<int64_t>(log),
                        Entries(process + "/task"), Entries(process + "/fd")};
  }
  return footprints;
}

}  // namespace tonghu::fault
