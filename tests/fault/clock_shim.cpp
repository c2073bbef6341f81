// Preloaded into a program, gives it a machine of its own whose wall clock is wrong: TONGHU_CLOCK_SHIM names
// a file holding one 64-bit number, the seconds by which CLOCK_REALTIME is ahead; whoever writes there sets
// the clock. Waits until a time of that clock are shifted with it. What it does not show: a wait that is
// under way when the clock is set ends when it would have ended before.
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdint>
#include <cstdlib>

namespace {

const volatile int64_t* offset = nullptr;

template <class Function>
Function* Real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

int64_t Ahead() { return offset == nullptr ? 0 : *offset; }

timespec Shifted(const timespec& time, int64_t by) { return {time.tv_sec + by, time.tv_nsec}; }

__attribute__((constructor)) void Open() {
  const char* path = std::getenv("TONGHU_CLOCK_SHIM");
  const int file = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  void* map = ::mmap(nullptr, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
  ::close(file);
  if (map != MAP_FAILED) offset = static_cast<const volatile int64_t*>(map);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) {
  static auto* const real = Real<int(clockid_t, timespec*)>("clock_gettime");
  const int result = real(clock, time);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += Ahead();
  return result;
}

int gettimeofday(timeval* time, void* zone) {
  static auto* const real = Real<int(timeval*, void*)>("gettimeofday");
  const int result = real(time, zone);
  if (result == 0 && time != nullptr) time->tv_sec += Ahead();
  return result;
}

time_t time(time_t* out) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

// absl waits by this.
long syscall(long number, ...) {
  static auto* const real = Real<long(long, ...)>("syscall");
  va_list list;
  va_start(list, number);
  long a[6];
  for (long& one : a) one = va_arg(list, long);
  va_end(list);
  timespec until;
  const bool realtime = number == SYS_futex && (a[1] & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET &&
                        (a[1] & FUTEX_CLOCK_REALTIME) != 0 && a[3] != 0;
  if (realtime) {
    until = Shifted(*reinterpret_cast<const timespec*>(a[3]), -Ahead());
    a[3] = reinterpret_cast<long>(&until);
  }
  return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

// libnats waits by this. glibc keeps in the second bit of __wrefs that a variable goes by the monotonic
// clock.
int pthread_cond_timedwait(pthread_cond_t* variable, pthread_mutex_t* mutex, const timespec* until) {
  static auto* const real =
      Real<int(pthread_cond_t*, pthread_mutex_t*, const timespec*)>("pthread_cond_timedwait");
  if ((variable->__data.__wrefs & 2) != 0) return real(variable, mutex, until);
  const timespec shifted = Shifted(*until, -Ahead());
  return real(variable, mutex, &shifted);
}

}  // extern "C"
