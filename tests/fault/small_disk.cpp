#include "tests/fault/small_disk.h"

#include <fcntl.h>
#include <fmt/core.h>
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

bool AsRoot(const std::string& command) {
  return std::system(((::getuid() == 0 ? "" : "sudo -n ") + command).c_str()) == 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SmallDisk>> SmallDisk::Mount(int megabytes) {
  std::string folder = (std::filesystem::temp_directory_path() / "tonghu-disk.XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return absl::UnavailableError(std::strerror(errno));
  const std::string options =
      fmt::format("size={}m,mode=0711,uid={},gid={}", megabytes, ::getuid(), ::getgid());
  if (!AsRoot(fmt::format("mount -t tmpfs -o {} tonghu {}", options, folder))) {
    ::rmdir(folder.c_str());
    return absl::FailedPreconditionError(
        "a small disk can't be mounted: run the tests as root or as a user with sudo");
  }
  const char* former = std::getenv(kRoot);
  std::unique_ptr<SmallDisk> disk(new SmallDisk(folder, former == nullptr ? "" : former));
  ::setenv(kRoot, folder.c_str(), 1);
  return disk;
}

SmallDisk::~SmallDisk() {
  former_root_.empty() ? ::unsetenv(kRoot) : ::setenv(kRoot, former_root_.c_str(), 1);
  AsRoot("umount --lazy " + folder_);
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
