#include "tests/bench/fixed_work.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <string>

namespace tonghu::bench {
namespace {

// Depends on itself from step to step, so that no compiler shortens it.
uint64_t Arithmetic() {
  uint64_t state = 1;
  for (int i = 0; i < 150'000'000; ++i) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
  }
  return state;
}

absl::Status Copy(Rig& rig) {
  auto db = rig.Admin();
  if (!db.ok()) return db.status();
  if (absl::Status made = (*db)->Script("CREATE TABLE public.fixed_work (line text)"); !made.ok())
    return made;
  std::string rows;
  for (int i = 0; i < 50'000; ++i) rows += std::string(100, 'x') + "\n";
  absl::Status copied = (*db)->CopyIn("COPY public.fixed_work FROM STDIN", {rows});
  if (!copied.ok()) return copied;
  return (*db)->Script("DROP TABLE public.fixed_work");
}

absl::Status Synchronize(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return absl::UnavailableError("can't write " + path);
  const std::string block(8192, 'x');
  bool written = true;
  for (int i = 0; i < 200; ++i) {
    written = written && ::write(file, block.data(), block.size()) == static_cast<ssize_t>(block.size());
    written = written && ::fdatasync(file) == 0;
  }
  ::close(file);
  ::unlink(path.c_str());
  return written ? absl::OkStatus() : absl::UnavailableError("can't write " + path);
}

}  // namespace

absl::StatusOr<double> FixedWork(Rig& rig) {
  const absl::Time begin = absl::Now();
  if (Arithmetic() == 0) return absl::InternalError("the generator never reaches 0");
  if (absl::Status copied = Copy(rig); !copied.ok()) return copied;
  if (absl::Status written = Synchronize(rig.stack().state() + "/fixed_work"); !written.ok()) return written;
  return absl::ToDoubleSeconds(absl::Now() - begin);
}

}  // namespace tonghu::bench
