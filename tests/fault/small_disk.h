// A file system of a few hundred megabytes, on which new stacks stand while it is there.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace tonghu::fault {

class SmallDisk {
 public:
  // Mounts it and points $TONGHU_TEST_STATE_ROOT to it. Errors: FAILED_PRECONDITION for
  // whoever is not root and can't become it by sudo.
  static absl::StatusOr<std::unique_ptr<SmallDisk>> Mount(int megabytes);
  // Unmounts it, even when something still stands on it.
  ~SmallDisk();

  // Writes a file until no byte is left.
  void Fill() const;
  // Takes the file away.
  void MakeRoom() const;

 private:
  explicit SmallDisk(std::string folder, std::string former_root)
      : folder_(std::move(folder)), former_root_(std::move(former_root)) {}

  const std::string folder_;
  const std::string former_root_;  // empty: was not set
};

}  // namespace tonghu::fault
