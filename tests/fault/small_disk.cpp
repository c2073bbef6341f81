#include "tests/fault/small_disk.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

namespace tonghu::fault {
namespace {

constexpr char kRoot[] = "TONGHU_TEST_STATE_ROOT";

std::string Filler(const std::string& folder) { return folder + "/filler"; }

}  // namespace

absl::StatusOr<std::unique_ptr<SmallDisk>> SmallDisk::Mount(int megabytes) {
  std::string folder = (std::filesystem::temp_directory_path() / "tonghu-disk.XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return absl::UnavailableError(std::strerror(errno));
  if (::mount("tonghu", folder.c_str(), "tmpfs", 0, fmt::format("size={}m,mode=0711", megabytes).c_str()) !=
      0) {
    const std::string why = std::strerror(errno);
    ::rmdir(folder.c_str());
    return absl::FailedPreconditionError("a small disk can't be mounted (root may): " + why);
  }
  const char* former = std::getenv(kRoot);
  std::unique_ptr<SmallDisk> disk(new SmallDisk(folder, former == nullptr ? "" : former));
  ::setenv(kRoot, folder.c_str(), 1);
  return disk;
}

SmallDisk::~SmallDisk() {
  former_root_.empty() ? ::unsetenv(kRoot) : ::setenv(kRoot, former_root_.c_str(), 1);
  ::umount2(folder_.c_str(), MNT_DETACH);
  ::rmdir(folder_.c_str());
}

void SmallDisk::Fill() const {
  const int file = ::open(Filler(folder_).c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  for (size_t size = 1 << 20; size > 0;) {
    const std::vector<char> bytes(size, 'x');
    if (::write(file, bytes.data(), size) < 0) size /= 2;
  }
  ::close(file);
}

void SmallDisk::MakeRoom() const { std::filesystem::remove(Filler(folder_)); }

}  // namespace tonghu::fault
